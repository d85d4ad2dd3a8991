"""The verdict over sites: no evidence is never a pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.judge_documents import JudgedDocuments, worthless
from samebytes.core.judge_sites import cell, choose_reference, compare_documents, judge_cell, proof, reasons
from samebytes.errors import ExitStatus
from samebytes.model.digests import sha256, sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import (
    Absent,
    Broken,
    Different,
    ManifestDiffers,
    MemberState,
    ObservedPackage,
    ObservedVersion,
    Same,
    Unknown,
)
from samebytes.model.release import Release
from samebytes.model.verdict import Cell, Documents, MemberAtSite, Proof, SiteDocuments, Verdict
from samebytes.model.versions import Version
from tests.small_releases import LAMPS, Tiny, built_release, changed

ID = PackageId(PackageName("wick"), Version("1.0.0"))


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """The reference."""
    return built_release(tmp_path / "built").release


@pytest.fixture
def other(tmp_path: Path) -> Release:
    """Another build of the same tag."""
    return built_release(tmp_path / "other", members=changed(LAMPS, "@acme/wick", "index.js", b"other\n")).release


def judged(release: Release, documents: Documents = Documents.COMPLETE, sha: str = "5b" * 32) -> JudgedDocuments:
    """Documents that state this release."""
    return JudgedDocuments(documents=documents, release=release, statement_sha256=sha, why="")


def site(documents: Documents, name: str = "corp", why: str = "a reason") -> SiteDocuments:
    """A site with such documents."""
    return SiteDocuments(site=name, documents=documents, statement_sha256="", why=why)


def at(found: Cell, name: str = "corp") -> MemberAtSite:
    """A cell of the matrix."""
    return MemberAtSite(id=ID, site=name, cell=found, why="a reason")


def test_equal_digests_without_a_known_manifest_prove_nothing(release: Release) -> None:
    """When nobody could read the tarball, nobody knows which manifest is right."""
    subject = release.subjects[0]
    version = ObservedVersion(integrity=subject.sha512, manifest={})
    seen = ObservedPackage(name=subject.id.name, versions={"1.0.0": version}, dist_tags={})
    state = judge_cell(subject, None, seen)
    assert isinstance(state, Unknown)
    assert state.code == "SB-7005"
    assert judge_cell(subject, {}, seen) == Same(id=subject.id)
    assert judge_cell(subject, None, replace(seen, versions={})) == Absent(id=subject.id)


@pytest.mark.parametrize(
    ("state", "found", "why"),
    [
        (Same(id=ID), Cell.SAME, ""),
        (Absent(id=ID), Cell.MISSING, "the registry has no such version"),
        (Broken(id=ID), Cell.MISSING, "the registry lists this version, and its tarball is gone"),
        (Unknown(id=ID, code="SB-5001", why="garbled"), Cell.UNREADABLE, "garbled (SB-5001)"),
        (
            ManifestDiffers(id=ID, fields=("bin",)),
            Cell.MANIFEST_DIFFERS,
            "equal bytes, but clients are told another bin",
        ),
    ],
)
def test_each_state_has_its_cell(release: Release, state: MemberState, found: Cell, why: str) -> None:
    """The cell and its reason say what was found."""
    assert cell("corp", state, None, release.subjects[0]) == MemberAtSite(id=ID, site="corp", cell=found, why=why)


def test_a_differing_member_names_its_files_where_the_site_states_them(release: Release, other: Release) -> None:
    """The site's own statement tells which file differs; without it there are only the digests."""
    ours, theirs = release.subjects[1], other.subjects[1]
    state = Different(id=ours.id, expected=ours.sha512, found=theirs.sha512)
    assert cell("corp", state, theirs, ours).why.startswith("index.js: content differs")
    for nothing in (None, replace(theirs, sha512=sha512(b""))):
        why = cell("corp", state, nothing, ours).why
        assert why == f"expected {ours.sha512.integrity}, served {theirs.sha512.integrity}"


def test_another_statement_is_different(release: Release, other: Release) -> None:
    """Two complete sites with two statements have published two releases."""
    found = compare_documents("corp", judged(other, sha="6c" * 32), release, "5b" * 32)
    assert found.documents is Documents.DIFFERENT
    assert "index.js" in found.why


def test_an_equal_statement_stays_what_it_is(release: Release) -> None:
    """Against the same statement, or without a reference, documents keep their worth."""
    assert compare_documents("corp", judged(release), release, "5b" * 32).documents is Documents.COMPLETE
    absent = worthless(Documents.ABSENT, "nothing")
    assert compare_documents("corp", absent, release, "5b" * 32).documents is Documents.ABSENT
    assert compare_documents("corp", judged(release), None, "").documents is Documents.COMPLETE


