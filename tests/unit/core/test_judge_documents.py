"""What the release documents at a site are worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.judge_documents import FoundDocuments, JudgedDocuments, judge_documents, worthless
from samebytes.flows.make_release import BuiltRelease
from samebytes.formats import sha512sums, statement
from samebytes.model.digests import sha256, sha512
from samebytes.model.verdict import Documents
from tests.small_releases import built_release


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """A built release."""
    return built_release(tmp_path / "built")


@pytest.fixture
def found(built: BuiltRelease) -> FoundDocuments:
    """Its complete documents at a site."""
    sizes = {member.tarball.id.asset_name: member.tarball.size_bytes for member in built.packed}
    sizes |= {"release.json": len(built.statement), "SHA512SUMS": len(built.sums), "build-record-corp.json": 1}
    return FoundDocuments(assets=sizes, statement=built.statement, sums=built.sums)


def test_complete_documents_agree(built: BuiltRelease, found: FoundDocuments) -> None:
    """Statement, sums and assets say the same: complete, with the release they describe."""
    assert judge_documents("v1.0.0", found) == JudgedDocuments(
        documents=Documents.COMPLETE,
        release=built.release,
        statement_sha256=sha256(built.statement).hex,
        why="",
    )


def test_no_release_is_absent(found: FoundDocuments) -> None:
    """A tag without a release has no documents."""
    judged = judge_documents("v1.0.0", replace(found, assets=None))
    assert judged == worthless(Documents.ABSENT, "there is no release of v1.0.0")


def test_no_statement_is_partial(found: FoundDocuments) -> None:
    """A release without its statement is unfinished."""
    judged = judge_documents("v1.0.0", replace(found, statement=None))
    assert (judged.documents, judged.release) == (Documents.PARTIAL, None)


def test_no_sums_is_partial(built: BuiltRelease, found: FoundDocuments) -> None:
    """SHA512SUMS comes last: without it the release is unfinished, though its statement can be read."""
    judged = judge_documents("v1.0.0", replace(found, sums=None))
    assert (judged.documents, judged.release) == (Documents.PARTIAL, built.release)


@pytest.mark.parametrize("broken", [{"statement": b"{"}, {"sums": b"garbage\n"}])
def test_malformed_documents_are_unreadable(found: FoundDocuments, broken: dict[str, bytes]) -> None:
    """What cannot be parsed is neither there nor absent."""
    found = replace(found, statement=broken.get("statement", found.statement), sums=broken.get("sums", found.sums))
    judged = judge_documents("v1.0.0", found)
    assert (judged.documents, judged.release) == (Documents.UNREADABLE, None)


def test_a_statement_about_another_tag_is_different(found: FoundDocuments) -> None:
    """A release.json that was copied from elsewhere proves nothing here."""
    judged = judge_documents("v2.0.0", found)
    assert judged.documents is Documents.DIFFERENT
    assert "is about v1.0.0" in judged.why


def test_a_snapshot_statement_is_different(built: BuiltRelease, found: FoundDocuments) -> None:
    """A statement without a tag is not a release."""
    data = statement.write(replace(built.release, tag=""))
    judged = judge_documents("v1.0.0", replace(found, statement=data))
    assert "is about a snapshot" in judged.why


@pytest.mark.parametrize("name", ["release.json", "lantern-1.0.0.tgz", "extra.tgz"])
def test_sums_that_list_something_else_are_different(built: BuiltRelease, found: FoundDocuments, name: str) -> None:
    """SHA512SUMS lists exactly the tarballs and the statement, with their digests."""
    listed = {**sha512sums.read(built.sums, "sums"), name: sha512(b"other")}
    judged = judge_documents("v1.0.0", replace(found, sums=sha512sums.write(listed)))
    assert judged.documents is Documents.DIFFERENT
    assert name in judged.why


def test_sums_that_leave_something_out_are_different(built: BuiltRelease, found: FoundDocuments) -> None:
    """A shorter list would vouch for less."""
    listed = dict(sha512sums.read(built.sums, "sums"))
    del listed["lantern-1.0.0.tgz"]
    judged = judge_documents("v1.0.0", replace(found, sums=sha512sums.write(listed)))
    assert judged.documents is Documents.DIFFERENT


def test_a_listed_asset_that_is_gone_is_partial(found: FoundDocuments) -> None:
    """Listed and missing: the evidence is incomplete."""
    assets = {name: size for name, size in (found.assets or {}).items() if name != "lantern-1.0.0.tgz"}
    judged = judge_documents("v1.0.0", replace(found, assets=assets))
    assert (judged.documents, judged.why) == (Documents.PARTIAL, "lantern-1.0.0.tgz is listed and missing")


def test_an_asset_of_another_size_is_different(found: FoundDocuments) -> None:
    """A size that is wrong needs no hashing."""
    judged = judge_documents("v1.0.0", replace(found, assets={**(found.assets or {}), "lantern-1.0.0.tgz": 1}))
    assert judged.documents is Documents.DIFFERENT
