"""Contents and sinks: bytes in memory, files, digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from samebytes.errors import SiteError
from samebytes.model.digests import Digest
from samebytes.model.transfer import Sink
from samebytes.system.chunks import CHUNK_BYTES, read_chunks


@dataclass(frozen=True, slots=True)
class BytesContent:
    """Bytes in memory."""

    data: bytes

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def chunks(self) -> Iterator[bytes]:
        """The bytes in chunks."""
        return (self.data[start : start + CHUNK_BYTES] for start in range(0, len(self.data), CHUNK_BYTES))


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file that an earlier step wrote; reading it may raise BuildError (SB-3090)."""

    path: str
    size_bytes: int

    def chunks(self) -> Iterator[bytes]:
        """The file in chunks."""
        return read_chunks(self.path)


class HashingSink:
    """Keeps the digest of what comes, and nothing else."""

    def __init__(self, algorithm: str) -> None:
        self._algorithm = algorithm
        self.restart()

    def restart(self) -> None:
        """Start over."""
        self._hasher = hashlib.new(self._algorithm)

    def write(self, chunk: bytes) -> None:
        """Add to the digest."""
        self._hasher.update(chunk)

    @property
    def digest(self) -> Digest:
        """The digest of what came."""
        return Digest(self._algorithm, self._hasher.digest())


class CollectingSink:
    """Keeps what comes, up to a limit; more is SiteError (SB-5003), in which `what` is named."""

    def __init__(self, limit_bytes: int, what: str) -> None:
        self._limit_bytes = limit_bytes
        self._what = what
        self._data = bytearray()

    def restart(self) -> None:
        """Start over."""
        self._data.clear()

    def write(self, chunk: bytes) -> None:
        """Keep the bytes."""
        if len(self._data) + len(chunk) > self._limit_bytes:
            raise SiteError("SB-5003", f"{self._what} is larger than {self._limit_bytes} bytes")
        self._data += chunk

    @property
    def data(self) -> bytes:
        """What came."""
        return bytes(self._data)


def pour(chunks: Iterator[bytes], sink: Sink) -> None:
    """Give a sink everything, once."""
    sink.restart()
    for chunk in chunks:
        sink.write(chunk)
