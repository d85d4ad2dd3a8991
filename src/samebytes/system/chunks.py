"""Local files in chunks, so that no tarball has to be in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samebytes.errors import BuildError

CHUNK_BYTES = 1024 * 1024


def read_chunks(path: str) -> Iterator[bytes]:
    """The bytes of a file that an earlier step wrote; BuildError (SB-3090) when it is gone or unreadable."""
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise BuildError(
            "SB-3090", f"{Path(path).name} was built and cannot be read any more: {error.strerror}"
        ) from error
