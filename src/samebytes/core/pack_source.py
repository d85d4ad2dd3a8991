"""What listing and packing need to see of a repository's files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from samebytes.model.tree_entry import Entry


class PackSource(Protocol):
    """The files of a repository, seen from one member that is to be packed.

    Paths are POSIX and relative to the repository's root, which is `.`. `directory` is the packed directory: the one that
    holds the package.json to publish, `publishConfig.directory` where that is set. Only `resolve` follows links; what is
    scanned or read has been resolved before.
    """

    @property
    def directory(self) -> str:
        """The packed directory."""
        ...

    def scan(self, path: str) -> Sequence[Entry]:
        """The names in a directory in any order; none where there is no such directory."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a regular file."""
        ...

    def resolve(self, path: str) -> str | None:
        """The path with all links followed; None when it leads outside the repository or to nothing."""
        ...

    def locate(self, path: str) -> str:
        """Where the packer opens this path: absolute on disk."""
        ...
