"""Git in a repository of our own, with every setting of the host shut out and hooks off.

`system.git` reads the user's repository; this one writes, and only into a folder that a build was given.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from samebytes.errors import BuildError
from samebytes.system.git_objects import text_of
from samebytes.system.process import Command, Completed, Runner

# `safe.directory`: what is cloned may belong to someone else, as checkouts in containers do; nothing in it is run.
# `core.eol`: else `text` files would get the platform's line ends.
_CONFIG = f"""\
[safe]
\tdirectory = *
[core]
\tattributesFile = {os.devnull}
\tautocrlf = false
\teol = lf
\texcludesFile = {os.devnull}
\tfileMode = true
\tfsmonitor = false
\thooksPath = {os.devnull}
\tprecomposeUnicode = false
\tquotePath = false
\tsafecrlf = false
\tsymlinks = true
\tuntrackedCache = false
[advice]
\tdetachedHead = false
[fetch]
\twriteCommitGraph = false
[gc]
\tauto = 0
[init]
\tdefaultBranch = samebytes
[maintenance]
\tauto = false
[protocol]
\tversion = 2
[submodule]
\trecurse = false
"""
_TIMEOUT_S = 3600.0


class OwnGit:
    """Runs git with the configuration file of a build's HOME and nothing else."""

    def __init__(self, runner: Runner, home: str, search_path: str) -> None:
        config = Path(home) / ".gitconfig"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(_CONFIG, encoding="utf-8", newline="\n")
        self._runner = runner
        self.env: Mapping[str, str] = {
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(config),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": home,
            "LC_ALL": "C",
            "PATH": search_path,
            "TZ": "UTC",
        }

    def attempt(
        self, directory: str, *arguments: str, input_: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> Completed:
        """Run git in a folder, whatever comes of it."""
        return self._runner.run(
            Command(
                argv=("git", "--no-pager", "-c", f"core.hooksPath={os.devnull}", *arguments),
                cwd=directory,
                env={**self.env, **(env or {})},
                input=input_,
                timeout_s=_TIMEOUT_S,
            )
        )

    def run(self, directory: str, *arguments: str, input_: bytes | None = None) -> bytes:
        """What git prints. Raises BuildError (SB-3004) when it fails."""
        done = self.attempt(directory, *arguments, input_=input_)
        if done.returncode:
            raise BuildError(
                "SB-3004",
                f"git {arguments[0]} failed: {_last_line(done.stderr)}",
                hint="run git fsck in the repository; a partial clone needs its missing objects fetched first",
                details={"stderr": text_of(done.stderr)},
            )
        return done.stdout

    def attributes(self, directory: str, names: Sequence[str], paths: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """The attributes that are set on paths: path to name to value; `unspecified` and `unset` ones are left out."""
        given = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        if not given:
            return {}
        words = self.run(directory, "check-attr", "-z", "--stdin", *names, input_=given).split(b"\0")
        found: dict[str, dict[str, str]] = {}
        for path, name, value in zip(words[0::3], words[1::3], words[2::3], strict=False):
            if value not in {b"unspecified", b"unset"}:
                found.setdefault(text_of(path), {})[text_of(name)] = text_of(value)
        return found


def _last_line(stderr: bytes) -> str:
    lines = text_of(stderr).strip().splitlines()
    return lines[-1] if lines else "no message"
