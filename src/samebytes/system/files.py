"""Files as a directory site needs them: whole, durable, never half visible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class FileStore(Protocol):
    """A folder; paths are POSIX, relative to it. Every write is a single step that a crash leaves undone or done.

    Errors of the operating system come out as SiteError: SB-5001 unreadable, SB-5002 cannot write (disk full,
    permissions).
    """

    def read(self, path: str, limit_bytes: int) -> bytes | None:
        """The bytes of a regular file, None where there is none; larger than the limit is SiteError (SB-5003)."""
        ...

    def open(self, path: str) -> BinaryIO | None:
        """A regular file opened for reading, None where there is none."""
        ...

    def size(self, path: str) -> int | None:
        """Its size in bytes, None where there is no regular file."""
        ...

    def list(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted, temporary files left out; empty where there is no folder."""
        ...

    def create(self, path: str, chunks: Iterator[bytes]) -> bool:
        """Write a file that must not exist yet (temporary file, fsync, link, fsync of the folder); False when it does."""
        ...

    def replace(self, path: str, data: bytes) -> None:
        """Write a file whether or not it exists (temporary file, fsync, rename, fsync of the folder)."""
        ...

    def remove(self, path: str) -> bool:
        """Remove a file; False when there was none."""
        ...

    def exclusive(self, path: str) -> AbstractContextManager[None]:
        """Hold the kernel's lock on a lock file (created when missing); released by the kernel when we die."""
        ...
