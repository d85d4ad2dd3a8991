"""What is sent again, how often, and after which pause."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samebytes.errors import DeadlineError, SiteError
from samebytes.system.content import CollectingSink
from samebytes.system.http.base import AmbiguousError, NotSentError, Request
from samebytes.system.http.deadline import Deadline
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.retry import Retry, retry_after_s
from tests.directory_site.fake_clock import FakeClock
from tests.unit.system.http.scripted import NoChance, Scripted, Step, answer, get, pauses, put

_LOST = AmbiguousError("SB-5121", "lost")
_UNSENT = NotSentError("SB-5120", "refused")


@pytest.mark.parametrize("fault", [_LOST, _UNSENT, *map(answer, (408, 429, 500, 502, 503, 504))])
def test_a_read_outlasts_three_faults(fault: Step) -> None:
    """Three transient faults in a row do not show"""
    clock = FakeClock()
    inner = Scripted([fault, fault, fault, answer(200, b"1")])
    assert Retry(inner, pauses(clock)).send(get()).body == b"1"
    assert clock.elapsed_s == 0.25 + 0.5 + 1


@pytest.mark.parametrize("fault", [_UNSENT, answer(429)])
def test_a_write_that_did_not_act_is_repeated(fault: Step) -> None:
    """A write that was certainly refused or not sent goes out again"""
    inner = Scripted([fault, fault, fault, answer(201)])
    assert Retry(inner, pauses()).send(put()).status == 201


@pytest.mark.parametrize("status", [400, 401, 404, 408, 409, 500, 503])
def test_a_write_that_may_have_acted_is_not_repeated(status: int) -> None:
    """Its answer is handed on; a 503 with Retry-After too, because nobody knows what was done before it"""
    inner = Scripted([answer(status, retry_after="1")])
    assert Retry(inner, pauses()).send(put()).status == status
    assert len(inner.requests) == 1


def test_a_lost_write_is_not_repeated() -> None:
    """No answer to a write comes out as it is"""
    inner = Scripted([_LOST])
    with pytest.raises(AmbiguousError):
        Retry(inner, pauses()).send(put())
    assert len(inner.requests) == 1


@pytest.mark.parametrize("status", [200, 304, 401, 404, 501, 505])
def test_a_definite_answer_to_a_read_is_handed_on(status: int) -> None:
    """What would be answered the same again is not asked again"""
    inner = Scripted([answer(status)])
    assert Retry(inner, pauses()).send(get()).status == status
    assert len(inner.requests) == 1


@pytest.mark.parametrize("error", [SiteError("SB-5003", "large"), DeadlineError("SB-5127", "over")])
def test_other_errors_come_out_at_once(error: Exception) -> None:
    """An error that another attempt would not change is not repeated"""
    inner = Scripted([error])
    with pytest.raises(type(error)):
        Retry(inner, pauses()).send(get())
    assert len(inner.requests) == 1


def test_the_last_answer_or_error_comes_out() -> None:
    """After all attempts the caller gets what the server said last"""
    failing, silent = Scripted([answer(500)]), Scripted([_LOST])
    assert Retry(failing, pauses()).send(get()).status == 500
    with pytest.raises(AmbiguousError, match="lost"):
        Retry(silent, pauses()).send(get())
    assert (len(failing.requests), len(silent.requests)) == (5, 5)


def test_the_server_may_ask_for_a_longer_pause() -> None:
    """Retry-After is added to our own pause"""
    clock = FakeClock()
    Retry(Scripted([answer(429, retry_after="7"), answer(200)]), pauses(clock)).send(put())
    assert clock.elapsed_s == 7.25


def test_a_pause_longer_than_we_wait_is_handed_on() -> None:
    """Who asks for an hour gets no second request, and the caller the answer"""
    clock = FakeClock()
    inner = Scripted([answer(429, retry_after="3600")])
    assert Retry(inner, pauses(clock)).send(get()).status == 429
    assert (len(inner.requests), clock.elapsed_s) == (1, 0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("120", 120),
        ("9" * 400, 999_999_999),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        ("Thu, 99 Jan 2026 00:00:30 GMT", 0),
    ],
)
def test_reads_seconds_and_dates(value: str, seconds: float) -> None:
    """Both forms of Retry-After are understood; anything else asks for nothing"""
    assert retry_after_s(value, datetime(2026, 1, 1, tzinfo=UTC)) == seconds


def test_chance_shortens_pauses_by_at_most_half() -> None:
    """Clients that failed together do not come back together; no pause exceeds the longest"""
    longest, shortest = pauses(), Pauses(clock=FakeClock(), randomness=NoChance("f"))
    assert [longest.after(attempt) for attempt in (1, 2, 3, 9)] == [0.25, 0.5, 1, 10]
    assert shortest.after(3) == pytest.approx(0.5)
    assert longest.after(5000) == 10


def test_the_sink_starts_over_with_each_attempt() -> None:
    """What a broken attempt wrote is not in the result"""
    sink = CollectingSink(100, "it")

    class Breaking(Scripted):
        def send(self, request: Request, sink: object = None) -> object:  # type: ignore[override]
            assert isinstance(sink, CollectingSink)
            if not self.requests:
                sink.restart()
                sink.write(b"hal")
            return super().send(request, sink)

    Retry(Breaking([_LOST, answer(200, b"half and whole")]), pauses()).send(get(), sink)  # type: ignore[arg-type]
    assert sink.data == b"half and whole"


def test_the_deadline_ends_a_run() -> None:
    """Before it each exchange is cut to what is left, after it nothing is sent"""
    clock = FakeClock()
    inner = Scripted([answer(200)])
    transport = Deadline(inner, clock, until_s=100, request_timeout_s=30)
    transport.send(get())
    clock.sleep(90)
    transport.send(get())
    transport.send(Request(method="GET", url="https://forge.test/x", timeout_s=5))
    clock.sleep(10)
    with pytest.raises(DeadlineError) as caught:
        transport.send(get())
    assert caught.value.code == "SB-5127"
    assert [request.timeout_s for request in inner.requests] == [30, 10, 5]
