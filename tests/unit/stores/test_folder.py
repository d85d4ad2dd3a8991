"""Evidence, memory and journal of a directory site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import DeadlineError, RefusedError, SiteError
from samebytes.model.digests import sha256
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.stores.folder import FolderEvidence, FolderState
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.doubles import CountingLease
from tests.directory_site.fake_clock import FakeClock

_MEMORY = Remembered(tag="v1", tag_object="a" * 40, commit="b" * 40, statement_sha256="c" * 64)
_ENTRY = PromotionEntry(release_tag="v1", dist_tag="latest", before={"a": ""}, after={"a": "1.0.0"}, done=False)


@pytest.fixture
def lease() -> CountingLease:
    """A lease that is held until the test says otherwise."""
    return CountingLease()


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """A founded site."""
    site = SiteFolder(FolderStore(str(tmp_path)), "corp")
    site.found()
    return site


@pytest.fixture
def state(site: SiteFolder) -> FolderState:
    """Its local state."""
    return FolderState(site, FakeClock(), SystemRandomness())


@pytest.fixture
def evidence(site: SiteFolder) -> FolderEvidence:
    """Its evidence."""
    return FolderEvidence(site)


def test_tag_is_bound_once(state: FolderState, lease: CountingLease) -> None:
    """What a tag was bound to is remembered; binding it so again writes nothing."""
    assert state.remembered("v1") is None
    for _ in range(2):
        state.remember(_MEMORY, lease)
    assert state.remembered("v1") == _MEMORY
    assert lease.writes == 1


def test_tag_that_means_something_else_now_is_refused(state: FolderState, lease: CountingLease) -> None:
    """A moved or re-sealed tag is refused, saying what differs, and the memory stays."""
    state.remember(_MEMORY, lease)
    with pytest.raises(RefusedError, match="'v1' is bound to something else at site 'corp'") as raised:
        state.remember(replace(_MEMORY, commit="d" * 40), lease)
    assert raised.value.code == "SB-6101"
    assert raised.value.details == {"commit": f"bound {'b' * 40}, now {'d' * 40}"}
    assert state.remembered("v1") == _MEMORY


def test_all_bindings_in_order(state: FolderState, lease: CountingLease, tmp_path: Path) -> None:
    """Every tag is listed, by name, whatever it is called."""
    assert state.all_remembered() == []
    tags = ["v2", "@s/n@1.0.0", "v10"]
    for tag in tags:
        state.remember(replace(_MEMORY, tag=tag), lease)
    (tmp_path / "local/corp/memory/.DS_Store").write_bytes(b"")
    assert [memory.tag for memory in state.all_remembered()] == sorted(tags)


def test_journal_keeps_the_newest_promotion(state: FolderState, lease: CountingLease) -> None:
    """An entry is written before and marked as done after; the next promotion is added, not put in its place."""
    assert state.journal("v1") is None
    done = replace(_ENTRY, done=True)
    for entry in (_ENTRY, _ENTRY, done, done):
        state.write_journal(entry, lease)
        assert state.journal("v1") == entry
    assert lease.writes == 2
    undo = replace(_ENTRY, before={"a": "1.0.0"}, after={"a": ""})
    state.write_journal(undo, lease)
    assert state.journal("v1") == undo


def test_journal_keeps_what_happened_before(state: FolderState, lease: CountingLease, tmp_path: Path) -> None:
    """Nothing that was recorded is lost by later promotions of the same release."""
    state.write_journal(_ENTRY, lease)
    state.write_journal(replace(_ENTRY, done=True), lease)
    state.write_journal(replace(_ENTRY, dist_tag="beta"), lease)
    text = (tmp_path / "local/corp/journal/v1.json").read_text(encoding="utf-8")
    assert (text.count('"dist_tag":"latest"'), text.count('"dist_tag":"beta"')) == (1, 1)


def test_lost_lease_writes_no_state(state: FolderState, lease: CountingLease) -> None:
    """A holder that was taken over binds no tag and journals nothing."""
    lease.lost = True
    with pytest.raises(DeadlineError):
        state.remember(_MEMORY, lease)
    with pytest.raises(DeadlineError):
        state.write_journal(_ENTRY, lease)
    assert state.remembered("v1") is None
    assert state.journal("v1") is None


def test_state_of_another_tag_is_an_error(state: FolderState, lease: CountingLease, tmp_path: Path) -> None:
    """A file that was renamed by hand is not believed."""
    state.remember(_MEMORY, lease)
    state.write_journal(_ENTRY, lease)
    for kind in ("memory", "journal"):
        folder = tmp_path / "local/corp" / kind
        (folder / "v1.json").rename(folder / "v2.json")
    with pytest.raises(SiteError, match="is about tag 'v1'"):
        state.remembered("v2")
    with pytest.raises(SiteError, match="is about another tag"):
        state.journal("v2")


@pytest.mark.parametrize(
    "use",
    [
        lambda state, _: state.remembered("v1"),
        lambda state, lease: state.remember(_MEMORY, lease),
        lambda state, _: state.all_remembered(),
        lambda state, _: state.journal("v1"),
        lambda state, lease: state.write_journal(_ENTRY, lease),
    ],
)
def test_damaged_state_is_an_error(
    state: FolderState, lease: CountingLease, tmp_path: Path, use: Callable[[FolderState, CountingLease], object]
) -> None:
    """A file that cannot be read is neither 'not bound' nor 'never promoted'."""
    for kind in ("memory", "journal"):
        (tmp_path / "local/corp" / kind).mkdir(parents=True)
        (tmp_path / "local/corp" / kind / "v1.json").write_bytes(b"{}\n")
    with pytest.raises(SiteError) as raised:
        use(state, lease)
    assert raised.value.code == "SB-5001"
    assert lease.writes == 0


def test_stranger_among_the_memories_is_an_error(state: FolderState, tmp_path: Path) -> None:
    """A file that no tag is called like is not passed over."""
    (tmp_path / "local/corp/memory").mkdir(parents=True)
    (tmp_path / "local/corp/memory/notes.txt").write_bytes(b"")
    with pytest.raises(SiteError, match=r"'notes\.txt' is not the percent-encoded name of a tag"):
        state.all_remembered()


def test_documents_are_stored_by_content(evidence: FolderEvidence) -> None:
    """A document is found by its digest; adding it again is fine."""
    assert evidence.list("statement") == []
    digests = sorted({evidence.add("statement", document) for document in (b"one", b"two", b"one")})
    assert evidence.list("statement") == digests
    assert evidence.get("statement", sha256(b"one"), 3) == b"one"
    assert evidence.get("statement", sha256(b"three"), 9) is None
    assert evidence.list("receipt") == []


def test_first_evidence_makes_a_site(tmp_path: Path) -> None:
    """Evidence may come before anything else, also into a new folder."""
    evidence = FolderEvidence(SiteFolder(FolderStore(str(tmp_path / "new")), "corp"))
    evidence.add("statement", b"x")
    assert (tmp_path / "new" / "site.json").is_file()


def test_evidence_that_is_not_what_its_name_says_is_an_error(evidence: FolderEvidence, tmp_path: Path) -> None:
    """Changed bytes are found when they are read."""
    digest = evidence.add("statement", b"x")
    (tmp_path / "evidence/statement" / digest.hex).write_bytes(b"y")
    with pytest.raises(SiteError, match="does not hold what its name says"):
        evidence.get("statement", digest, 9)


@pytest.mark.parametrize("damaged", [b"y", b"xy", b""])
def test_evidence_is_not_added_onto_a_damaged_file(evidence: FolderEvidence, tmp_path: Path, damaged: bytes) -> None:
    """A file of that name that holds something else is an error, never success: the document would not be there."""
    digest = evidence.add("statement", b"x")
    (tmp_path / "evidence/statement" / digest.hex).write_bytes(damaged)
    with pytest.raises(SiteError, match="does not hold what its name says"):
        evidence.add("statement", b"x")


def test_strangers_among_evidence(evidence: FolderEvidence, tmp_path: Path) -> None:
    """A hidden file is passed over, any other name that is no digest is an error."""
    evidence.add("statement", b"x")
    (tmp_path / "evidence/statement/.DS_Store").write_bytes(b"")
    assert len(evidence.list("statement")) == 1
    (tmp_path / "evidence/statement/x").write_bytes(b"")
    with pytest.raises(SiteError, match="not named by a sha256"):
        evidence.list("statement")


def test_strange_kind_is_refused(evidence: FolderEvidence) -> None:
    """A kind cannot lead to another folder."""
    with pytest.raises(SiteError, match="cannot be a kind"):
        evidence.add("../npm", b"x")
