"""One publishing process: everything it has is its own, its clock is not real, and faults stand between it and the world."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import PublishOutcome
from samebytes.model.settings import PromoteWhen
from samebytes.model.transfer import Sink
from samebytes.system.clock import SystemClock
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.process import Runner, SystemRunner
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.faults.life import Life
from samebytes.testing.faults.runner import FaultyRunner
from samebytes.testing.faults.schedule import Fault, Schedule
from samebytes.testing.faults.transport import FaultyTransport
from samebytes.wiring import Ports, open_site
from tests.directory_site.fake_clock import FakeClock

if TYPE_CHECKING:
    from tests.convergence.places import Ground

_POLICY = Policy(when=PromoteWhen.POLICY, configured_sites=1)
# So much more passes in each pause of a run that finds the lock of a dead one: what that costs is no wall time.
_LEAP_S = 100.0


def quiet(line: str) -> None:
    """Let progress go unheard."""


@dataclass
class Process:
    """A process with the faults of its requests and of its git commands; afterwards it tells what happened."""

    ground: Ground
    requests: Schedule = field(default_factory=Schedule)
    commands: Schedule = field(default_factory=Schedule)
    runner: Runner = field(default_factory=SystemRunner)
    # Told every request before it goes out: strangers act then.
    watch: Callable[[Request], None] = lambda _request: None
    clock: FakeClock | SystemClock = field(default_factory=FakeClock)
    asked: int = 0
    ran: int = 0
    fired: list[tuple[int, Fault]] = field(default_factory=list)

    def publish(self, built: BuiltRelease, *, patient: bool = False, **options: Any) -> PublishOutcome:
        """Publish; a patient one lets a dead holder's lease run out in no time."""
        clock, life = self.clock, Life()
        if patient and isinstance(clock, FakeClock):
            clock.on_sleep = lambda: _leap(clock)
        site = self.ground.site
        wire = HttpxTransport(connections=site.concurrency, connect_timeout_s=10, request_timeout_s=60)
        transport = FaultyTransport(_Watched(wire, self.watch), self.requests, life=life)
        runner = FaultyRunner(self.runner, self.commands, life=life)
        ports = Ports(
            clock=clock,
            randomness=SystemRandomness(),
            runner=runner,
            variables={**self.ground.variables, "PATH": os.environ["PATH"]},
            transport=lambda _site: transport,
        )
        try:
            chosen = PublishOptions(holder="a test", policy=_POLICY, **options)
            return publish(built, open_site(site, ports), chosen, clock, quiet)
        finally:
            wire.close()
            self.asked, self.ran = transport.requests, runner.commands
            self.fired = [*transport.fired, *runner.fired]


class _Watched:
    """Tells of each request before it is sent."""

    def __init__(self, inner: Transport, watch: Callable[[Request], None]) -> None:
        self._inner = inner
        self._watch = watch

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Tell, and send."""
        self._watch(request)
        return self._inner.send(request, sink)


def _leap(clock: FakeClock) -> None:
    clock.elapsed_s += _LEAP_S


@contextmanager
def opened(ground: Ground) -> Iterator[OpenSite]:
    """The site as a stranger has it who may publish there too, and heeds no lock."""
    wire = HttpxTransport(connections=1, connect_timeout_s=10, request_timeout_s=60)
    ports = Ports(
        clock=SystemClock(),
        randomness=SystemRandomness(),
        variables={**ground.variables, "PATH": os.environ["PATH"]},
        transport=lambda _site: wire,
    )
    try:
        yield open_site(ground.site, ports)
    finally:
        wire.close()
