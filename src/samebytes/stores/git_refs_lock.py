"""The lock of a site whose remote is git: one ref that can be created once, and moved only by who knows its value.

    acquire   push a commit of our own, create-only                                 -> ours
              or: seen the very same commit for its whole lease, a request and a margin -> compare-and-swap it for ours
    guard     our own clock: the lease is not nearly over                           -> the caller's one write
    renew     compare-and-swap our commit for the next one of ours                  -> or somebody has taken it over
    release   delete the ref, if it has our commit

Every push has a commit that nobody else can make, so a ref that has it was set by us: that is how pushes without an
answer are settled. A forge cannot look at our lock when it takes an upload: what a holder sends within its lease may
arrive after it, which is why every write is create-only or checked again by the next holder (docs/formats/git-refs.md).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from samebytes.errors import DeadlineError, SiteError
from samebytes.formats import git_refs, site_state
from samebytes.formats.site_state import LeaseRecord
from samebytes.system import git_remote_push
from samebytes.system.clock import Clock
from samebytes.system.git_remote import GitRemote, PushState
from samebytes.system.randomness import Randomness
from samebytes.system.site_folder import as_site_error

_LIMIT_BYTES = 65_536
_POLL_S = 1.0
_MAX_MARGIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The lock as it was read: its commit and what that says; the times are of our clock, around the reading."""

    commit: str
    record: LeaseRecord
    asked_s: float
    told_s: float


class GitRefsLock:
    """The one lock of a repository and registry owner, in the git remote of the site."""

    def __init__(
        self, remote: GitRemote, site: str, clock: Clock, randomness: Randomness, request_timeout_s: float
    ) -> None:
        self._remote = remote
        self._clock = clock
        self._randomness = randomness
        self._request_timeout_s = request_timeout_s
        with as_site_error():
            self._ref = git_refs.lock(site)

    def acquire(self, holder: str, lease_s: float, timeout_s: float) -> GitRefsLease:
        """Wait for the lock. Raises DeadlineError (SB-5101), naming the holder, when the timeout passes.

        Raises SiteError.
        """
        lease = GitRefsLease(
            self._remote,
            self._ref,
            self._clock,
            _new_record(self._randomness, holder, lease_s),
        )
        until_s = self._clock.monotonic_s() + timeout_s
        first: _Seen | None = None
        free = True
        while not (free and lease.take(first)):
            if self._clock.monotonic_s() >= until_s:
                raise _not_obtained(first or self._look(), timeout_s)
            if first is not None:
                self._clock.sleep(_POLL_S)
            seen = self._look()
            if first is None or seen is None or seen.commit != first.commit:
                first = seen
            free = first is None or seen is None or self._is_silent(first, seen)
        return lease

    def _is_silent(self, first: _Seen, last: _Seen) -> bool:
        """Whether the same commit was there for so long that its holder has stopped by itself.

        Counted from the end of the first reading to the start of the last one. That the holder's request may take
        longer than the rest of its lease is what `request_timeout_s` is for.
        """
        lease_s = first.record.lease_ms / 1000
        return last.asked_s - first.told_s > lease_s + self._request_timeout_s + _margin_s(lease_s)

    def _look(self) -> _Seen | None:
        asked_s = self._clock.monotonic_s()
        found = _read(self._remote, self._ref)
        if found is None:
            return None
        commit, record = found
        return _Seen(commit=commit, record=record, asked_s=asked_s, told_s=self._clock.monotonic_s())


