"""A lease that counts, a transport that loses answers, and one that answers by a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from samebytes.errors import DeadlineError
from samebytes.model.transfer import Sink
from samebytes.system.content import pour
from samebytes.system.http.base import AmbiguousError, Request, Response, Transport
from samebytes.system.http.pauses import Pauses
from samebytes.system.randomness import SystemRandomness
from tests.directory_site.fake_clock import FakeClock


class CountingLease:
    """Counts guarded writes, and refuses those after the first `allowed`."""

    def __init__(self, allowed: int = 10_000) -> None:
        self.allowed = allowed
        self.entered = 0
        self.inside = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Count, or refuse."""
        if self.entered >= self.allowed:
            raise DeadlineError("SB-5102", "the lease is lost")
        self.entered += 1
        self.inside = True
        yield
        self.inside = False


class LosesAnswers:
    """Hands writes on and loses the answers to the next `lost` of them, after they acted, or answers a status instead."""

    def __init__(self, inner: Transport, lost: int = 0, status: int = 0) -> None:
        self._inner = inner
        self.lost = lost
        self._status = status
        self.writes = 0

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it, and maybe say nothing."""
        answer = self._inner.send(request, sink)
        if request.is_safe:
            return answer
        self.writes += 1
        if self.lost == 0:
            return answer
        self.lost -= 1
        if self._status:
            return Response(status=self._status, headers={}, body=b"", url=request.url)
        raise AmbiguousError("SB-5121", "no answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it arrived: the path with its query, and the whole body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Scripted:
    """Answers by method and path: each entry is a list of answers, of which the last one is given again and again."""

    script: Mapping[str, Sequence[Response | Exception]]
    sent: list[Sent] = field(default_factory=list)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """The next answer of the script; a request that is not in it is 404."""
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        body = b"" if request.body is None else b"".join(request.body.chunks())
        self.sent.append(Sent(method=request.method, path=path, headers=request.headers, body=body))
        key = f"{request.method} {path}"
        entries = self.script.get(key, [answer(404, b'{"error":"x"}')])
        count = sum(f"{one.method} {one.path}" == key for one in self.sent)
        found = entries[min(count, len(entries)) - 1]
        if isinstance(found, Exception):
            raise found
        if sink is not None and found.is_success:
            pour(iter([found.body]), sink)
            return Response(status=found.status, headers=found.headers, body=b"", url=request.url)
        return Response(status=found.status, headers=found.headers, body=found.body, url=request.url)

    def asked(self) -> list[str]:
        """Method and path of every request."""
        return [f"{one.method} {one.path}" for one in self.sent]


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Response:
    """An answer of a script."""
    return Response(status=status, headers=headers or {}, body=body, url="")


def no_pauses(attempts: int = 5, on_sleep: Callable[[], None] = lambda: None) -> Pauses:
    """Pauses on a clock that only they move."""
    clock = FakeClock()
    clock.on_sleep = on_sleep
    return Pauses(clock=clock, randomness=SystemRandomness(), attempts=attempts)
