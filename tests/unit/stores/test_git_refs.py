"""Memory and journal in git refs: how many processes, what is believed, and who wins a race."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import RefusedError, SiteError
from samebytes.formats import git_refs, site_state
from samebytes.stores.git_refs import GitRefsState
from tests.contract.test_state_contract import DONE, ENTRY, MEMORY
from tests.directory_site.doubles import CountingLease
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import SITE, Watched, bare, git, late, refs, set_ref, state

M1, J1 = git_refs.memory(SITE, "v1"), git_refs.journal(SITE, "v1")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The remote."""
    return bare(tmp_path / "r.git")


@pytest.fixture
def runner() -> Watched:
    """Sees each git process."""
    return Watched()


@pytest.fixture
def lease() -> CountingLease:
    """A lease that is held until the test says otherwise."""
    return CountingLease()


@pytest.fixture
def at(place: Path, runner: Watched) -> GitRefsState:
    """The state, opened by one process."""
    return state(place, FakeClock(), runner)


def test_one_process_for_each_step_of_a_publish_run(at: GitRefsState, runner: Watched) -> None:
    """Whatever can be known from an earlier reading or from a push's own condition is not asked for."""
    lease = at.lock.acquire("me", 60, 0)
    at.all_remembered()
    at.journal("v1")
    at.remember(MEMORY, lease)
    at.write_journal(ENTRY, lease)
    at.write_journal(DONE, lease)
    lease.release()
    assert runner.verbs == ["push", "fetch", "fetch", "push", "push", "push", "push"]


def test_documents_lie_under_their_refs(at: GitRefsState, place: Path, lease: CountingLease) -> None:
    """A blob each, byte for byte what the format says."""
    at.remember(MEMORY, lease)
    at.write_journal(ENTRY, lease)
    assert list(refs(place)) == [J1, M1]
    assert git(place, "cat-file", "blob", M1).encode() + b"\n" == site_state.write_memory(MEMORY)
    assert git(place, "cat-file", "blob", J1).encode() + b"\n" == site_state.write_journal([ENTRY])
    assert lease.writes == 2


def test_same_binding_again_writes_nothing(at: GitRefsState, place: Path, lease: CountingLease) -> None:
    """Neither in the same process nor in another one that has looked."""
    at.remember(MEMORY, lease)
    at.remember(MEMORY, lease)
    state(place, FakeClock()).remember(MEMORY, lease)
    assert lease.writes == 1


@pytest.mark.parametrize("part", ["roots", "commit"])
def test_binding_that_somebody_else_makes_meanwhile(
    at: GitRefsState, place: Path, lease: CountingLease, part: str
) -> None:
    """The push finds the ref taken: the same binding is fine, another one is refused with the difference."""
    at.all_remembered()
    theirs = replace(MEMORY, **{part: () if part == "roots" else "e" * 40})  # type: ignore[arg-type]
    state(place, FakeClock()).remember(theirs, lease)
    if part == "roots":
        at.remember(MEMORY, lease)
    else:
        with pytest.raises(RefusedError) as raised:
            at.remember(MEMORY, lease)
        assert raised.value.details == {"commit": f"bound {'e' * 40}, now {'b' * 40}"}
    assert state(place, FakeClock()).remembered("v1") == theirs


def test_binding_that_vanishes_is_an_error(
    at: GitRefsState, place: Path, runner: Watched, lease: CountingLease
) -> None:
    """A ref that stopped our push and is gone when we look is neither bound by us nor by somebody else."""
    at.all_remembered()

    def appear_and_vanish(_number: int, verb: str) -> None:
        if verb == "push":
            set_ref(place, M1, b"x")
        if verb == "fetch":
            git(place, "update-ref", "-d", M1)

    runner.before = appear_and_vanish
    with pytest.raises(SiteError, match="was there and is gone") as raised:
        at.remember(MEMORY, lease)
    assert raised.value.code == "SB-5001"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_writes_without_an_answer(
    at: GitRefsState, place: Path, runner: Watched, lease: CountingLease, moment: str
) -> None:
    """Each write is settled by reading, whether it had arrived or not."""
    late(runner, "push", times=2, moment=moment)
    at.remember(MEMORY, lease)
    late(runner, "push", times=2, moment=moment)
    at.write_journal(ENTRY, lease)
    other = state(place, FakeClock())
    assert (other.remembered("v1"), other.journal("v1")) == (MEMORY, ENTRY)


