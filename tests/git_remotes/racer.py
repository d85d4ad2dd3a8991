"""A process that takes the lock of a git remote: `python -m tests.git_remotes.racer <how> <repository> <folder> <name>`.

`race`: again and again, with a look into the folder whether anybody else is inside. `hold`: once, then it says so, waits
for a line, and tells what its lease still allows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from samebytes.errors import SamebytesError
from samebytes.stores import git_refs_lock
from samebytes.stores.git_refs_lock import GitRefsLease
from samebytes.system.clock import SystemClock
from samebytes.system.git_remote import GitRemote
from samebytes.system.process import SystemRunner
from samebytes.system.randomness import SystemRandomness
from tests.git_remotes.places import SITE

ROUNDS = 3
LEASE_S = 1.0
REQUEST_S = 0.3


def lock(repository: Path, request_timeout_s: float) -> git_refs_lock.GitRefsLock:
    """The lock with the machine's clock."""
    remote = GitRemote(
        SystemRunner(),
        str(repository),
        search_path=os.environ["PATH"],
        credential=None,
        variables={},
        timeout_s=60,
    )
    return git_refs_lock.GitRefsLock(remote, SITE, SystemClock(), SystemRandomness(), request_timeout_s)


def _race(repository: Path, folder: Path, name: str) -> None:
    setattr(git_refs_lock, "_POLL_S", 0.02)  # noqa: B010  many are waiting, and the folder is near
    for number in range(ROUNDS):
        lease = lock(repository, 20).acquire(name, 120, 120)
        with lease.guard():
            inside = folder / "inside"
            # Fails when somebody else is inside.
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            (folder / f"{name}-{number}").touch()
            lease.renew()
            inside.unlink()
        lease.release()


def _allowed(lease: GitRefsLease, step: str) -> str:
    try:
        if step == "guard":
            with lease.guard():
                return "yes"
        getattr(lease, step)()
    except SamebytesError as error:
        return error.code
    return "yes"


def _hold(repository: Path, name: str) -> None:
    lease = lock(repository, REQUEST_S).acquire(name, LEASE_S, 0)
    print("held", flush=True)  # noqa: T201  to the test
    sys.stdin.readline()
    print(*(_allowed(lease, step) for step in ("guard", "renew", "guard", "release")), flush=True)  # noqa: T201  ditto


if __name__ == "__main__":
    how, repository, folder, name = sys.argv[1:]
    if how == "race":
        _race(Path(repository), Path(folder), name)
    else:
        _hold(Path(repository), name)
