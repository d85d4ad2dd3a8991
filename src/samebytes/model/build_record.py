"""What a site observed while building: everything that must not be in the statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRecord:
    """One build at one place: observed toolchain, platform, path, times, and the statement it led to.

    Times are RFC 3339 in UTC. `toolchain` maps tool to observed version. `varied` lists which isolation was in force
    (`fixed-path`, `own-uid`, …). `changed_tracked_files` are files the build changed in the checkout.
    """

    statement_sha256: str
    platform: str
    path: str
    image: str
    run: str
    started: str
    finished: str
    samebytes: str
    toolchain: Mapping[str, str]
    isolation: tuple[str, ...]
    changed_tracked_files: tuple[str, ...]
