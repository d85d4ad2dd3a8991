"""Files as a directory site needs them: whole, durable, never half visible."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, Protocol, TypeAlias

Guard: TypeAlias = Callable[[], AbstractContextManager[None]]


class FileStore(Protocol):
    """A folder; paths are POSIX, relative to it. Every write is a single step that a crash leaves undone or done.

    A `guard` is entered right before the step that changes what readers see, and left right after it: a lease checks
    there that it still holds. Symbolic links below the folder are never followed. Errors of the operating system come
    out as SiteError: SB-5001 unreadable (also: a link or a folder where a file should be), SB-5002 cannot write (disk
    full, permissions).
    """

    def read(self, path: str, limit_bytes: int) -> bytes | None:
        """The bytes of a regular file, None where there is none; larger than the limit is SiteError (SB-5003)."""
        ...

    def open(self, path: str) -> BinaryIO | None:
        """A regular file opened for reading, None where there is none."""
        ...

    def size(self, path: str) -> int | None:
        """Its size in bytes, None where there is no such file."""
        ...

    def list(self, path: str) -> tuple[str, ...]:
        """The names in a folder (empty: the store's own), sorted, temporary files left out; empty where there is none."""
        ...

    def create(self, path: str, chunks: Iterable[bytes], guard: Guard = nullcontext) -> bool:
        """Write a file that must not exist yet (temporary file, fsync, link, fsync of the folder); False when it does."""
        ...

    def replace(self, path: str, data: bytes, guard: Guard = nullcontext) -> None:
        """Write a file whether or not it exists (temporary file, fsync, rename, fsync of the folder)."""
        ...

    def remove(self, path: str, guard: Guard = nullcontext) -> bool:
        """Remove a file; False when there was none."""
        ...

    def exclusive(self, path: str) -> AbstractContextManager[None]:
        """Hold the kernel's lock on a lock file (created when missing); released by the kernel when we die.

        Raises DeadlineError (SB-5101) when somebody holds it for a minute: these locks are meant for moments.
        """
        ...

    def try_exclusive(self, path: str) -> AbstractContextManager[None] | None:
        """The same lock, already held, until the context is left; None when somebody else has it."""
        ...
