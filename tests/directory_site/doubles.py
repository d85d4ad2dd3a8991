"""A lease that counts what it guards, and a file on a broken disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from samebytes.errors import DeadlineError


class CountingLease:
    """Counts the writes it guards; refuses them once it is `lost`."""

    def __init__(self) -> None:
        self.writes = 0
        self.lost = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let a write happen, or not."""
        if self.lost:
            raise DeadlineError("SB-5102", "lost")
        self.writes += 1
        yield

    def renew(self) -> None:
        """Nothing to do."""

    def release(self) -> None:
        """Nothing to do."""


class BrokenFile:
    """An open file that the disk gives nothing of."""

    def read(self, _size: int) -> bytes:
        """Fail as a bad disk does."""
        raise OSError(5, "Input/output error")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
