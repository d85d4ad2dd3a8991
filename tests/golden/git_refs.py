"""The refs and the lock's commit that docs/formats/git-refs.md shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from samebytes.formats import git_refs, site_state
from samebytes.formats.site_state import LeaseRecord
from samebytes.model.digests import sha256
from samebytes.system.git_remote_scratch import Scratch

_TAGS = ("v1.2.0", "@acme/cli@1.2.0", "sp\u00e4t/.~1")


def _names() -> str:
    refs = [
        git_refs.lock("corp"),
        *(git_refs.memory("corp", tag) for tag in _TAGS),
        git_refs.journal("corp", _TAGS[0]),
        git_refs.evidence("statement", sha256(b"")),
    ]
    return "".join(f"{ref}\n" for ref in refs)


def _lock() -> str:
    """What `git cat-file commit` prints, and the object's id in front."""
    record = LeaseRecord(
        number=7, renewal=2, token="5e" * 16, holder="publish v1.2.0 on runner-2, pid 4711", lease_ms=60_000, held=True
    )
    scratch = Scratch([], [])
    commit = scratch.write_commit(site_state.write_lease(record), 1_772_355_780)
    data = scratch.read(commit, "commit", 10_000)
    scratch.close()
    assert data is not None
    return f"{commit}\n{data.decode()}"


GIT_REFS: Mapping[str, Callable[[], str]] = MappingProxyType({"git-refs.txt": _names, "git-refs-lock.txt": _lock})
