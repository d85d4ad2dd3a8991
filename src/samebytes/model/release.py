"""The release as a document: what git and the canonical format determine, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.model.digests import Digest
from samebytes.model.names import PackageId
from samebytes.model.selection import Base, SelectionRule
from samebytes.model.tarball import PackedFile
from samebytes.model.workspace import ToolPin

# The two documents beside the tarballs in every release; what SHA512SUMS lists is complete once it is there.
STATEMENT_ASSET = "release.json"
SUMS_ASSET = "SHA512SUMS"


def record_asset(site: str) -> str:
    """The name under which a site keeps the record of its build, which SHA512SUMS never lists."""
    return f"build-record-{site}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One tarball of a release, as the statement names it."""

    id: PackageId
    sha512: Digest
    sha256: Digest
    tar_sha256: Digest
    size_bytes: int
    files: tuple[PackedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What one tag ships (or a snapshot, where `tag` is empty); equal at every site that agrees.

    `profile` and `canon` carry their revision (`pnpm-9.r1`, `canon-v1`); `image` is the declared image index digest or
    empty; `node` and `package_manager` are what the repository declares, never what was observed.
    `subjects` is sorted by package name.
    """

    tag: str
    commit: str
    tree: str
    base: Base
    rule: SelectionRule
    lockfile: Digest | None
    package_manager: ToolPin | None
    node: ToolPin | None
    image: str
    profile: str
    canon: str
    subjects: tuple[Subject, ...]

    def subject(self, id: PackageId) -> Subject | None:  # noqa: A002  the field's own word
        """The subject of this package version, or None."""
        return next((subject for subject in self.subjects if subject.id == id), None)
