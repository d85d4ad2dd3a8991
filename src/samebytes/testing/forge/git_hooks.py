"""The two hooks of a push: one without rights or to protected tags is refused, what it moved is written down after it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

# In the loop a pattern is a pattern of `case`, which the servers' globs are too.
_PRE_RECEIVE = """#!/bin/sh
set -f
if [ -z "$FORGE_MAY_WRITE" ]; then
  if [ -n "$FORGE_IS_FORGEJO" ]; then
    printf '\\nForgejo: User permission denied for writing.\\n' >&2
  else
    printf '\\nerror:\\nerror: User permission denied for writing.\\nerror:\\n' >&2
  fi
  exit 1
fi
while read -r old new ref; do
  for pattern in $FORGE_PROTECTED; do
    case "$ref" in
      refs/tags/$pattern)
        tag="${ref#refs/tags/}"
        if [ -n "$FORGE_IS_FORGEJO" ]; then
          printf '\\nForgejo: Tag %s is protected\\n' "$tag" >&2
        else
          printf '\\nerror:\\nerror: Tag %s is protected\\nerror:\\n' "$tag" >&2
        fi
        exit 1 ;;
    esac
  done
done
"""
_POST_RECEIVE = """#!/bin/sh
count=0
while read -r old new ref; do
  count=$((count + 1))
  printf '%s %s %s\\n' "$old" "$new" "$ref" >> "$FORGE_UPDATES"
done
if [ -z "$FORGE_IS_FORGEJO" ]; then
  printf '. Processing %s references\\nProcessed %s references in total\\n' "$count" "$count" >&2
fi
"""


def folder(storage: Path) -> Path:
    """The folder of the hooks, which is made if it is missing."""
    hooks = storage / "hooks"
    if not (hooks / "post-receive").exists():
        hooks.mkdir(exist_ok=True)
        for name, script in (("pre-receive", _PRE_RECEIVE), ("post-receive", _POST_RECEIVE)):
            _write(hooks / name, script)
    return hooks


def environment(*, updates: Path, may_write: bool, protected: Sequence[str], is_forgejo: bool) -> dict[str, str]:
    """What the hooks need to know: where to write, and whether and which patterns of tags this user may not touch."""
    return {
        "FORGE_UPDATES": str(updates),
        "FORGE_MAY_WRITE": "1" if may_write else "",
        "FORGE_PROTECTED": " ".join(protected),
        "FORGE_IS_FORGEJO": "1" if is_forgejo else "",
    }


def _write(path: Path, script: str) -> None:
    # Renamed into place: another request may start git at this moment.
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(script)
    Path(file.name).chmod(0o755)
    Path(file.name).replace(path)