def test_a_statement_that_differs_elsewhere_says_so(release: Release) -> None:
    """Equal tarballs, another statement: still two releases."""
    another = replace(release, lockfile=sha256(b""))
    found = compare_documents("corp", judged(another, sha="6c" * 32), release, "5b" * 32)
    assert (found.documents, "same tarballs" in found.why) == (Documents.DIFFERENT, True)


def test_many_differing_files_are_counted(release: Release, tmp_path: Path) -> None:
    """A reason stays one sentence."""
    members: tuple[Tiny, ...] = LAMPS
    for name in ("a.js", "b.js", "c.js", "d.js"):
        members = changed(members, "@acme/wick", name, b"x")
    found = compare_documents(
        "corp", judged(built_release(tmp_path / "many", members=members).release, sha="6c" * 32), release, "5b" * 32
    )
    assert found.why.endswith("and 1 more")


@pytest.mark.parametrize(
    ("documents", "cells", "verdict"),
    [
        ([Documents.COMPLETE], [Cell.SAME], Proof.PROVEN),
        ([Documents.COMPLETE, Documents.NOT_KEPT], [Cell.SAME], Proof.PROVEN),
        ([Documents.COMPLETE], [], Proof.MISSING),
        ([], [], Proof.MISSING),
        ([Documents.ABSENT], [], Proof.MISSING),
        ([Documents.ABSENT], [Cell.SAME], Proof.MISSING),
        ([Documents.PARTIAL], [Cell.SAME], Proof.MISSING),
        ([Documents.COMPLETE], [Cell.SAME, Cell.MISSING], Proof.MISSING),
        ([Documents.UNREADABLE], [], Proof.UNREADABLE),
        ([Documents.COMPLETE], [Cell.UNREADABLE, Cell.MISSING], Proof.UNREADABLE),
        ([Documents.DIFFERENT], [Cell.SAME], Proof.DIFFER),
        ([Documents.UNREADABLE], [Cell.DIFFERENT, Cell.UNREADABLE], Proof.DIFFER),
        ([Documents.COMPLETE], [Cell.MANIFEST_DIFFERS], Proof.DIFFER),
    ],
)
def test_the_worst_decides(documents: list[Documents], cells: list[Cell], verdict: Proof) -> None:
    """Differ before unreadable before missing; proven only when every cell is the same and there is one."""
    assert proof([site(one) for one in documents], [at(one) for one in cells]) is verdict


def test_each_reason_is_a_sentence() -> None:
    """A site that has nothing gets one reason, others one for each thing that is wrong."""
    sites = [site(Documents.COMPLETE, "a"), site(Documents.ABSENT, "b"), site(Documents.PARTIAL, "c", "no SHA512SUMS")]
    cells = [at(Cell.SAME, "a"), at(Cell.MISSING, "b"), at(Cell.DIFFERENT, "c")]
    assert reasons("v1", sites, cells) == (
        "nothing of v1 is published at b",
        "release documents at c: partial: no SHA512SUMS",
        "wick@1.0.0 at c: different: a reason",
    )
    assert reasons("v1", [site(Documents.NOT_KEPT)], [at(Cell.SAME)]) == ()


def test_a_release_without_documents_but_with_packages_is_told_apart() -> None:
    """Packages without a release are not `nothing`."""
    told = reasons("v1", [site(Documents.ABSENT)], [at(Cell.SAME)])
    assert told == ("release documents at corp: absent: a reason",)


def test_the_first_complete_statement_is_the_reference(release: Release) -> None:
    """A readable but unfinished one only serves where no complete one is; without any there is no reference."""
    partial, complete = judged(release, Documents.PARTIAL), judged(release)
    absent = worthless(Documents.ABSENT, "")
    assert choose_reference({"a": absent, "b": partial, "c": complete}) == ("c", complete)
    assert choose_reference({"a": absent, "b": partial}) == ("b", partial)
    assert choose_reference({"a": absent}) is None


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (Proof.PROVEN, ExitStatus.DONE),
        (Proof.DIFFER, ExitStatus.BYTES_DIFFER),
        (Proof.MISSING, ExitStatus.EVIDENCE_MISSING),
        (Proof.UNREADABLE, ExitStatus.SITE),
    ],
)
def test_each_verdict_has_its_exit_status(found: Proof, status: ExitStatus) -> None:
    """And its cells can be looked up; a pair outside of the matrix is an error."""
    verdict = Verdict(
        tag="v1",
        deep=False,
        reference="",
        statement_sha256="",
        fingerprint="",
        sites=(),
        members=(ID,),
        cells=(at(Cell.MISSING, "other"), at(Cell.SAME)),
        proof=found,
        reasons=(),
        notes=(),
    )
    assert verdict.exit_status is status
    assert verdict.cell(ID, "corp").cell is Cell.SAME
    with pytest.raises(KeyError):
        verdict.cell(ID, "nowhere")
