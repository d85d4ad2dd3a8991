"""End what a build left running: daemons that left the group of the script which started them.

Only Linux shows whose processes are whose; elsewhere nothing is found.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator

from samebytes.errors import BuildError

_PROCESSES = "/proc"
_UIDS = re.compile(rb"^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$", re.MULTILINE)
_DEAD = re.compile(rb"^State:\s+[ZX]", re.MULTILINE)
# A killed process is gone within milliseconds; one that waits for a device may take its time.
_PATIENCE_S = 10.0
_POLL_S = 0.005


def end_leftovers(home: str) -> int:
    """Kill every process whose environment has this HOME, which is a build's own and no person's; returns how many."""
    mark = b"\0HOME=" + os.fsencode(home) + b"\0"
    ended = 0
    for pid in _pids():
        if mark in b"\0" + _read(pid, "environ"):
            ended += _kill(pid)
    return ended


def end_all_of(uid: int) -> int:
    """Kill every process of a user that is a build's alone, whatever its environment; returns how many.

    Raises BuildError (SB-3012) when some stay, so that nothing is packed beside them.
    """
    if uid in {0, os.getuid(), os.geteuid()}:
        raise ValueError(f"uid {uid} is not a build's")
    ended: set[int] = set()
    deadline_s = time.monotonic() + _PATIENCE_S
    while found := pids_of(uid):
        # Again, until nobody is left: a process that was just being started was not yet seen.
        ended.update(pid for pid in found if _kill(pid))
        if time.monotonic() > deadline_s:
            raise BuildError(
                "SB-3012",
                f"{len(found)} processes that a script left running cannot be ended",
                hint="ps says what they wait for; end them and build again",
                details={"processes": " ".join(map(str, found))},
            )
        time.sleep(_POLL_S)
    return len(ended)


def pids_of(uid: int) -> tuple[int, ...]:
    """The processes of a user that still run, by real, effective, saved or file-system uid."""
    return tuple(pid for pid in _pids() if _belongs(_read(pid, "status"), b"%d" % uid))


def _belongs(status: bytes, uid: bytes) -> bool:
    uids = _UIDS.search(status)
    return uids is not None and uid in uids.groups() and not _DEAD.search(status)


def _pids() -> Iterator[int]:
    """Every process but ours."""
    for name in os.listdir(_PROCESSES) if os.path.isdir(_PROCESSES) else ():
        if name.isdecimal() and int(name) != os.getpid():
            yield int(name)


def _read(pid: int, name: str) -> bytes:
    """A file of a process, empty where that is gone or not ours to see."""
    try:
        with open(f"{_PROCESSES}/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def _kill(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False
