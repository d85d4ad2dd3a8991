"""What came of a run at a site; expected outcomes are values, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samebytes.errors import ExitStatus
from samebytes.model.action import DropTag, SetTag, SitePlan
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
    """A publish run that did all it may do; `partial` when a filter left members out.

    `plan` is what the run carried out, or would carry out when `dry_run`; `changed` says whether anything was written.
    """

    site: str
    tag: str
    members: tuple[tuple[PackageId, MemberOutcome], ...]
    statement_sha256: str
    fingerprint: str
    plan: SitePlan
    promotion: Promotion
    why_held: str
    partial: bool
    changed: bool
    dry_run: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteOutcome:
    """A promotion, or the undoing of one; `moves` is what was done, or would be when `dry_run`; empty when all stood."""

    site: str
    tag: str
    dist_tag: str
    moves: tuple[SetTag | DropTag, ...]
    undone: bool
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


class MemberPresence(StrEnum):
    """What a site has of one member, as `status` and `plan` print it.

    `present` is a version that is there while nothing says which bytes it should have; `same-bytes` is one with the
    stated digest whose manifest was not compared.
    """

    ABSENT = "absent"
    PRESENT = "present"
    SAME_BYTES = "same-bytes"
    SAME = "same"
    DIFFERENT = "different"
    MANIFEST_DIFFERS = "manifest-differs"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberStatus:
    """One member at one site; `dist_tags` are those that point at this very version, sorted."""

    id: PackageId
    presence: MemberPresence
    dist_tags: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus:
    """A release at a site; `why` says in a sentence what the state rests on, `statement_sha256` may be empty."""

    site: str
    tag: str
    state: SiteState
    statement_sha256: str
    members: tuple[MemberStatus, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOutlook:
    """What a publish run would find and do at a site, decided without a build.

    Versions that are there already cannot be compared yet: `members` shows them as `present`, or as `same-bytes` where
    the site's own statement of this tag vouches for them. `unreadable` says why the site could not be read, else empty.
    `stop` is how a publish run would end before its first write, as far as it is known; the notes say why.
    """

    site: str
    plan: SitePlan
    members: tuple[MemberStatus, ...]
    unreadable: str
    notes: tuple[str, ...]
    stop: ExitStatus = ExitStatus.DONE
