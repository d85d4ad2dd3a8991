"""Bytes of known length to be sent, and where received bytes go; both can start over, because attempts can fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Content(Protocol):
    """What is sent: its size in bytes is known beforehand, and it can be read as often as it has to be sent."""

    @property
    def size_bytes(self) -> int:
        """How many bytes `chunks` yields."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the start, in chunks of at most 1 MiB."""
        ...


class Sink(Protocol):
    """Where received bytes go."""

    def restart(self) -> None:
        """Forget what came so far: the first chunk of a new attempt follows."""
        ...

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. May raise to stop the transfer."""
        ...
