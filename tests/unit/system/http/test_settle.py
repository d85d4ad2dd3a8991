"""Writes whose answer is lost are decided by reading."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from samebytes.errors import SiteError
from samebytes.system.http.base import AmbiguousError, Response
from samebytes.system.http.settle import settle
from tests.directory_site.fake_clock import FakeClock
from tests.unit.system.http.scripted import Step, answer, get, pauses

_LOST = AmbiguousError("SB-5121", "lost")


@dataclass
class _Server:
    """Each write is answered by the next step; reading says the next of `reads`, and then that nothing is there."""

    steps: list[Step]
    reads: list[bool] = field(default_factory=list)
    did: list[str] = field(default_factory=list)

    def write(self) -> Response:
        self.did.append("write")
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Response) else step(get())

    def is_done(self) -> bool:
        self.did.append("read")
        return bool(self.reads) and self.reads.pop(0)


@pytest.mark.parametrize("status", [201, 409, 403, 429])
def test_a_definite_answer_needs_no_reading(status: int) -> None:
    """2xx and 4xx are believed"""
    server = _Server([answer(status)])
    found = settle(server.write, server.is_done, pauses())
    assert found is not None
    assert (found.status, server.did) == (status, ["write"])


@pytest.mark.parametrize("fault", [_LOST, answer(500), answer(504)])
def test_a_write_that_acted_although_it_failed_is_done(fault: Step) -> None:
    """What reading finds done is not written again"""
    server = _Server([fault], [True])
    assert settle(server.write, server.is_done, pauses()) is None
    assert server.did == ["write", "read"]


@pytest.mark.parametrize("fault", [_LOST, answer(500)])
def test_a_write_that_did_not_act_is_repeated_after_a_second_look(fault: Step) -> None:
    """Nothing done: pause, look again, write again"""
    clock = FakeClock()
    server = _Server([fault, answer(201)])
    found = settle(server.write, server.is_done, pauses(clock))
    assert found is not None
    assert (found.status, server.did) == (201, ["write", "read", "read", "write"])
    assert clock.elapsed_s == 0.25


def test_a_write_that_acts_late_is_done() -> None:
    """What the server was still doing at the first look is found at the second"""
    server = _Server([_LOST], [False, True])
    assert settle(server.write, server.is_done, pauses()) is None
    assert server.did == ["write", "read", "read"]


def test_gives_up_after_all_attempts() -> None:
    """A server that fails at every write is reported, with the status it answered"""
    server = _Server([answer(500)])
    with pytest.raises(AmbiguousError, match="answers 500") as caught:
        settle(server.write, server.is_done, pauses(attempts=3))
    assert (caught.value.code, server.did.count("write")) == ("SB-5131", 3)


def test_gives_up_with_the_last_error() -> None:
    """Where no answer ever came that error comes out"""
    server = _Server([_LOST])
    with pytest.raises(AmbiguousError, match="lost"):
        settle(server.write, server.is_done, pauses(attempts=2))


def test_an_error_of_reading_comes_out() -> None:
    """A reading that cannot be believed decides nothing"""

    def unreadable() -> bool:
        raise SiteError("SB-5130", "no JSON")

    with pytest.raises(SiteError, match="no JSON"):
        settle(_Server([_LOST]).write, unreadable, pauses())
