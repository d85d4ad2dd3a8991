"""The lock of a directory site: a lease file with a rising number, and a kernel lock around every step that shows.

    acquire   under the kernel lock: the lease is free, or its holder is dead, or we saw it unchanged for too long
              -> write it with the next number and our own token
    guard     under the kernel lock: the lease still has our number and token -> the caller's one step
    release   under the kernel lock: still ours -> mark it as given back; the number stays

A holder that was taken over finds another number before its next step and stops; there is no moment between the look
and the step. Besides, each holder keeps the kernel's lock on a file of its own, so that the next one need not wait for
the lease of a process that is known to be dead.

The steps of one holder go one after the other too, except where they are `shared`: then its threads do theirs side by
side, the first taking the kernel lock and the last giving it back. Nobody else gets in between either way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace

from samebytes.errors import DeadlineError
from samebytes.formats import directory_site, site_state
from samebytes.formats.site_state import LeaseRecord
from samebytes.system.clock import Clock
from samebytes.system.files import FileStore
from samebytes.system.randomness import Randomness
from samebytes.system.site_folder import SiteFolder, as_site_error

_LEASE_LIMIT_BYTES = 65_536
_ALIVE = "alive-"
_POLL_S = 0.1
_MAX_MARGIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """Where the lock keeps its files."""

    folder: str

    @property
    def kernel(self) -> str:
        """Locked by the kernel around every step; holds nothing."""
        return f"{self.folder}/kernel"

    @property
    def lease(self) -> str:
        """Who may write."""
        return f"{self.folder}/lease.json"

    def alive(self, token: str) -> str:
        """Locked by the kernel as long as the holder lives."""
        return f"{self.folder}/{_ALIVE}{token}"


class FolderLock:
    """The one lock of a directory site; `shared` where the guarded steps are requests that a server takes side by side."""

    def __init__(self, folder: SiteFolder, clock: Clock, randomness: Randomness, *, shared: bool = False) -> None:
        self._folder = folder
        self._shared = shared
        self._files = folder.files
        self._clock = clock
        self._randomness = randomness
        with as_site_error():
            self._paths = _Paths(folder=f"{directory_site.local_folder(folder.site)}/lock")

    def acquire(self, holder: str, lease_s: float, timeout_s: float) -> FolderLease:
        """Wait for the lock. Raises DeadlineError (SB-5101), naming the holder, when the timeout passes."""
        self._folder.found()
        lease = FolderLease(self._files, self._paths, self._clock, self._randomness.token(), shared=self._shared)
        until_s = self._clock.monotonic_s() + timeout_s
        seen, seen_since_s = _read(self._files, self._paths), self._clock.monotonic_s()
        while not self._may_take(seen, seen_since_s) or not _take(lease, seen, holder, lease_s):
            if self._clock.monotonic_s() >= until_s:
                raise _not_obtained(seen, timeout_s)
            self._clock.sleep(_POLL_S)
            now = _read(self._files, self._paths)
            if now != seen:
                seen, seen_since_s = now, self._clock.monotonic_s()
        return lease

    def _may_take(self, seen: LeaseRecord | None, seen_since_s: float) -> bool:
        """Whether the lease is free, its holder dead, or its time over as far as we ourselves have watched it."""
        if seen is None or not seen.held:
            return True
        lease_s = seen.lease_ms / 1000
        if self._clock.monotonic_s() - seen_since_s > lease_s + min(_MAX_MARGIN_S, lease_s / 4):
            return True
        return _is_dead(self._files, self._paths.alive(seen.token))


class FolderLease:
    """A lease on a directory site; safe to use from several threads."""

    def __init__(self, files: FileStore, paths: _Paths, clock: Clock, token: str, *, shared: bool = False) -> None:
        self._shared = shared
        self._files = files
        self._paths = paths
        self._clock = clock
        self._record = LeaseRecord(number=1, renewal=0, token=token, holder="", lease_ms=1, held=False)
        self._renewed_s = 0.0
        self._alive = ExitStack()
        # The threads in a step, one twice where a step is within another; while there are any, the kernel lock is ours.
        self._inside: list[int] = []
        self._kernel = ExitStack()
        self._turn = threading.Condition()

    def take(self, seen: LeaseRecord | None, holder: str, lease_s: float) -> bool:
        """Write the lease with the next number, provided that it still is as seen."""
        with self._files.exclusive(self._paths.kernel):
            if _read(self._files, self._paths) != seen:
                return False
            with ExitStack() as alive:
                alive.enter_context(self._come_alive())
                self._write(
                    replace(
                        self._record,
                        number=seen.number + 1 if seen else 1,
                        holder=holder,
                        lease_ms=max(1, round(lease_s * 1000)),
                        held=True,
                    )
                )
                self._alive = alive.pop_all()
            self._remove_dead()
        return True

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let one step happen while the lease is ours; renews it when less than half of it is left."""
        thread = threading.get_ident()
        with self._turn:
            self._turn.wait_for(lambda: self._shared or all(other == thread for other in self._inside))
            with ExitStack() as entering:
                if not self._inside:
                    entering.enter_context(self._files.exclusive(self._paths.kernel))
                    self._require_ours()
                if self._clock.monotonic_s() - self._renewed_s > self._record.lease_ms / 2000:
                    self._write(replace(self._record, renewal=self._record.renewal + 1))
                if not self._inside:
                    self._kernel = entering.pop_all()
            self._inside.append(thread)
        try:
            yield
        finally:
            with self._turn:
                self._inside.remove(thread)
                if not self._inside:
                    self._kernel.close()
                self._turn.notify_all()

    def renew(self) -> None:
        """Prolong it. Raises DeadlineError (SB-5102) when it was taken over."""
        with self._turn, nullcontext() if self._inside else self._files.exclusive(self._paths.kernel):
            self._require_ours()
            self._write(replace(self._record, renewal=self._record.renewal + 1))

    def release(self) -> None:
        """Give it back when all steps are over; giving back what is no longer ours does nothing."""
        with self._turn:
            self._turn.wait_for(lambda: not self._inside)
            with self._alive, self._files.exclusive(self._paths.kernel):
                if self._record.held and _read(self._files, self._paths) == self._record:
                    self._write(replace(self._record, held=False))

    @contextmanager
    def _come_alive(self) -> Iterator[None]:
        """Hold our own file's lock; nobody looks at it before the lease names it, or else under the kernel lock."""
        path = self._paths.alive(self._record.token)
        held = self._files.try_exclusive(path)
        assert held is not None, "nobody else knows our token yet"  # noqa: S101
        with held:
            yield
            self._files.remove(path)

    def _remove_dead(self) -> None:
        """Remove what dead holders have left; to be called under the kernel lock."""
        for name in self._files.list(self._paths.folder):
            path = f"{self._paths.folder}/{name}"
            if name.startswith(_ALIVE) and _is_dead(self._files, path):
                self._files.remove(path)

    def _require_ours(self) -> None:
        found = _read(self._files, self._paths)
        if found != self._record or not found.held:
            by = f" by {found.holder}" if found and found.held else ""
            raise DeadlineError(
                "SB-5102",
                f"the lock of the site was taken over{by}; nothing more was written",
                hint="run the same command again: it continues where this one stopped",
            )

    def _write(self, record: LeaseRecord) -> None:
        # The new state is ours only once it is on the disk; a failed write leaves the old one, which still holds.
        written_s = self._clock.monotonic_s()
        self._files.replace(self._paths.lease, site_state.write_lease(record))
        self._record, self._renewed_s = record, written_s