def test_journal_that_somebody_else_wrote_is_kept(at: GitRefsState, place: Path, lease: CountingLease) -> None:
    """What was read is old: the push fails, the new entries are read, and ours is added to them."""
    at.journal("v1")
    theirs = replace(ENTRY, dist_tag="beta")
    state(place, FakeClock()).write_journal(theirs, lease)
    at.write_journal(ENTRY, lease)
    assert site_state.read_journal(git(place, "cat-file", "blob", J1).encode() + b"\n", "") == (theirs, ENTRY)


def test_journal_that_is_already_so_is_believed_after_reading_only(
    at: GitRefsState, place: Path, lease: CountingLease
) -> None:
    """What we wrote ourselves may have been replaced since."""
    at.write_journal(ENTRY, lease)
    git(place, "update-ref", "-d", J1)
    at.write_journal(ENTRY, lease)
    assert state(place, FakeClock()).journal("v1") == ENTRY


def test_journal_under_two_pens_is_given_up(
    at: GitRefsState, place: Path, runner: Watched, lease: CountingLease
) -> None:
    """Somebody who writes each time before us is an error in the end, not an endless loop."""
    number = [0]

    def write(_number: int, verb: str) -> None:
        if verb == "push":
            number[0] += 1
            set_ref(place, J1, site_state.write_journal([replace(ENTRY, dist_tag=f"t{number[0]}")]))

    runner.before = write
    with pytest.raises(SiteError, match="somebody else") as raised:
        at.write_journal(ENTRY, lease)
    assert raised.value.code == "SB-5116"


def test_objects_are_read_once(at: GitRefsState, place: Path, runner: Watched, lease: CountingLease) -> None:
    """A second look at the same bindings is one process; a new one among them is seen."""
    at.remember(MEMORY, lease)
    runner.verbs.clear()
    assert len(at.all_remembered()) == len(at.all_remembered()) == 1
    assert runner.verbs == ["fetch", "fetch"]
    state(place, FakeClock()).remember(replace(MEMORY, tag="v2"), lease)
    assert [memory.tag for memory in at.all_remembered()] == ["v1", "v2"]


@pytest.mark.parametrize(
    "use",
    [
        lambda at, _: at.remembered("v1"),
        lambda at, lease: at.remember(MEMORY, lease),
        lambda at, _: at.all_remembered(),
        lambda at, _: at.journal("v1"),
        lambda at, lease: at.write_journal(ENTRY, lease),
    ],
)
@pytest.mark.parametrize("data", [b"", b"{}\n", b"\xff"])
def test_damaged_state_is_an_error(
    at: GitRefsState,
    place: Path,
    lease: CountingLease,
    use: Callable[[GitRefsState, CountingLease], object],
    data: bytes,
) -> None:
    """A ref that cannot be read is neither 'not bound' nor 'never promoted'."""
    for ref in (M1, J1):
        set_ref(place, ref, data)
    with pytest.raises(SiteError) as raised:
        use(at, lease)
    assert raised.value.code == "SB-5001"
    assert lease.writes == 0


def test_state_of_another_tag_is_an_error(at: GitRefsState, place: Path) -> None:
    """A document under another tag's ref is not believed."""
    set_ref(place, git_refs.memory(SITE, "v2"), site_state.write_memory(MEMORY))
    set_ref(place, git_refs.journal(SITE, "v2"), site_state.write_journal([ENTRY]))
    with pytest.raises(SiteError, match="is about tag 'v1'"):
        at.remembered("v2")
    with pytest.raises(SiteError, match="is about another tag"):
        at.journal("v2")


def test_stranger_among_the_memories_is_an_error(at: GitRefsState, place: Path) -> None:
    """A ref that no tag is called like is not passed over."""
    set_ref(place, f"{git_refs.memories(SITE)}a%2fb", site_state.write_memory(MEMORY))
    with pytest.raises(SiteError, match="is not the percent-encoded name of a tag"):
        at.all_remembered()


def test_what_is_no_tag_is_an_error(at: GitRefsState) -> None:
    """Nothing is bound to nothing."""
    for use in (at.remembered, at.journal):
        with pytest.raises(SiteError, match="a tag has no name"):
            use("")
