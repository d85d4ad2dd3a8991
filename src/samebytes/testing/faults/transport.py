"""A transport that lets things go wrong on the way to a server, and counts what really went wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType

from samebytes.model.transfer import Sink
from samebytes.system.http.base import AmbiguousError, NotSentError, Request, Response, Transport
from samebytes.testing.faults.life import Life, die
from samebytes.testing.faults.schedule import KILLS, Fault, Schedule


@dataclass
class FaultyTransport:
    """Sends through `inner`, except where the schedule says otherwise; stands right before the wire, inside every retry.

    `fired` has the faults that made a difference: a schedule without one proves nothing. `kill` ends the process; `life`
    is shared with what else it reaches the world through.
    A fault that needs a write (delivered twice, late) or an earlier answer (stale) waits for the next request that fits.
    """

    inner: Transport
    schedule: Schedule
    kill: Callable[[], None] = die
    life: Life = field(default_factory=Life)
    fired: list[tuple[int, Fault]] = field(default_factory=list)
    requests: int = 0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    _waiting: list[Fault] = field(default_factory=list)
    _late: list[Request] = field(default_factory=list)
    _seen: dict[str, Response] = field(default_factory=dict)
    _in_a_row: dict[tuple[str, str], int] = field(default_factory=dict)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send a request, or let it meet its fault; a dead process sends nothing any more."""
        with self._one_at_a_time:
            self.life.check()
            self.requests += 1
            number = self.requests
            fault = self._chosen(request, self.schedule.at(number))
            if self._is_spared(request, fault):
                fault = None
            late = self._late_ones(request)
        try:
            return self._plain(request, sink) if fault is None else self._broken(number, fault, request, sink)
        finally:
            for one in late:
                self.inner.send(one)

    def _broken(self, number: int, fault: Fault, request: Request, sink: Sink | None) -> Response:
        with self._one_at_a_time:
            self.fired.append((number, fault))
        return self._meet(fault, request, sink)

    def _chosen(self, request: Request, fault: Fault | None) -> Fault | None:
        if fault is not None and not self._fits(fault, request):
            self._waiting.append(fault)
            fault = None
        if fault is None:
            fault = next((one for one in self._waiting if self._fits(one, request)), None)
            if fault is not None:
                self._waiting.remove(fault)
        return fault

    def _is_spared(self, request: Request, fault: Fault | None) -> bool:
        """Whether this request has failed so often in a row that it passes now, however requests of threads mix."""
        what = (request.method, request.url)
        in_a_row = self._in_a_row.get(what, 0)
        spared = fault is not None and fault not in KILLS and in_a_row >= self.schedule.most_in_a_row
        self._in_a_row[what] = in_a_row + 1 if fault is not None and not spared else 0
        return spared

    def _fits(self, fault: Fault, request: Request) -> bool:
        if fault in {Fault.TWICE, Fault.LATE}:
            return not request.is_safe
        if fault is Fault.STALE:
            return request.is_safe and request.url in self._seen
        return True

    def _late_ones(self, request: Request) -> list[Request]:
        """What was held back is delivered behind the next write, as a network does that reorders."""
        if request.is_safe or not self._late:
            return []
        late, self._late = self._late, []
        return late

    def _plain(self, request: Request, sink: Sink | None) -> Response:
        response = self.inner.send(request, sink)
        if request.is_safe and sink is None and not response.is_ambiguous:
            with self._one_at_a_time:
                self._seen.setdefault(request.url, response)
        return response

    def _meet(self, fault: Fault, request: Request, sink: Sink | None) -> Response:
        if fault in _NEVER_ARRIVES:
            return _NEVER_ARRIVES[fault](request)
        match fault:
            case Fault.KILL_BEFORE | Fault.KILL_AFTER:
                return self._die(fault, request)
            case Fault.STALE:
                return self._seen[request.url]
            case Fault.LATE:
                with self._one_at_a_time:
                    self._late.append(request)
                raise AmbiguousError("SB-5122", "the server did not answer in time")
            case Fault.TRUNCATE:
                return self._cut(request, sink)
            case _:
                pass
        # What is left has acted at the server.
        self.inner.send(request)
        if fault is Fault.TWICE:
            return self.inner.send(request, sink)
        if fault is Fault.ERROR_AFTER:
            return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR)
        raise AmbiguousError("SB-5121", "the connection was lost before the answer")

    def _die(self, fault: Fault, request: Request) -> Response:
        if fault is Fault.KILL_AFTER:
            self.inner.send(request)
        with self._one_at_a_time:
            self.life.has_ended = True
        self.kill()
        raise AmbiguousError("SB-5121", "the process was not killed")

    def _cut(self, request: Request, sink: Sink | None) -> Response:
        """The server acts and answers; half of the answer comes."""
        response = self.inner.send(request, _Half(sink) if sink is not None else None)
        raise AmbiguousError("SB-5121", f"the answer ended after {len(response.body) // 2} bytes")


class _Half:
    """Lets the first half of every chunk through."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def restart(self) -> None:
        """As the sink does."""
        self._sink.restart()

    def write(self, chunk: bytes) -> None:
        """Half of it."""
        self._sink.write(chunk[: len(chunk) // 2])


def _answer(request: Request, status: HTTPStatus, **headers: str) -> Response:
    body = b'{"error": "injected"}'
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers={"content-type": "application/json", **more}, body=body, url=request.url)


def _refused(request: Request) -> Response:
    raise NotSentError("SB-5120", f"the connection for {request.method} was refused")


def _silent(request: Request) -> Response:
    raise AmbiguousError("SB-5122", f"the server did not answer {request.method} in time")


_NEVER_ARRIVES: Mapping[Fault, Callable[[Request], Response]] = MappingProxyType(
    {
        Fault.DROP_BEFORE: _refused,
        Fault.STALL_BEFORE: _silent,
        Fault.ERROR_BEFORE: lambda request: _answer(request, HTTPStatus.BAD_GATEWAY),
        Fault.TOO_MANY: lambda request: _answer(request, HTTPStatus.TOO_MANY_REQUESTS, retry_after="1"),
        Fault.UNAUTHORIZED: lambda request: _answer(request, HTTPStatus.UNAUTHORIZED),
    }
)
