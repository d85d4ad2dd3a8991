"""Ours and the peer's by turns, so that what else the machine does hits both; compared pair by pair."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much to measure: `quick` takes tiny inputs, to see that everything still runs; `rounds` is pairs a bench."""

    quick: bool
    rounds: int

    def pick(self, full: int, quick: int) -> int:
        """The size for this run."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Seconds of ours and of the peer's, pair by pair."""

    ours_s: tuple[float, ...]
    peer_s: tuple[float, ...]

    def figure(self, bench: str, what: str, goal: float | None, *, peer_times: float = 1.0) -> Figure:
        """The median ratio; the peer did only a sample of the work where `peer_times` is above 1."""
        ratios = [ours_s / (peer_s * peer_times) for ours_s, peer_s in zip(self.ours_s, self.peer_s, strict=True)]
        return figure(bench, what, ratios, goal=goal)


def by_turns(ours: Callable[[], object], peer: Callable[[], object], rounds: int) -> Pairs:
    """Seconds of both, by turns; the first pair warms caches and is not counted."""
    pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds + 1)][1:]
    return Pairs(ours_s=tuple(pair[0] for pair in pairs), peer_s=tuple(pair[1] for pair in pairs))


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, by the clock on the wall."""
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def figure(bench: str, what: str, values: Sequence[float], *, unit: str = "x", goal: float | None = None) -> Figure:
    """The median of values with their spread."""
    return Figure(
        bench=bench,
        what=what,
        value=statistics.median(values),
        low=min(values),
        high=max(values),
        runs=len(values),
        unit=unit,
        goal=goal,
    )
