"""A runner that lets things go wrong around commands, as the transport beside it does around requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from samebytes.errors import DeadlineError
from samebytes.system.process import Command, Completed, Runner
from samebytes.testing.faults.life import Life, die
from samebytes.testing.faults.schedule import KILLS, Fault, Schedule

# As git says it (http.c, pkt-line.c); nothing but the status may count.
_FAILED = 128
_LOST = Completed(returncode=_FAILED, stdout=b"", stderr=b"fatal: the remote end hung up unexpectedly\n")


@dataclass
class FaultyRunner:
    """Runs through `inner`, except where the schedule says otherwise; commands are numbered from 1.

    `fired` has the faults that happened. A dead process (`life`) starts nothing any more.
    """

    inner: Runner
    schedule: Schedule
    life: Life = field(default_factory=Life)
    fired: list[tuple[int, Fault]] = field(default_factory=list)
    commands: int = 0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        """Run a command, or let it meet its fault."""
        with self._one_at_a_time:
            self.life.check()
            self.commands += 1
            number = self.commands
            fault = self.schedule.at(number)
            if fault is not None and fault in OF_COMMANDS:
                self.fired.append((number, fault))
        return self._meet(fault, command, on_line)

    def _meet(self, fault: Fault | None, command: Command, on_line: Callable[[bytes], None] | None) -> Completed:
        if fault in KILLS:
            return self._die(fault, command, on_line)
        if fault is None or fault not in _TOLD:
            return self.inner.run(command, on_line)
        if fault in _HAS_ACTED:
            self.inner.run(command, on_line)
        return _TOLD[fault]()

    def _die(self, fault: Fault | None, command: Command, on_line: Callable[[bytes], None] | None) -> Completed:
        if fault is Fault.KILL_AFTER:
            self.inner.run(command, on_line)
        self.life.has_ended = True
        die()
        raise AssertionError("a dead process goes on")


def _refused(status: int) -> Completed:
    said = f"fatal: unable to access the remote: The requested URL returned error: {status}\n"
    return Completed(returncode=_FAILED, stdout=b"", stderr=said.encode())


def _late() -> Completed:
    raise DeadlineError("SB-3002", "the command did not end in time")


_HAS_ACTED = frozenset({Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.STALL_AFTER})
_TOLD: Mapping[Fault, Callable[[], Completed]] = MappingProxyType(
    {
        Fault.DROP_BEFORE: lambda: _LOST,
        Fault.DROP_AFTER: lambda: _LOST,
        Fault.ERROR_BEFORE: lambda: _refused(502),
        Fault.ERROR_AFTER: lambda: _refused(500),
        Fault.TOO_MANY: lambda: _refused(429),
        Fault.UNAUTHORIZED: lambda: _refused(403),
        Fault.STALL_BEFORE: _late,
        Fault.STALL_AFTER: _late,
    }
)
# What can happen to a command; a network delivers no command twice, or late, or the answer of an earlier one.
OF_COMMANDS = KILLS | _TOLD.keys()
