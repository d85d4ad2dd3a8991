"""Which request meets which fault: chosen by seed, or given, and the same whenever it is asked again."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Fault(StrEnum):
    """One thing that goes wrong; `before` and `after` say whether the server has acted."""

    KILL_BEFORE = "kill-before"
    KILL_AFTER = "kill-after"
    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after"
    TRUNCATE = "truncate"
    ERROR_BEFORE = "error-before"
    ERROR_AFTER = "error-after"
    TOO_MANY = "too-many"
    UNAUTHORIZED = "unauthorized"
    STALL_BEFORE = "stall-before"
    STALL_AFTER = "stall-after"
    TWICE = "twice"
    LATE = "late"
    STALE = "stale"


# What ends by itself when the request is made again, and costs the process nothing.
TRANSIENT = frozenset(
    {
        Fault.DROP_BEFORE,
        Fault.DROP_AFTER,
        Fault.TRUNCATE,
        Fault.ERROR_BEFORE,
        Fault.ERROR_AFTER,
        Fault.TOO_MANY,
        Fault.STALL_BEFORE,
        Fault.STALL_AFTER,
        Fault.TWICE,
        Fault.LATE,
        Fault.STALE,
    }
)
KILLS = frozenset({Fault.KILL_BEFORE, Fault.KILL_AFTER})
EVERY = frozenset(Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The faults of one run: number of the request, from 1, to what happens to it.

    A request that is made again is another request with a number of its own, so `most_in_a_row` bounds how often one
    request fails before it may pass.
    """

    faults: Mapping[int, Fault] = field(default_factory=lambda: MappingProxyType({}))
    seed: int = 0
    most_in_a_row: int = 3

    def at(self, number: int) -> Fault | None:
        """What happens to this request."""
        return self.faults.get(number)


def only(number: int, fault: Fault) -> Schedule:
    """A schedule with one fault."""
    return Schedule(faults=MappingProxyType({number: fault}))


def by_seed(
    seed: int, requests: int, *, kinds: frozenset[Fault] = EVERY, density: float = 0.1, most_in_a_row: int = 3
) -> Schedule:
    """A schedule for a run of about this many requests; the same seed and arguments give the same schedule.

    `density` is the share of requests that meet a fault. At most one of them kills: after that there is no run.
    """
    chance = random.Random(seed)  # noqa: S311  a schedule, no secret
    ordered = sorted(kinds)
    faults: dict[int, Fault] = {}
    in_a_row = 0
    for number in range(1, requests + 1):
        if in_a_row >= most_in_a_row or chance.random() >= density * (1 + in_a_row):
            in_a_row = 0
            continue
        fault = chance.choice(ordered)
        faults[number] = fault
        in_a_row += 1
        if fault in KILLS:
            break
    return Schedule(faults=MappingProxyType(faults), seed=seed, most_in_a_row=most_in_a_row)
