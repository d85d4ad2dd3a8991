"""A clock that only moves when a test or a sleep moves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Starts at 2026-01-01; `sleep` moves it, and then calls `on_sleep`."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """The wall time in UTC."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.elapsed_s)

    def monotonic_s(self) -> float:
        """Seconds since the start."""
        return self.elapsed_s

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.elapsed_s += seconds
        self.on_sleep()
