"""The lock in git refs: one holder, its own clock, takeover by who has watched, missing answers settled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samebytes.errors import DeadlineError, SiteError
from samebytes.formats import site_state
from samebytes.stores.git_refs_lock import GitRefsLock
from samebytes.system.randomness import SystemRandomness
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import LOCK, REQUEST_S, SITE, Watched, bare, git, late, refs, remote, set_ref


@pytest.fixture
def clock() -> FakeClock:
    """A clock that waiting moves."""
    return FakeClock()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The remote."""
    return bare(tmp_path / "r.git")


def _lock(place: Path, clock: FakeClock, runner: Watched | None = None) -> GitRefsLock:
    return GitRefsLock(remote(place, runner, clock=clock), SITE, clock, SystemRandomness(), REQUEST_S)


def _record(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git(place, "log", "-1", "--format=%B", LOCK))
    return found


def test_lock_says_who_has_it(place: Path, clock: FakeClock) -> None:
    """The commit holds the lease; it is sound, and gone after the release."""
    runner = Watched()
    lease = _lock(place, clock, runner).acquire("me on host", 60, 0)
    record = _record(place)
    assert (record["number"], record["holder"], record["lease_ms"], record["held"]) == (1, "me on host", 60000, True)
    git(place, "fsck", "--strict")
    lease.release()
    assert refs(place) == {}
    assert runner.verbs == ["push", "push"]


def test_site_id_that_is_none_is_refused(place: Path, clock: FakeClock) -> None:
    """A site cannot lead to another one's refs."""
    with pytest.raises(SiteError, match="cannot be the id"):
        GitRefsLock(remote(place), "../x", clock, SystemRandomness(), REQUEST_S)


def test_guard_asks_the_clock_alone(place: Path, clock: FakeClock) -> None:
    """As long as the lease is not nearly over it lets writes through, without a process; then it stops them."""
    runner = Watched()
    lease = _lock(place, clock, runner).acquire("me", 60, 0)
    for elapsed_s in (0.0, 30.0, 55.0):
        clock.elapsed_s = elapsed_s
        with lease.guard():
            pass
    assert runner.verbs == ["push"]
    clock.elapsed_s += 0.01
    with pytest.raises(DeadlineError, match="too little of it is left") as raised, lease.guard():
        pytest.fail("wrote")
    assert raised.value.code == "SB-5102"
    lease.renew()
    with lease.guard():
        pass


def test_lease_counts_from_before_the_push(place: Path, clock: FakeClock) -> None:
    """A push that takes long has used up its time from the lease."""
    runner = Watched()

    def take_long(_number: int, _verb: str) -> None:
        clock.elapsed_s += 59

    runner.after = take_long
    lease = _lock(place, clock, runner).acquire("me", 60, 0)
    with pytest.raises(DeadlineError), lease.guard():
        pytest.fail("wrote")


@pytest.mark.parametrize(("lease_s", "margin_s"), [(10, 2.5), (60, 5)])
def test_takeover_after_lease_request_and_margin(
    place: Path, clock: FakeClock, lease_s: float, margin_s: float
) -> None:
    """Counted from when the waiter first saw the lock, whatever was before; the number rises."""
    clock.elapsed_s = 1000
    _lock(place, clock).acquire("first", lease_s, 0)
    clock.elapsed_s = 5000
    _lock(place, clock).acquire("second", 7, 600)
    waited_s = clock.elapsed_s - 5000
    assert lease_s + REQUEST_S + margin_s < waited_s < lease_s + REQUEST_S + margin_s + 2
    assert (_record(place)["number"], _record(place)["holder"]) == (2, "second")


def test_renewal_starts_the_watch_anew(place: Path, clock: FakeClock) -> None:
    """Each renewal counts as a sign of life."""
    first = _lock(place, clock).acquire("first", 10, 0)
    renew_at_s = [8.0]

    def renew_once() -> None:
        if renew_at_s and clock.elapsed_s > renew_at_s[0]:
            renew_at_s.pop()
            first.renew()

    clock.on_sleep = renew_once
    _lock(place, clock).acquire("second", 10, 600)
    assert clock.elapsed_s > 8 + 10 + REQUEST_S + 2.5


def test_slow_reading_is_not_silence(place: Path, clock: FakeClock) -> None:
    """The time that a waiter's own reading takes proves nothing about the holder."""
    _lock(place, clock).acquire("first", 10, 0)
    runner = Watched()

    def take_long(_number: int, verb: str) -> None:
        clock.elapsed_s += 9 if verb == "fetch" else 0

    runner.before = take_long
    _lock(place, clock, runner).acquire("second", 10, 600)
    assert runner.verbs.count("fetch") >= 3


