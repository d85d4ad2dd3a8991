"""What a site in memory keeps and counts, and the faults that tests put into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from samebytes.errors import SiteError
from samebytes.model.digests import Digest
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedVersion
from samebytes.system.clock import Clock

Result = TypeVar("Result")
Fault = Callable[[int, str, str], None]


class Killed(BaseException):
    """The process is dead; no `except Exception` of a flow may see it."""


def no_fault(number: int, moment: str, call: str) -> None:
    """Let everything happen."""


def kill_at(number: int, moment: str) -> Fault:
    """Die at this call, from 1; `moment` is `before` or `after` it has acted."""

    def fault(now: int, when: str, call: str) -> None:
        if (now, when) == (number, moment):
            raise Killed(call)

    return fault


def fail_at(number: int, moment: str) -> Fault:
    """Fail this one call, from 1, as a lost connection does; `after` has acted all the same."""

    def fault(now: int, when: str, call: str) -> None:
        if (now, when) == (number, moment):
            raise SiteError("SB-5001", f"the connection was lost {moment} {call}")

    return fault


@dataclass
class StoredPackage:
    """One package in memory; bytes by version beside the version manifests."""

    versions: dict[str, ObservedVersion] = field(default_factory=dict)
    tarballs: dict[str, bytes] = field(default_factory=dict)
    dist_tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LeaseRecord:
    """Who has the lock: a number that rises with every holder, and one that rises with every renewal."""

    number: int
    renewal: int
    holder: str
    lease_s: float


class MemoryWorld:
    """What a site keeps, and the calls that were made; `writes` are those that may change it, in order."""

    def __init__(self, clock: Clock, fault: Fault = no_fault, id: str = "memory") -> None:  # noqa: A002  the field's own word
        self.id = id
        self.clock = clock
        self.fault = fault
        self.calls: list[str] = []
        self.packages: dict[PackageName, StoredPackage] = {}
        self.unreadable: set[PackageName] = set()
        self.invents_latest = False
        self.stored: dict[str, dict[str, bytes]] = {}
        self.memories: dict[str, Remembered] = {}
        self.journals: dict[str, list[PromotionEntry]] = {}
        self.documents: dict[tuple[str, Digest], bytes] = {}
        self.lease: LeaseRecord | None = None
        self.numbers = 0
        self._dead = False
        self._one_at_a_time = threading.RLock()

    def next_process(self, fault: Fault = no_fault) -> None:
        """A new process after the last one died: calls count from 1 again, and its lock has run out."""
        self.calls, self.fault, self.lease, self._dead = [], fault, None, False

    @property
    def writes(self) -> list[str]:
        """The calls that may change the site, the lock's left out."""
        reading = (
            "observe",
            "tarball",
            "assets",
            "read",
            "digest",
            "remembered",
            "all_remembered",
            "journal",
            "get",
            "list",
        )
        return [
            call for call in self.calls if call.split()[0] not in (*reading, "acquire", "guard", "renew", "release")
        ]

    def final_state(self) -> dict[str, object]:
        """What an undisturbed and a repeated run have in common: everything but lock, calls and build records."""
        return {
            "packages": {
                str(name): (sorted(package.tarballs.items()), dict(package.versions), dict(package.dist_tags))
                for name, package in sorted(self.packages.items())
            },
            "releases": {tag: dict(sorted(assets.items())) for tag, assets in self.stored.items()},
            "memories": dict(self.memories),
            "journals": {tag: [entry for entry in entries if entry.done] for tag, entries in self.journals.items()},
            "documents": sorted(str(digest) for _, digest in self.documents),
        }

    def step(self, call: str, act: Callable[[], Result]) -> Result:
        """Make one call: counted, and disturbed where the fault says so."""
        with self._one_at_a_time:
            if self._dead:
                raise Killed(call)
            self.calls.append(call)
            number = len(self.calls)
            try:
                self.fault(number, "before", call)
                result = act()
                self.fault(number, "after", call)
            except Killed:
                self._dead = True
                raise
            return result