class GitRefsLease:
    """A lease that its holder has, had, or is about to take; safe to use from several threads."""

    def __init__(self, remote: GitRemote, ref: str, clock: Clock, record: LeaseRecord) -> None:
        self._remote = remote
        self._ref = ref
        self._clock = clock
        self._record = record
        self._commit = ""
        self._ours: set[str] = set()
        self._renewed_s = 0.0
        self._one_at_a_time = threading.RLock()

    def take(self, seen: _Seen | None) -> bool:
        """Take the lock as it was seen (None: nobody has it); whether that worked."""
        number = seen.record.number + 1 if seen else 1
        with self._one_at_a_time:
            return self._move(replace(self._next(), number=number), seen.commit if seen else "") is None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let one write start while the lease is not nearly over; asks nobody.

        It may take until after the lease: whoever wants to take over waits for that too.

        Raises DeadlineError (SB-5102).
        """
        lease_s = self._record.lease_ms / 1000
        left_s = lease_s - (self._clock.monotonic_s() - self._renewed_s)
        if not self._commit or left_s < _margin_s(lease_s):
            raise _lost("", "too little of it is left" if self._commit else "it is not held any more")
        yield

    def renew(self) -> None:
        """Prolong it. Raises DeadlineError (SB-5102) when it was taken over, SiteError when nobody can say."""
        with self._one_at_a_time:
            if not self._commit:
                raise _lost("", "it is not held any more")
            found = self._move(self._next(), self._commit)
            if found in self._ours:
                # An earlier renewal arrived although we were not told.
                found = self._move(self._next(), found)
            if found is not None:
                self._commit = ""
                raise _lost(self._holder(), "it was taken over")

    def release(self) -> None:
        """Give it back; giving back what is no longer ours does nothing.

        A remote that cannot be reached now is no error: everything guarded is done, and the lease runs out by itself.
        """
        with self._one_at_a_time, suppress(SiteError):
            commit, self._commit = self._commit, ""
            while commit:
                pushed = self._remote.push([git_remote_push.delete(self._ref, commit)])[self._ref]
                self._ours.discard(commit)
                commit = pushed.found if pushed.found in self._ours else ""

    def _next(self) -> LeaseRecord:
        """What no earlier push of ours has said."""
        self._record = replace(self._record, renewal=self._record.renewal + 1)
        return self._record

    def _move(self, record: LeaseRecord, expected: str) -> str | None:
        """Put our next commit in place of the expected one; else what was found there."""
        commit = self._remote.write_commit(site_state.write_lease(record), int(self._clock.now().timestamp()))
        self._ours.add(commit)
        started_s = self._clock.monotonic_s()
        change = git_remote_push.Change(ref=self._ref, expected=expected, new=commit)
        pushed = self._remote.push([change])[self._ref]
        if pushed.state is not PushState.DONE:
            return pushed.found
        self._record, self._commit, self._renewed_s = record, commit, started_s
        return None

    def _holder(self) -> str:
        with suppress(SiteError):
            found = _read(self._remote, self._ref)
            return found[1].holder if found else ""
        return ""


def _margin_s(lease_s: float) -> float:
    """For what clocks differ by, and for the steps between looking at one and acting."""
    return min(_MAX_MARGIN_S, lease_s / 4)


def _new_record(randomness: Randomness, holder: str, lease_s: float) -> LeaseRecord:
    lease_ms = max(1, round(lease_s * 1000))
    return LeaseRecord(number=1, renewal=-1, token=randomness.token(), holder=holder, lease_ms=lease_ms, held=True)


def _read(remote: GitRemote, ref: str) -> tuple[str, LeaseRecord] | None:
    """The commit of the lock and what it says. Raises SiteError (SB-5001) for a lock that cannot be read."""
    commit = remote.observe(f"{ref}*").get(ref)
    if commit is None:
        return None
    try:
        with as_site_error():
            return commit, site_state.read_lease(remote.read_message(commit, _LIMIT_BYTES), ref)
    except SiteError as error:
        raise SiteError(
            "SB-5001",
            f"the lock of the site cannot be read: {error.summary}",
            hint=f"find out who made it; git push {remote.url} :{ref} removes it",
        ) from error


def _lost(holder: str, why: str) -> DeadlineError:
    by = f" by {holder}" if holder else ""
    return DeadlineError(
        "SB-5102",
        f"the lock of the site is lost: {why}{by}; nothing more was written",
        hint="run the same command again: it continues where this one stopped",
    )


def _not_obtained(seen: _Seen | None, timeout_s: float) -> DeadlineError:
    holder = seen.record.holder if seen is not None else "nobody"
    return DeadlineError(
        "SB-5101",
        f"the lock of the site was not obtained within {timeout_s:g} seconds; it is held by {holder}",
        hint="wait for that run, or give this one more time with `lock_timeout_s`",
    )
