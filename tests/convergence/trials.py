"""One trial: a run under a fault, what the server holds then, a run without faults, and what the server holds in the end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from samebytes.errors import SamebytesError
from samebytes.testing.faults.runner import OF_COMMANDS
from samebytes.testing.faults.schedule import EVERY, KILLS, TRANSIENT, Fault, Schedule, by_seed, only
from samebytes.testing.memory_world import Killed
from samebytes.testing.server_checker import final_state, problems, unfinished
from tests.convergence.places import ForgePlace, Ground, VerdaccioPlace
from tests.convergence.process import Process
from tests.convergence.releases import SECOND_TAG

# A request that is made again has a number of its own, so a run under faults makes more than an undisturbed one.
_MORE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a process is killed: at a request or a git command, before or after it has acted."""

    is_request: bool
    number: int
    fault: Fault

    def __str__(self) -> str:
        return f"{self.fault} {'request' if self.is_request else 'command'} {self.number}"


@dataclass
class Seen:
    """What came of trials whose fault happened: `wrong` and `failed` as sentences.

    Of the `transient` ones, whose faults pass by themselves, `unhurt` succeeded at once, and the `failed` did not.
    """

    tried: int = 0
    transient: int = 0
    unhurt: int = 0
    repaired: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Count what came of other trials too."""
        self.tried += other.tried
        self.transient += other.transient
        self.unhurt += other.unhurt
        self.repaired += other.repaired
        self.wrong += other.wrong
        self.failed += other.failed


@dataclass
class Trials:
    """Trials at one place."""

    place: ForgePlace | VerdaccioPlace

    @cached_property
    def undisturbed(self) -> tuple[dict[str, Any], int, int]:
        """The final state without faults, and how many requests and git commands it takes."""
        with self.place.ground() as ground:
            process = Process(ground)
            process.publish(ground.releases.second)
            stored = ground.stored()
            assert [*problems(stored), *unfinished(stored, SECOND_TAG)] == []
            return final_state(stored), process.asked, process.ran

    @property
    def points(self) -> list[Point]:
        """Every point at which an undisturbed run can be killed."""
        _, asked, ran = self.undisturbed
        return [
            Point(is_request=is_request, number=number, fault=fault)
            for is_request, last in ((True, asked), (False, ran))
            for number in range(1, last + 1)
            for fault in sorted(KILLS)
        ]

    def killed(self, points: Sequence[Point]) -> Seen:
        """Kill at each point and run again once."""
        seen = Seen()
        for point in points:
            with self.place.ground() as ground:
                schedule = only(point.number, point.fault)
                process = Process(ground)
                if point.is_request:
                    process.requests = schedule
                else:
                    process.commands = schedule
                self._kill(process, ground, seen, str(point))
        return seen

    def by_seeds(self, seeds: Sequence[int]) -> Seen:
        """A run under the faults of each seed, and one without: even seeds bring only faults that pass by themselves."""
        seen = Seen()
        for seed in seeds:
            with self.place.ground() as ground:
                self._by_seed(ground, seed, seen)
        return seen

    def schedules(self, seed: int) -> tuple[Schedule, Schedule]:
        """The faults of a seed: of its requests, and of its git commands."""
        chance = random.Random(seed)
        kinds = EVERY if seed % 2 else TRANSIENT
        density = chance.choice((0.02, 0.05, 0.1, 0.2))
        _, asked, ran = self.undisturbed
        return (
            by_seed(seed, asked * _MORE, kinds=kinds, density=density),
            by_seed(seed + 1, ran * _MORE, kinds=kinds & OF_COMMANDS, density=density),
        )

    def _kill(self, process: Process, ground: Ground, seen: Seen, what: str) -> None:
        try:
            process.publish(ground.releases.second)
        except Killed:
            seen.tried += 1
        else:
            if process.fired:
                seen.wrong.append(f"{what}: went on after it was killed")
            return
        seen.wrong += [f"{what}, at that moment: {problem}" for problem in problems(ground.stored())]
        self._repair(ground, seen, what)

    def _by_seed(self, ground: Ground, seed: int, seen: Seen) -> None:
        requests, commands = self.schedules(seed)
        process, what = Process(ground, requests=requests, commands=commands), f"seed {seed}"
        failure = ""
        try:
            process.publish(ground.releases.second)
        except Killed:
            failure = "killed"
        except SamebytesError as error:
            failure = f"{error.code} {error.summary}"
        if not process.fired:
            return
        seen.tried += 1
        seen.transient += not seed % 2
        stored = ground.stored()
        found = problems(stored)
        if not failure:
            seen.unhurt += not seed % 2
            found += self._wrong_in_the_end(ground)
        elif not seed % 2:
            seen.failed.append(f"{what}: {failure}")
        seen.wrong += [f"{what}, {failure or 'reported as done'}: {problem}" for problem in found]
        self._repair(ground, seen, what)

    def _repair(self, ground: Ground, seen: Seen, what: str) -> None:
        again = Process(ground)
        try:
            again.publish(ground.releases.second, patient=True)
        except SamebytesError as error:
            seen.wrong.append(f"{what}, run again: {error.code} {error.summary} {dict(error.details)}")
            return
        found = self._wrong_in_the_end(ground)
        seen.wrong += [f"{what}, run again: {problem}" for problem in found]
        seen.repaired += not found

    def _wrong_in_the_end(self, ground: Ground) -> list[str]:
        stored = ground.stored()
        found = [*problems(stored), *unfinished(stored, SECOND_TAG)]
        expected, state = self.undisturbed[0], final_state(stored)
        found += [
            f"{part} differ: {_difference(expected[part], state[part])}"
            for part in expected
            if expected[part] != state[part]
        ]
        return found


def _difference(expected: dict[str, Any], found: dict[str, Any]) -> str:
    return "; ".join(
        f"{key}: expected {expected.get(key)}, found {found.get(key)}"
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    )
