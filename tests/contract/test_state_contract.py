"""What every site's local state must do, wherever it is kept: in a folder, in git refs, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import DeadlineError, RefusedError
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.stores.base import LocalState
from samebytes.stores.folder import FolderState
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
from samebytes.testing.memory_state import MemoryState
from samebytes.testing.memory_world import MemoryWorld
from tests.directory_site.doubles import CountingLease
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import SITE, bare, state

MEMORY = Remembered(
    tag="v1",
    tag_object="a" * 40,
    commit="b" * 40,
    statement_sha256="c" * 64,
    roots=("d" * 40,),
    packages=(PackageName("@s/n"),),
    needs=(Need(member="@s/n@1.0.0", name=PackageName("m"), range="^1.0.0", version="1.0.1"),),
)
ENTRY = PromotionEntry(release_tag="v1", dist_tag="latest", before={"a": ""}, after={"a": "1.0.0"}, done=False)
DONE = replace(ENTRY, done=True)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only waiting moves."""
    return FakeClock()


@pytest.fixture
def lease() -> CountingLease:
    """A lease that is held until the test says otherwise."""
    return CountingLease()


@pytest.fixture(params=["memory", "folder", "git"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Callable[[], LocalState]:
    """Opens the one state anew, as each process does."""
    if request.param == "memory":
        world = MemoryWorld(clock)
        return lambda: MemoryState(world)
    if request.param == "git":
        repository = bare(tmp_path / "r.git")
        return lambda: state(repository, clock)
    folder = SiteFolder(FolderStore(str(tmp_path)), SITE)
    folder.found()
    return lambda: FolderState(SiteFolder(FolderStore(str(tmp_path)), SITE), clock, SystemRandomness())


@pytest.fixture
def at(reopen: Callable[[], LocalState]) -> LocalState:
    """A new state."""
    return reopen()


def test_new_site_remembers_nothing(at: LocalState) -> None:
    """Nothing is bound, nothing was promoted."""
    assert at.remembered("v1") is None
    assert list(at.all_remembered()) == []
    assert at.journal("v1") is None


def test_binding_is_kept_with_all_its_parts(
    at: LocalState, reopen: Callable[[], LocalState], lease: CountingLease
) -> None:
    """The next process reads exactly what was bound."""
    at.remember(MEMORY, lease)
    for opened in (at, reopen()):
        found = opened.remembered("v1")
        assert found == MEMORY
        assert (found.roots, found.packages, found.needs) == (MEMORY.roots, MEMORY.packages, MEMORY.needs)
        assert list(opened.all_remembered()) == [MEMORY]


def test_same_binding_again_is_fine(at: LocalState, reopen: Callable[[], LocalState], lease: CountingLease) -> None:
    """Also in another process, and with other parts that do not count."""
    at.remember(MEMORY, lease)
    at.remember(MEMORY, lease)
    reopen().remember(replace(MEMORY, roots=()), lease)
    assert reopen().remembered("v1") == MEMORY


@pytest.mark.parametrize("part", ["tag_object", "commit", "statement_sha256"])
def test_another_binding_is_refused(
    at: LocalState, reopen: Callable[[], LocalState], lease: CountingLease, part: str
) -> None:
    """A tag that moved or was sealed anew is refused, and what was bound stays."""
    at.remember(MEMORY, lease)
    for opened in (at, reopen()):
        with pytest.raises(RefusedError, match="'v1' is bound to something else at site") as raised:
            opened.remember(replace(MEMORY, **{part: "e" * 40}), lease)  # type: ignore[arg-type]  # all three are texts
        assert raised.value.code == "SB-6101"
    assert reopen().remembered("v1") == MEMORY


def test_every_tag_has_its_own_binding(at: LocalState, reopen: Callable[[], LocalState], lease: CountingLease) -> None:
    """Whatever git lets a tag be called; all of them come in order."""
    tags = ["v2", "v1", "v1.0", "@s/n@1.0.0", "@s", "a.b-c_d", "100%", "%40s", "sp\u00e4t", "x/y.z", "V1", "v10"]
    for number, tag in enumerate(tags):
        at.remember(replace(MEMORY, tag=tag, commit=f"{number:040x}"), lease)
    for opened in (at, reopen()):
        assert [memory.tag for memory in opened.all_remembered()] == sorted(tags)
        assert [opened.remembered(tag) for tag in tags] == [
            replace(MEMORY, tag=tag, commit=f"{number:040x}") for number, tag in enumerate(tags)
        ]


def test_journal_shows_the_newest_promotion(
    at: LocalState, reopen: Callable[[], LocalState], lease: CountingLease
) -> None:
    """Begun, done, and then another one: the last that was written is shown, here and in the next process."""
    undo = replace(ENTRY, before={"a": "1.0.0"}, after={"a": ""})
    for entry in (ENTRY, ENTRY, DONE, undo, replace(undo, done=True)):
        at.write_journal(entry, lease)
        assert at.journal("v1") == reopen().journal("v1") == entry


def test_journals_of_releases_are_apart(at: LocalState, lease: CountingLease) -> None:
    """Also when one tag begins like another."""
    other = replace(ENTRY, release_tag="v1.0", after={"a": "1.0.1"})
    at.write_journal(ENTRY, lease)
    assert at.journal("v1.0") is None
    at.write_journal(other, lease)
    assert (at.journal("v1"), at.journal("v1.0")) == (ENTRY, other)


def test_lost_lease_writes_no_state(at: LocalState, lease: CountingLease) -> None:
    """A holder that was taken over binds no tag and journals nothing."""
    lease.lost = True
    with pytest.raises(DeadlineError):
        at.remember(MEMORY, lease)
    with pytest.raises(DeadlineError):
        at.write_journal(ENTRY, lease)
    assert at.remembered("v1") is None
    assert at.journal("v1") is None


def test_one_holder_at_a_time(at: LocalState, reopen: Callable[[], LocalState], clock: FakeClock) -> None:
    """While the holder renews, a waiter gives up in the end and says who has it; after the release it goes on."""
    first = at.lock.acquire("the first on host", 10, 0)
    clock.on_sleep = first.renew
    with pytest.raises(DeadlineError, match="the first on host") as raised:
        reopen().lock.acquire("the second", 10, 40)
    assert raised.value.code == "SB-5101"
    assert clock.elapsed_s == pytest.approx(40, abs=2)
    with first.guard():
        pass
    first.release()
    second = reopen().lock.acquire("the second", 10, 0)
    with second.guard():
        pass
    second.release()


def test_waiter_gets_what_is_given_back(at: LocalState, reopen: Callable[[], LocalState], clock: FakeClock) -> None:
    """A waiter does not wait for the lease when the lock is free."""
    first = at.lock.acquire("the first", 60, 0)
    clock.on_sleep = first.release
    reopen().lock.acquire("the second", 60, 30).release()
    assert clock.elapsed_s < 2


def test_silent_holder_is_taken_over_and_stops(
    at: LocalState, reopen: Callable[[], LocalState], clock: FakeClock
) -> None:
    """Who is silent for its lease and a margin is taken over, can write nothing from then on, and harms nobody."""
    first = at.lock.acquire("the first", 10, 0)
    second = reopen().lock.acquire("the second", 60, 600)
    assert 10 < clock.elapsed_s < 20
    with pytest.raises(DeadlineError) as guarded, first.guard():
        pytest.fail("wrote")
    with pytest.raises(DeadlineError) as renewed:
        first.renew()
    assert (guarded.value.code, renewed.value.code) == ("SB-5102", "SB-5102")
    first.release()
    second.renew()
    with second.guard():
        pass
    second.release()


def test_released_lease_guards_nothing(at: LocalState) -> None:
    """After the release no write is allowed, and releasing again is fine."""
    lease = at.lock.acquire("me", 10, 0)
    lease.release()
    lease.release()
    with pytest.raises(DeadlineError), lease.guard():
        pytest.fail("wrote")
    with pytest.raises(DeadlineError):
        lease.renew()


def test_state_under_its_own_lock(at: LocalState, reopen: Callable[[], LocalState]) -> None:
    """The lease of the state itself guards its writes, one after another."""
    lease = at.lock.acquire("me", 60, 0)
    at.remember(MEMORY, lease)
    at.write_journal(ENTRY, lease)
    lease.renew()
    at.write_journal(DONE, lease)
    lease.release()
    assert (reopen().remembered("v1"), reopen().journal("v1")) == (MEMORY, DONE)