def _read(files: FileStore, paths: _Paths) -> LeaseRecord | None:
    data = files.read(paths.lease, _LEASE_LIMIT_BYTES)
    if data is None:
        return None
    with as_site_error():
        return site_state.read_lease(data, paths.lease)


def _is_dead(files: FileStore, alive: str) -> bool:
    """Whether the kernel has released a holder's own lock; without its file nothing is known."""
    if files.size(alive) is None:
        return False
    held = files.try_exclusive(alive)
    if held is None:
        return False
    with held:
        return True


def _take(lease: FolderLease, seen: LeaseRecord | None, holder: str, lease_s: float) -> bool:
    try:
        return lease.take(seen, holder, lease_s)
    except DeadlineError as error:
        # A holder that is stopped in the middle of a step cannot be taken over: it would do that step when it wakes.
        by = f"the lock of the site is held by {seen.holder}, in the middle of a write: " if seen and seen.held else ""
        raise DeadlineError("SB-5101", f"{by}{error.summary}", hint=error.hint) from error


def _not_obtained(seen: LeaseRecord | None, timeout_s: float) -> DeadlineError:
    holder = seen.holder if seen is not None else "nobody"
    return DeadlineError(
        "SB-5101",
        f"the lock of the site was not obtained within {timeout_s:g} seconds; it is held by {holder}",
        hint="wait for that run, or give this one more time with `lock_timeout_s`",
    )
