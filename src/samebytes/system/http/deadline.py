"""End with the run."""

from __future__ import annotations

from dataclasses import replace

from samebytes.errors import DeadlineError
from samebytes.model.transfer import Sink
from samebytes.system.clock import Clock
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.urls import shown_url


class Deadline:
    """Sends nothing after `until_s` on the monotonic clock, and gives no exchange longer than until then."""

    def __init__(self, inner: Transport, clock: Clock, until_s: float, request_timeout_s: float) -> None:
        self._inner = inner
        self._clock = clock
        self._until_s = until_s
        self._request_timeout_s = request_timeout_s

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it. Raises DeadlineError (SB-5127) when the time is over."""
        remaining_s = self._until_s - self._clock.monotonic_s()
        if remaining_s <= 0:
            raise DeadlineError("SB-5127", f"the time for the run is over; {shown_url(request.url)} was not asked")
        timeout_s = self._request_timeout_s if request.timeout_s is None else request.timeout_s
        return self._inner.send(replace(request, timeout_s=min(timeout_s, remaining_s)), sink)
