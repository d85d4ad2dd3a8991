"""Evidence in git refs: named by content, only ever added, checked when read."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.errors import SiteError
from samebytes.formats import git_refs
from samebytes.model.digests import sha256
from samebytes.stores.git_refs_evidence import GitRefsEvidence
from tests.git_remotes.places import Watched, bare, git, late, refs, remote, set_ref


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The remote."""
    return bare(tmp_path / "r.git")


@pytest.fixture
def runner() -> Watched:
    """Sees each git process."""
    return Watched()


@pytest.fixture
def evidence(place: Path, runner: Watched) -> GitRefsEvidence:
    """The evidence, opened by one process."""
    return GitRefsEvidence(remote(place, runner))


def _other(place: Path) -> GitRefsEvidence:
    return GitRefsEvidence(remote(place))


def test_documents_are_stored_by_content(evidence: GitRefsEvidence, place: Path) -> None:
    """A document is found by its digest, in every process; adding it again is fine."""
    assert evidence.list("statement") == []
    digests = sorted({evidence.add("statement", document) for document in (b"one", b"two", b"one", b"")})
    for at in (evidence, _other(place)):
        assert at.list("statement") == digests
        assert at.get("statement", sha256(b"one"), 3) == b"one"
        assert at.get("statement", sha256(b""), 3) == b""
        assert at.get("statement", sha256(b"three"), 9) is None
        assert at.get("receipt", sha256(b"one"), 9) is None
        assert at.list("receipt") == []
    _other(place).add("statement", b"one")
    assert git(place, "cat-file", "blob", git_refs.evidence("statement", sha256(b"one"))) == "one"


def test_what_was_added_or_read_is_not_fetched_again(evidence: GitRefsEvidence, place: Path, runner: Watched) -> None:
    """One process for a new document, none for one of this run."""
    digest = evidence.add("statement", b"one")
    evidence.add("statement", b"one")
    evidence.get("statement", digest, 9)
    assert runner.verbs == ["push"]
    theirs = _other(place).add("statement", b"two")
    for _ in range(2):
        evidence.get("statement", theirs, 9)
    assert runner.verbs == ["push", "fetch"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_document_without_an_answer(evidence: GitRefsEvidence, place: Path, runner: Watched, moment: str) -> None:
    """It is there, whether the first push had arrived or not."""
    late(runner, "push", times=3, moment=moment)
    digest = evidence.add("statement", b"one")
    assert _other(place).get("statement", digest, 9) == b"one"


def test_content_is_checked_against_its_name(evidence: GitRefsEvidence, place: Path) -> None:
    """A ref with another content is an error for who reads and for who would add."""
    set_ref(place, git_refs.evidence("statement", sha256(b"one")), b"two")
    with pytest.raises(SiteError, match="does not hold what its name says"):
        evidence.get("statement", sha256(b"one"), 9)
    with pytest.raises(SiteError, match="does not hold what its name says") as raised:
        evidence.add("statement", b"one")
    assert raised.value.code == "SB-5001"
    assert len(refs(place)) == 1


def test_document_above_the_limit_is_an_error(evidence: GitRefsEvidence, place: Path) -> None:
    """Also when it was just added."""
    digest = evidence.add("statement", b"x" * 100)
    for at in (evidence, _other(place)):
        with pytest.raises(SiteError) as raised:
            at.get("statement", digest, 99)
        assert raised.value.code == "SB-5003"


def test_stranger_among_evidence_is_an_error(evidence: GitRefsEvidence, place: Path) -> None:
    """A name that is no digest is not passed over."""
    set_ref(place, "refs/samebytes/evidence/statement/x", b"")
    with pytest.raises(SiteError, match="not named by a sha256"):
        evidence.list("statement")


@pytest.mark.parametrize("kind", ["../local", "", "a/b", "*"])
def test_strange_kind_is_refused(evidence: GitRefsEvidence, kind: str) -> None:
    """A kind cannot lead to other refs."""
    for use in (lambda: evidence.add(kind, b"x"), lambda: evidence.list(kind)):
        with pytest.raises(SiteError, match="cannot be a kind"):
            use()
