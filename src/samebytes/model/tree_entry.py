"""Names in a directory, as listing what to pack sees them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What a name in a directory stands for, links not followed."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a directory; `executable` is the owner's x bit of a regular file."""

    name: str
    kind: EntryKind
    executable: bool = False
