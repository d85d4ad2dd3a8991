"""The folder a build runs in: at one fixed path where the machine allows it, else somewhere temporary.

Compilers and bundlers write absolute paths into what they make; at one path they write the same ones everywhere. Two
builds on one machine wait for each other there (the kernel's lock ends with its process). The fixed path lies where only
root can create folders, so that nobody else can be there first, and not in /tmp, which is often small and in memory.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from samebytes.errors import DeadlineError
from samebytes.system.clock import Clock
from samebytes.system.kernel_lock import try_lock

FIXED_PATH = "/var/cache/samebytes/build"
# Nobody's: from the range that systemd hands out to services for the time they run, so that no account has it.
BUILD_UID = 61999
_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlace:
    """An empty folder of ours; `is_fixed` says whether every machine that allows it uses this very path."""

    root: str
    is_fixed: bool


@contextmanager
def build_place(
    fixed: str, temp: str, clock: Clock, timeout_s: float, log: Callable[[str], None]
) -> Iterator[BuildPlace]:
    """An empty folder for one build, removed afterwards.

    `fixed` may be empty: then the folder is a new one in `temp`, as it is when the fixed path cannot be had.
    Raises DeadlineError (SB-3009) when another build keeps the fixed path longer than `timeout_s`.
    """
    lock = _open_lock(fixed) if fixed else None
    if lock is None:
        os.makedirs(temp, exist_ok=True)
        root = os.path.realpath(tempfile.mkdtemp(prefix="build-", dir=temp))
        Path(root).chmod(0o755)
        try:
            yield BuildPlace(root=root, is_fixed=False)
        finally:
            remove_tree(root)
        return
    try:
        _wait_for(lock, clock, timeout_s, log)
        # Whoever was killed here left its files behind.
        remove_tree(fixed)
        os.mkdir(fixed, 0o755)
        Path(fixed).chmod(0o755)
        try:
            yield BuildPlace(root=fixed, is_fixed=True)
        finally:
            remove_tree(fixed)
    finally:
        os.close(lock)


def _open_lock(fixed: str) -> int | None:
    """The open lock file beside the fixed path, or None where this user cannot have that path for itself."""
    parent = os.path.dirname(fixed)
    try:
        if not os.path.isdir(parent):
            os.makedirs(parent)
            # Explicit, since the umask may be stricter and the build may run under another uid.
            Path(parent).chmod(0o755)
        status = os.stat(parent)
        if os.path.realpath(parent) != parent or not _is_only_ours(status):
            return None
        return os.open(f"{fixed}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _is_only_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _wait_for(lock: int, clock: Clock, timeout_s: float, log: Callable[[str], None]) -> None:
    deadline_s = clock.monotonic_s() + timeout_s
    told = False
    while not try_lock(lock):
        if not told:
            log("waiting for another build on this machine")
            told = True
        if clock.monotonic_s() >= deadline_s:
            raise DeadlineError(
                "SB-3009",
                f"another build has kept this machine's build folder for {timeout_s:g} seconds",
                hint="wait for it or stop it, then run this again",
            )
        clock.sleep(_POLL_S)


def give_away(root: str, uid: int) -> None:
    """Let another user own a folder and everything in it; needs root."""
    os.chown(root, uid, uid)
    for folder, names, files in os.walk(root):
        for name in (*names, *files):
            os.lchown(os.path.join(folder, name), uid, uid)


def remove_tree(root: str) -> None:
    """Remove a folder whatever a build did to its modes; a missing one is fine, links are never followed."""
    if not os.path.lexists(root):
        return
    if os.path.islink(root) or not os.path.isdir(root):
        os.unlink(root)
        return
    _open_up(root)
    for folder, names, _ in os.walk(root):
        for name in names:
            _open_up(os.path.join(folder, name))
    shutil.rmtree(root)


def _open_up(folder: str) -> None:
    """Let the owner change a folder."""
    mode = os.lstat(folder).st_mode
    if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
        os.chmod(folder, stat.S_IRWXU)
