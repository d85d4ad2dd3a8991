"""End what a build left running: daemons that left the group of the script which started them."""

from __future__ import annotations

import contextlib
import os
import signal

_PROCESSES = "/proc"


def end_leftovers(home: str) -> int:
    """Kill every process whose environment has this HOME, which is a build's own and no person's; returns how many.

    Does nothing where the system does not show the environment of processes (macOS).
    """
    mark = b"\0HOME=" + os.fsencode(home) + b"\0"
    ended = 0
    for name in os.listdir(_PROCESSES) if os.path.isdir(_PROCESSES) else ():
        if name.isdecimal() and int(name) != os.getpid():
            with contextlib.suppress(OSError):
                with open(f"{_PROCESSES}/{name}/environ", "rb") as file:
                    environment = b"\0" + file.read()
                if mark in environment:
                    os.kill(int(name), signal.SIGKILL)
                    ended += 1
    return ended
