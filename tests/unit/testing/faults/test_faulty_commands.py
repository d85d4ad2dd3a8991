"""Faults of commands do what their names say, and a dead process starts nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from samebytes.errors import DeadlineError
from samebytes.system.process import Command, Completed
from samebytes.testing.faults.life import Life
from samebytes.testing.faults.runner import OF_COMMANDS, FaultyRunner
from samebytes.testing.faults.schedule import Fault, only
from samebytes.testing.faults.transport import FaultyTransport
from samebytes.testing.memory_world import Killed
from tests.unit.testing.faults.test_faults import READ, Counter

GIT = Command(argv=("git", "push"), cwd="/", env={})


@dataclass
class Counting:
    """A runner that counts what it ran."""

    ran: int = 0

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        """Count."""
        assert (command, on_line) == (GIT, None)
        self.ran += 1
        return Completed(returncode=0, stdout=b"", stderr=b"")


@pytest.mark.parametrize(
    ("fault", "ran", "raised", "said"),
    [
        (Fault.KILL_BEFORE, 0, Killed, b""),
        (Fault.KILL_AFTER, 1, Killed, b""),
        (Fault.DROP_BEFORE, 0, None, b"hung up"),
        (Fault.DROP_AFTER, 1, None, b"hung up"),
        (Fault.ERROR_BEFORE, 0, None, b"error: 502"),
        (Fault.ERROR_AFTER, 1, None, b"error: 500"),
        (Fault.TOO_MANY, 0, None, b"error: 429"),
        (Fault.UNAUTHORIZED, 0, None, b"error: 403"),
        (Fault.STALL_BEFORE, 0, DeadlineError, b""),
        (Fault.STALL_AFTER, 1, DeadlineError, b""),
    ],
)
def test_each_fault_of_a_command_acts_as_its_name_says(
    fault: Fault, ran: int, raised: type[BaseException] | None, said: bytes
) -> None:
    """Whether the command ran, and what the caller sees; it is counted."""
    inner = Counting()
    runner = FaultyRunner(inner, only(1, fault))
    if raised is None:
        done = runner.run(GIT)
        assert done.returncode != 0
        assert said in done.stderr
    else:
        with pytest.raises(raised):
            runner.run(GIT)
    assert inner.ran == ran
    assert runner.fired == [(1, fault)]


@pytest.mark.parametrize("fault", sorted(set(Fault) - OF_COMMANDS))
def test_what_can_not_happen_to_a_command_does_not(fault: Fault) -> None:
    """It runs, and nothing is counted."""
    inner = Counting()
    runner = FaultyRunner(inner, only(1, fault))
    assert runner.run(GIT).returncode == 0
    assert (inner.ran, runner.fired) == (1, [])


def test_a_process_that_died_at_a_command_sends_no_request() -> None:
    """Commands and requests share one life."""
    life, server, inner = Life(), Counter(), Counting()
    runner = FaultyRunner(inner, only(1, Fault.KILL_BEFORE), life=life)
    transport = FaultyTransport(server, only(9, Fault.LATE), life=life)
    with pytest.raises(Killed):
        runner.run(GIT)
    for go_on in (lambda: transport.send(READ), lambda: runner.run(GIT)):
        with pytest.raises(Killed):
            go_on()
    assert (inner.ran, transport.requests) == (0, 0)