def test_waiter_is_overtaken_by_another(place: Path, clock: FakeClock) -> None:
    """Of two waiters that see the same silence one takes over, the other goes on waiting for the new holder."""
    _lock(place, clock).acquire("first", 10, 0)
    runner = Watched()
    third: list[int] = []

    def overtake(number: int, verb: str) -> None:
        if verb == "push" and number > 1 and not third:
            third.append(number)
            record = site_state.read_lease(git(place, "log", "-1", "--format=%B", LOCK).encode() + b"\n", "")
            message = site_state.write_lease(replace(record, holder="third", token="3" * 32))
            commit = git(place, "commit-tree", "-F", "-", git(place, "mktree"), input_=message)
            git(place, "update-ref", LOCK, commit)

    runner.before = overtake
    with pytest.raises(DeadlineError, match="it is held by third"):
        _lock(place, clock, runner).acquire("second", 10, 20)


@pytest.mark.parametrize("message", ["x", "{}", '{"format":"samebytes-lease-v1"}'])
def test_strange_lock_is_an_error(place: Path, clock: FakeClock, message: str) -> None:
    """What is no lease of ours is not waited for, and the remedy is named."""
    git(place, "update-ref", LOCK, git(place, "commit-tree", "-m", message, git(place, "mktree")))
    with pytest.raises(SiteError, match="cannot be read") as raised:
        _lock(place, clock).acquire("me", 10, 600)
    assert raised.value.code == "SB-5001"
    assert f":{LOCK} removes it" in raised.value.hint


def test_lock_that_is_no_commit_is_an_error(place: Path, clock: FakeClock) -> None:
    """Somebody made the ref by hand."""
    set_ref(place, LOCK, b"mine")
    with pytest.raises(SiteError, match="is a blob, not a commit"):
        _lock(place, clock).acquire("me", 10, 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_acquire_without_an_answer_has_the_lock(place: Path, clock: FakeClock, moment: str) -> None:
    """Whether the push had acted or not: the lock is ours, once."""
    runner = late(Watched(), "push", times=3, moment=moment)
    lease = _lock(place, clock, runner).acquire("me", 60, 0)
    with lease.guard():
        assert _record(place)["holder"] == "me"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_renewal_that_nobody_can_tell_about(place: Path, clock: FakeClock, moment: str) -> None:
    """It is an error; the lease runs on, and the next renewal finds out what became of it."""
    runner = Watched()
    lease = _lock(place, clock, runner).acquire("me", 60, 0)
    silent = [True]

    def fail(_number: int, verb: str) -> None:
        if silent[0] and (moment == "after" or verb == "push"):
            late(runner, verb, times=1, moment=moment)
            raise_late(verb)

    def raise_late(_verb: str) -> None:
        raise SiteError("SB-5113", "the line is cut")

    setattr(runner, moment, fail)
    with pytest.raises(SiteError):
        lease.renew()
    silent[0] = False
    with lease.guard():
        lease.renew()
    assert _record(place)["renewal"] >= 2
    lease.release()
    assert refs(place) == {}


def test_release_after_a_renewal_that_nobody_could_tell_about(place: Path, clock: FakeClock) -> None:
    """The commit that arrived without our knowledge is ours to delete."""
    runner = Watched()
    lease = _lock(place, clock, runner).acquire("me", 60, 0)

    def cut(_number: int, _verb: str) -> None:
        raise SiteError("SB-5113", "the line is cut")

    runner.after = cut
    with pytest.raises(SiteError):
        lease.renew()
    runner.after = Watched().after
    lease.release()
    assert refs(place) == {}


def test_release_that_cannot_be_sent_is_no_error(place: Path, clock: FakeClock) -> None:
    """The lock runs out by itself; what was guarded is done."""
    runner = Watched()
    lease = _lock(place, clock, runner).acquire("me", 60, 0)
    late(runner, "push", times=9, moment="before")
    lease.release()
    assert list(refs(place)) == [LOCK]
    with pytest.raises(DeadlineError), lease.guard():
        pytest.fail("wrote")


def test_holder_learns_who_took_over(place: Path, clock: FakeClock) -> None:
    """The error of a late renewal names the new holder, where it can be read."""
    first = _lock(place, clock).acquire("first", 10, 0)
    second = _lock(place, clock).acquire("second on host", 10, 600)
    with pytest.raises(DeadlineError, match="taken over by second on host"):
        first.renew()
    second.release()


def test_lock_that_was_removed_by_hand_is_lost(place: Path, clock: FakeClock) -> None:
    """Somebody who deletes the ref stops the holder at its next renewal."""
    lease = _lock(place, clock).acquire("me", 10, 0)
    git(place, "update-ref", "-d", LOCK)
    with pytest.raises(DeadlineError, match="it was taken over; nothing more"):
        lease.renew()


def test_new_holder_that_cannot_be_read_is_no_second_error(place: Path, clock: FakeClock) -> None:
    """Lost is lost, whatever is there now."""
    lease = _lock(place, clock).acquire("me", 10, 0)
    set_ref(place, LOCK, b"x")
    with pytest.raises(DeadlineError, match="it was taken over; nothing more"):
        lease.renew()
