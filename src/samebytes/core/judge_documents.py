"""What the documents of a release at a site are worth: whether they are all there and agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samebytes.errors import FormatError
from samebytes.formats import sha512sums, statement
from samebytes.model.digests import Digest, sha256, sha512
from samebytes.model.release import STATEMENT_ASSET, SUMS_ASSET, Release
from samebytes.model.verdict import Documents


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocuments:
    """A site's documents of one tag as they were read; `assets` is None where the tag has no release."""

    assets: Mapping[str, int] | None
    statement: bytes | None
    sums: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDocuments:
    """What they are worth, and the release they describe where that can be read; `why` is empty when complete."""

    documents: Documents
    release: Release | None
    statement_sha256: str
    why: str


def judge_documents(tag: str, found: FoundDocuments) -> JudgedDocuments:
    """Hold a site's documents against each other; whether they are those of other sites is another question."""
    if found.assets is None:
        return worthless(Documents.ABSENT, f"there is no release of {tag}")
    if found.statement is None:
        return worthless(Documents.PARTIAL, f"{STATEMENT_ASSET} is missing: the release is unfinished")
    try:
        release = statement.read(found.statement, STATEMENT_ASSET)
        listed = sha512sums.read(found.sums, SUMS_ASSET) if found.sums is not None else None
    except FormatError as error:
        return worthless(Documents.UNREADABLE, error.summary)
    documents, why = _agreement(tag, release, found, listed)
    return JudgedDocuments(documents=documents, release=release, statement_sha256=sha256(found.statement).hex, why=why)


def worthless(documents: Documents, why: str) -> JudgedDocuments:
    """Documents without a statement that can be read."""
    return JudgedDocuments(documents=documents, release=None, statement_sha256="", why=why)


def listing(release: Release, data: bytes) -> dict[str, Digest]:
    """What `SHA512SUMS` has to list: the tarballs and the statement, whose bytes are `data`."""
    tarballs = {subject.id.asset_name: subject.sha512 for subject in release.subjects}
    return {**tarballs, STATEMENT_ASSET: sha512(data)}


def _agreement(
    tag: str, release: Release, found: FoundDocuments, listed: Mapping[str, Digest] | None
) -> tuple[Documents, str]:
    assets = found.assets or {}
    if release.tag != tag:
        return Documents.DIFFERENT, f"{STATEMENT_ASSET} is about {release.tag or 'a snapshot'}, not about {tag}"
    if listed is None:
        return Documents.PARTIAL, f"{SUMS_ASSET} is missing: the release is unfinished"
    expected = listing(release, found.statement or b"")
    wrong = sorted(name for name in expected.keys() | listed.keys() if expected.get(name) != listed.get(name))
    if wrong:
        return Documents.DIFFERENT, f"{SUMS_ASSET} and {STATEMENT_ASSET} disagree about {wrong[0]}"
    missing = sorted(expected.keys() - assets.keys())
    if missing:
        return Documents.PARTIAL, f"{missing[0]} is listed and missing"
    for subject in release.subjects:
        if assets[subject.id.asset_name] != subject.size_bytes:
            return Documents.DIFFERENT, f"{subject.id.asset_name} has another size than the statement says"
    return Documents.COMPLETE, ""
