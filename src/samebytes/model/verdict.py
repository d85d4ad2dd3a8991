"""What `verify` found: a matrix of members and sites, what each site states, and the one verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samebytes.errors import ExitStatus
from samebytes.model.names import PackageId


class Cell(StrEnum):
    """One member at one site, held against the reference statement; only `same` proves anything."""

    SAME = "same"
    DIFFERENT = "different"
    MANIFEST_DIFFERS = "manifest-differs"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAtSite:
    """A cell of the matrix; `why` names digests, files or manifest fields, and is empty for `same`."""

    id: PackageId
    site: str
    cell: Cell
    why: str


class Documents(StrEnum):
    """What a site's release documents (`release.json`, `SHA512SUMS`, assets) are worth.

    `complete`: there, and they agree with each other and with the reference. `absent`: no release of this tag.
    `partial`: the release is unfinished or misses what it lists. `different`: they say something else.
    `not-kept`: a site of this kind keeps no releases, its registry alone is held against the others' statement.
    """

    COMPLETE = "complete"
    ABSENT = "absent"
    PARTIAL = "partial"
    DIFFERENT = "different"
    UNREADABLE = "unreadable"
    NOT_KEPT = "not-kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDocuments:
    """What one site states about the tag; `statement_sha256` is empty where there is no readable statement."""

    site: str
    documents: Documents
    statement_sha256: str
    why: str


class Proof(StrEnum):
    """The verdict, worst first: `differ` 10, `unreadable` 13, `missing` 11, `proven` 0."""

    DIFFER = "differ"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    PROVEN = "proven"


_EXIT = {
    Proof.DIFFER: ExitStatus.BYTES_DIFFER,
    Proof.UNREADABLE: ExitStatus.SITE,
    Proof.MISSING: ExitStatus.EVIDENCE_MISSING,
    Proof.PROVEN: ExitStatus.DONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A verification; `reference` names the statement everything was held against (`--expect` or a site), or is empty.

    `sites` and `members` are in the order asked for; `cells` has one entry for each pair, members first.
    `reasons` are sentences, one for each thing that keeps this from being proven. `tag_moved`: it is `differ` because
    git puts the tag at another commit than the statement; no bytes and no manifest are known to differ.
    """

    tag: str
    deep: bool
    reference: str
    statement_sha256: str
    fingerprint: str
    sites: tuple[SiteDocuments, ...]
    members: tuple[PackageId, ...]
    cells: tuple[MemberAtSite, ...]
    proof: Proof
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    tag_moved: bool = False

    @property
    def exit_status(self) -> ExitStatus:
        """The exit code of the verdict."""
        return _EXIT[self.proof]

    def cell(self, id: PackageId, site: str) -> MemberAtSite:  # noqa: A002  the field's own word
        """The cell of this member and site. Raises KeyError for a pair that is not in the matrix."""
        for cell in self.cells:
            if cell.id == id and cell.site == site:
                return cell
        raise KeyError((str(id), site))
