"""Hold a site's lock for the length of a flow and keep it alive meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Lock as ThreadLock
from threading import Timer

from samebytes.flows.open_site import OpenSite
from samebytes.stores.base import HeldLease
from samebytes.system.clock import Clock

# Renewed after a third of its life, so that two renewals in a row may fail slowly before it is lost.
_SHARE = 3
# A lock that is free is had in less than this.
_PATIENCE_S = 1.0


class KeptLease:
    """A lease that renews itself whenever a write or a heartbeat finds it a third spent; safe to share among threads."""

    def __init__(self, held: HeldLease, lease_s: float, clock: Clock) -> None:
        self._held = held
        self._clock = clock
        self._renew_after_s = lease_s / _SHARE
        self._renewed_s = clock.monotonic_s()
        self._one_at_a_time = ThreadLock()

    def keep(self) -> None:
        """Renew when it is time. Raises DeadlineError (SB-5102) when the lease was taken over."""
        with self._one_at_a_time:
            if self._clock.monotonic_s() - self._renewed_s >= self._renew_after_s:
                self._held.renew()
                self._renewed_s = self._clock.monotonic_s()

    def guard(self) -> AbstractContextManager[None]:
        """Wrap every single write in this."""
        self.keep()
        return self._held.guard()

    def pause(self, seconds: float) -> None:
        """Let time pass, and keep the lease over it."""
        self._clock.sleep(seconds)
        self.keep()

    def renew(self) -> None:
        """Renew now."""
        self._held.renew()

    def release(self) -> None:
        """Give it back."""
        self._held.release()


class _NoLease:
    """What a site without a lock gives: nothing guards its writes, which publish and plan say."""

    def guard(self) -> AbstractContextManager[None]:
        return nullcontext()

    def renew(self) -> None:
        return

    def release(self) -> None:
        return


@contextmanager
def _told_when_it_takes_long(line: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Tell why nothing happens, once waiting is long enough for people to wonder."""

    def say() -> None:
        with suppress(OSError):  # nobody reads any more: the run will find that out by itself
            tell(line)

    timer = Timer(_PATIENCE_S, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def site_lease(at: OpenSite, holder: str, clock: Clock, tell: Callable[[str], None]) -> Iterator[KeptLease]:
    """The site's lock, waited for, kept and given back. Raises DeadlineError (SB-5101) when it is not obtained.

    `tell` gets a line when another run has the lock for longer than a moment; it may be called from another thread.

    Raises SiteError (SB-5002) before that where nothing can be written anyway.
    """
    at.check_writable()
    held: HeldLease = _NoLease()
    if at.state is not None:
        with _told_when_it_takes_long(f"waiting for the lock of {at.id}", tell):
            held = at.state.lock.acquire(holder, at.site.lease_s, at.site.lock_timeout_s)
    try:
        yield KeptLease(held, at.site.lease_s, clock)
    finally:
        held.release()
