"""Injected faults do what their names say, by seed, and are counted only where they made a difference."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from samebytes.model.transfer import Sink
from samebytes.system.content import CollectingSink
from samebytes.system.http.base import AmbiguousError, NotSentError, Request, Response
from samebytes.testing.faults.schedule import KILLS, TRANSIENT, Fault, Schedule, by_seed, only
from samebytes.testing.faults.transport import FaultyTransport
from samebytes.testing.memory_world import Killed

WRITE = Request(method="PUT", url="http://s/a")
READ = Request(method="GET", url="http://s/a")


@dataclass
class Counter:
    """A server that counts writes and says how many there were."""

    writes: list[str] = field(default_factory=list)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Count, answer."""
        if not request.is_safe:
            self.writes.append(request.url)
        body = f"{len(self.writes):04}".encode()
        if sink is not None:
            sink.restart()
            sink.write(body)
            body = b""
        return Response(status=200, headers={}, body=body, url=request.url)


@pytest.mark.parametrize(
    ("fault", "acted", "raised", "status"),
    [
        (Fault.KILL_BEFORE, 0, Killed, 0),
        (Fault.KILL_AFTER, 1, Killed, 0),
        (Fault.DROP_BEFORE, 0, NotSentError, 0),
        (Fault.DROP_AFTER, 1, AmbiguousError, 0),
        (Fault.STALL_BEFORE, 0, AmbiguousError, 0),
        (Fault.STALL_AFTER, 1, AmbiguousError, 0),
        (Fault.TRUNCATE, 1, AmbiguousError, 0),
        (Fault.LATE, 0, AmbiguousError, 0),
        (Fault.ERROR_BEFORE, 0, None, 502),
        (Fault.ERROR_AFTER, 1, None, 500),
        (Fault.TOO_MANY, 0, None, 429),
        (Fault.UNAUTHORIZED, 0, None, 401),
        (Fault.TWICE, 2, None, 200),
    ],
)
def test_each_fault_acts_as_its_name_says(
    fault: Fault, acted: int, raised: type[BaseException] | None, status: int
) -> None:
    """Whether the server acted, and what the client sees; the next request passes."""
    server = Counter()
    faulty = FaultyTransport(server, only(1, fault))
    if raised is not None:
        with pytest.raises(raised):
            faulty.send(WRITE)
    else:
        assert faulty.send(WRITE).status == status
    assert len(server.writes) == acted
    assert faulty.fired == [(1, fault)]
    if fault not in KILLS:
        assert faulty.send(READ).status == 200


def test_a_killed_process_sends_nothing_any_more() -> None:
    """Other threads of a dead process do not go on."""
    server = Counter()
    faulty = FaultyTransport(server, only(1, Fault.KILL_BEFORE))
    for _ in range(2):
        with pytest.raises(Killed):
            faulty.send(WRITE)
    assert server.writes == []


def test_a_stale_read_waits_for_a_read_that_was_made_before() -> None:
    """The first answer comes again after the write that made it wrong; where nothing was read before, nothing fires."""
    faulty = FaultyTransport(Counter(), only(2, Fault.STALE))
    assert faulty.send(READ).body == b"0000"
    faulty.send(WRITE)
    assert faulty.fired == []
    assert [faulty.send(READ).body for _ in range(2)] == [b"0000", b"0001"]
    assert faulty.fired == [(3, Fault.STALE)]


def test_a_late_write_arrives_behind_the_next_one() -> None:
    """The client was told nothing, and the server gets it in another order."""
    server = Counter()
    faulty = FaultyTransport(server, only(1, Fault.LATE))
    with pytest.raises(AmbiguousError):
        faulty.send(WRITE)
    assert server.writes == []
    faulty.send(Request(method="PUT", url="http://s/b"))
    assert server.writes == ["http://s/b", "http://s/a"]


def test_a_truncated_download_gives_the_sink_a_part() -> None:
    """The sink has to forget it: the error says that the answer is not whole."""
    sink = CollectingSink(100, "a")
    with pytest.raises(AmbiguousError):
        FaultyTransport(Counter(), only(1, Fault.TRUNCATE)).send(READ, sink)
    assert sink.data == b"00"


def test_a_seed_gives_one_schedule() -> None:
    """The same arguments, the same faults; another seed, others; a kill is the last."""
    assert by_seed(1, 500) == by_seed(1, 500)
    assert by_seed(1, 500).faults != by_seed(2, 500).faults
    kills = [fault for fault in by_seed(3, 500, density=0.5).faults.values() if fault in KILLS]
    assert len(kills) == 1
    assert Schedule().at(1) is None


def test_never_more_faults_in_a_row_than_asked() -> None:
    """However dense: whoever tries once more than that gets through."""
    schedule = by_seed(7, 2000, kinds=TRANSIENT, density=0.9)
    assert schedule.faults
    longest = row = 0
    for number in range(1, 2001):
        row = row + 1 if schedule.at(number) else 0
        longest = max(longest, row)
    assert longest == 3


def test_one_request_fails_no_more_often_in_a_row_than_asked() -> None:
    """Also where the requests of other threads come between its attempts."""
    faults = dict.fromkeys(range(1, 9, 2), Fault.DROP_BEFORE)
    faulty = FaultyTransport(Counter(), Schedule(faults=faults))
    other = Request(method="GET", url="http://s/other")
    for _ in range(3):
        with pytest.raises(NotSentError):
            faulty.send(READ)
        faulty.send(other)
    assert faulty.send(READ).status == 200
    assert [number for number, _ in faulty.fired] == [1, 3, 5]
