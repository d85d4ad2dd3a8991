"""A transport that answers from a list, and the rest of a world without time and chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response
from samebytes.system.http.pauses import Pauses
from tests.directory_site.fake_clock import FakeClock

Step = Response | Exception | Callable[[Request], Response]


@dataclass
class Scripted:
    """Gives one step after the other, the last one for ever; a body goes where the Protocol says."""

    steps: list[Step]
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """The next step."""
        step = self.steps[min(len(self.requests), len(self.steps) - 1)]
        self.requests.append(request)
        if isinstance(step, Exception):
            raise step
        answer = step if isinstance(step, Response) else step(request)
        if sink is None or not answer.is_success:
            return answer
        sink.restart()
        sink.write(answer.body)
        return Response(status=answer.status, headers=answer.headers, body=b"", url=answer.url)


@dataclass
class NoChance:
    """Always the same token: 0 makes the longest pause, `f` the shortest."""

    digit: str = "0"

    def token(self) -> str:
        """The digit, 32 times."""
        return self.digit * 32


def answer(status: int, body: bytes = b"", url: str = "https://forge.test/x", **headers: str) -> Response:
    """An answer; a header's underscores are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, body=body, url=url)


def get(url: str = "https://forge.test/x") -> Request:
    """A read."""
    return Request(method="GET", url=url)


def put(url: str = "https://forge.test/x") -> Request:
    """A write."""
    return Request(method="PUT", url=url)


def pauses(clock: FakeClock | None = None, attempts: int = 5) -> Pauses:
    """Pauses of 0.25, 0.5, 1, … seconds on a clock that does not wait."""
    return Pauses(clock=clock or FakeClock(), randomness=NoChance(), attempts=attempts)
