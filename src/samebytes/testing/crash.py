"""Die, or stop, at a chosen step of writing to a directory site: for tests that kill a run everywhere and repeat it.

In a test's own process or script:

    with armed(at=7):        # SIGKILL right before the 7th system call that changes the disk
        publish(...)

For the whole command line, in a process of its own (steps.txt gets the name of each step that was reached):

    python -m samebytes.testing.crash --at 7 --steps steps.txt -- publish v1.0.0 --site corp
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from samebytes.system.folder_store import FolderStore


class KillSwitch:
    """Counts the steps of all folder stores of this process, from 1; sends itself a signal right before step `at`."""

    def __init__(self, at: int, send: signal.Signals = signal.SIGKILL) -> None:
        self.steps: list[str] = []
        self._at = at
        self._send = send
        self._one_at_a_time = threading.Lock()

    def __call__(self, step: str) -> None:
        """Take note of a step that is about to happen, or die."""
        with self._one_at_a_time:
            self.steps.append(step)
            if len(self.steps) == self._at:
                os.kill(os.getpid(), self._send)


@contextmanager
def armed(at: int, send: signal.Signals = signal.SIGKILL) -> Iterator[KillSwitch]:
    """Send ourselves a signal right before the step `at` of this block; 0 only counts."""
    switch = KillSwitch(at, send)
    before = vars(FolderStore)["on_step"]
    setattr(FolderStore, "on_step", staticmethod(switch))  # noqa: B010  a method, which mypy guards
    try:
        yield switch
    finally:
        setattr(FolderStore, "on_step", before)  # noqa: B010


def main(arguments: Sequence[str]) -> int:
    """Run the samebytes command line until the chosen step; its exit status."""
    from samebytes.cli.main import run  # noqa: PLC0415  this module is used without the command line too

    parser = argparse.ArgumentParser(prog="python -m samebytes.testing.crash")
    parser.add_argument("--at", type=int, default=0, help="the step that is not reached any more, from 1; 0 for none")
    parser.add_argument("--stop", action="store_true", help="send SIGSTOP instead of SIGKILL")
    parser.add_argument("--steps", type=Path, help="where to write the names of all steps")
    parser.add_argument("arguments", nargs="+", help="the command line, after --")
    options = parser.parse_args(arguments)
    with armed(options.at, signal.SIGSTOP if options.stop else signal.SIGKILL) as switch:
        status = run(options.arguments)
    if options.steps is not None:
        options.steps.write_text("".join(f"{step}\n" for step in switch.steps), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
