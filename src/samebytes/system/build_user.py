"""A user for the repository's code that no other build has at the same time, so that all its processes can be ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from samebytes.system.kernel_lock import try_lock
from samebytes.system.leftovers import pids_of

# Builds at the same time on one machine; more of them share the last user, and end only what has their HOME.
_USERS = 32


@contextmanager
def build_user(first: int, folder: str) -> Iterator[int | None]:
    """The first free user id from `first` on that has no process, kept by a lock in `folder`; None where none is free.

    The kernel ends the lock with our process. Needs root; `folder` must be ours alone.
    """
    for uid in range(first, first + _USERS):
        lock = _locked(os.path.join(folder, f"uid-{uid}.lock"))
        if lock is None:
            continue
        try:
            # Somebody's processes: those of a build that was killed, or of a service that got this number.
            if pids_of(uid):
                continue
            yield uid
            return
        finally:
            os.close(lock)
    yield None


def _locked(path: str) -> int | None:
    """The locked file, or None where another build has it or it cannot be had."""
    try:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        if try_lock(descriptor):
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None
