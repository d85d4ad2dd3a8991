"""Send again what can be sent again without doing anything twice."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from samebytes.model.transfer import Sink
from samebytes.system.http.base import AmbiguousError, NotSentError, Request, Response, Transport
from samebytes.system.http.pauses import Pauses

# Another attempt would be answered the same.
_LASTING = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED})
_MAX_DIGITS = 9


class Retry:
    """Repeats a safe request after a broken answer, 5xx, 408 and 429, and any request that was not sent or got 429.

    A write that got a 5xx, 503 too, may have acted: that is for `settle`. A server that asks for a longer pause than
    `longest_asked_s` gets its answer handed on.
    """

    def __init__(self, inner: Transport, pauses: Pauses) -> None:
        self._inner = inner
        self._pauses = pauses

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it until there is an answer to hand on; the sink starts over with each attempt."""
        repeatable = (AmbiguousError,) if request.is_safe else (NotSentError,)
        return self._pauses.repeat(
            lambda: self._inner.send(request, sink),
            when=lambda answer: self._is_transient(request, answer),
            when_raised=lambda error: isinstance(error, repeatable),
            asked_s=self._asked_s,
        )

    def _is_transient(self, request: Request, answer: Response) -> bool:
        is_transient = answer.status == HTTPStatus.TOO_MANY_REQUESTS or (
            request.is_safe
            and (answer.status == HTTPStatus.REQUEST_TIMEOUT or answer.is_ambiguous)
            and answer.status not in _LASTING
        )
        return is_transient and self._asked_s(answer) <= self._pauses.longest_asked_s

    def _asked_s(self, answer: Response) -> float:
        return retry_after_s(answer.headers.get("retry-after", ""), self._pauses.clock.now())


def retry_after_s(value: str, now: datetime) -> float:
    """The seconds that a Retry-After asks for, as a number or as a date (RFC 9110, 10.2.3); 0 for anything else."""
    if value.isascii() and value.isdecimal():
        return float(value[:_MAX_DIGITS])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
