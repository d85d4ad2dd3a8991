"""What came of a run at a site; expected outcomes are values, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samebytes.model.names import PackageId


class MemberOutcome(StrEnum):
    """What happened to one member."""

    PUBLISHED = "published"
    ALREADY_SAME = "already-same"
    WOULD_PUBLISH = "would-publish"
    LEFT_OUT = "left-out"


class Promotion(StrEnum):
    """Where `latest` (or the chosen tag) stands after a run."""

    PROMOTED = "promoted"
    ALREADY = "already-promoted"
    HELD = "held"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOutcome:
    """A publish run that did all it may do; `partial` when a filter left members out."""

    site: str
    tag: str
    members: tuple[tuple[PackageId, MemberOutcome], ...]
    statement_sha256: str
    fingerprint: str
    promotion: Promotion
    why_held: str
    partial: bool
    dry_run: bool
    notes: tuple[str, ...]


class SiteState(StrEnum):
    """Where a release stands at a site, as `status` prints it."""

    ABSENT = "absent"
    UPLOADING = "uploading"
    HELD = "held"
    PROMOTED = "promoted"
    DIVERGED = "diverged"
    UNREADABLE = "unreadable"
