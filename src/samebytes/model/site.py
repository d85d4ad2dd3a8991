"""A site as configured: one place that receives a release."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReadBack(StrEnum):
    """What is read back from a site after publishing (`read_back`)."""

    BYTES = "bytes"
    PACKUMENT = "packument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One `[sites.<id>]` table. `path` is set for kind `directory`."""

    id: str
    kind: str
    path: str = ""
    read_back: ReadBack = ReadBack.BYTES
    lease_s: float = 60.0
    lock_timeout_s: float = 600.0
    concurrency: int = 4
