"""Lock, memory and journal of a site in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from samebytes.errors import DeadlineError, RefusedError
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.stores.base import HeldLease
from samebytes.testing.memory_world import LeaseRecord, MemoryWorld


class MemoryState:
    """Lock, memory and journal."""

    def __init__(self, site: MemoryWorld) -> None:
        self._site = site
        self.lock = MemoryLock(site)

    def remembered(self, tag: str) -> Remembered | None:
        """What this tag was bound to here."""
        return self._site.step(f"remembered {tag}", lambda: self._site.memories.get(tag))

    def remember(self, memory: Remembered, lease: HeldLease) -> None:
        """Bind a tag; another binding is RefusedError (SB-6101)."""

        def act() -> None:
            if self._site.memories.setdefault(memory.tag, memory) != memory:
                raise RefusedError(
                    "SB-6101", f"tag {memory.tag!r} is bound to something else at site {self._site.id!r}"
                )

        with lease.guard():
            self._site.step(f"remember {memory.tag}", act)

    def all_remembered(self) -> Sequence[Remembered]:
        """Every binding, sorted by tag."""
        return self._site.step("all_remembered", lambda: [memory for _, memory in sorted(self._site.memories.items())])

    def journal(self, release_tag: str) -> PromotionEntry | None:
        """The newest promotion of this release."""
        entries = self._site.step(f"journal {release_tag}", lambda: self._site.journals.get(release_tag))
        return entries[-1] if entries else None

    def write_journal(self, entry: PromotionEntry, lease: HeldLease) -> None:
        """Add a promotion, or mark the newest one as done."""

        def act() -> None:
            entries = self._site.journals.setdefault(entry.release_tag, [])
            if entries and entry in (entries[-1], replace(entries[-1], done=True)):
                entries.pop()
            entries.append(entry)

        with lease.guard():
            self._site.step(f"write_journal {entry.release_tag} {'done' if entry.done else 'begun'}", act)


_POLL_S = 0.1
_MARGIN_S = 5.0


class MemoryLock:
    """The lock: one lease, taken over when it has been seen unchanged for its whole life and a margin."""

    def __init__(self, site: MemoryWorld) -> None:
        self._site = site

    def acquire(self, holder: str, lease_s: float, timeout_s: float) -> MemoryLease:
        """Wait for the lock. Raises DeadlineError (SB-5101), naming the holder, when the timeout passes."""
        clock = self._site.clock
        until_s = clock.monotonic_s() + timeout_s
        seen, seen_since_s = self._site.lease, clock.monotonic_s()
        while seen is not None and clock.monotonic_s() - seen_since_s <= seen.lease_s + _MARGIN_S:
            if clock.monotonic_s() >= until_s:
                raise DeadlineError(
                    "SB-5101", f"the lock was not obtained within {timeout_s:g} s, {seen.holder} holds it"
                )
            clock.sleep(_POLL_S)
            if self._site.lease != seen:
                seen, seen_since_s = self._site.lease, clock.monotonic_s()
        return self._site.step("acquire", lambda: self._take(holder, lease_s))

    def _take(self, holder: str, lease_s: float) -> MemoryLease:
        self._site.numbers += 1
        lease = LeaseRecord(number=self._site.numbers, renewal=0, holder=holder, lease_s=lease_s)
        self._site.lease = lease
        return MemoryLease(self._site, lease)


class MemoryLease:
    """A lease that its holder still has, or has lost."""

    def __init__(self, site: MemoryWorld, lease: LeaseRecord) -> None:
        self._site = site
        self._lease = lease

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let one step happen while the lease is ours."""
        self._site.step("guard", self._require_ours)
        yield

    def renew(self) -> None:
        """Prolong it."""

        def act() -> None:
            self._require_ours()
            self._lease = self._site.lease = replace(self._lease, renewal=self._lease.renewal + 1)

        self._site.step("renew", act)

    def release(self) -> None:
        """Give it back."""

        def act() -> None:
            if self._site.lease == self._lease:
                self._site.lease = None

        self._site.step("release", act)

    def _require_ours(self) -> None:
        if self._site.lease != self._lease:
            raise DeadlineError("SB-5102", "the lock of the site was taken over; nothing more was written")
