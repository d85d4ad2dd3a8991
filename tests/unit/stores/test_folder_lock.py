"""The lock of a directory site: one holder at a time, takeover only of the dead and the silent, fenced writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from samebytes.errors import DeadlineError, SiteError
from samebytes.stores.folder_lock import FolderLease, FolderLock
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.fake_clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """A clock that waiting moves."""
    return FakeClock()


def _lock(folder: Path, clock: FakeClock) -> FolderLock:
    return FolderLock(SiteFolder(FolderStore(str(folder)), "corp"), clock, SystemRandomness())


def _record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "local/corp/lock/lease.json").read_bytes())
    return found


def _alive(folder: Path) -> list[Path]:
    return list((folder / "local/corp/lock").glob("alive-*"))


_DIE = """
import os, sys
from samebytes.stores.folder_lock import FolderLock
from samebytes.system.clock import SystemClock
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
lock = FolderLock(SiteFolder(FolderStore(sys.argv[1]), "corp"), SystemClock(), SystemRandomness())
lease = lock.acquire("the dead", 3600, 0)
os.kill(os.getpid(), 9)
"""


def _leave_a_dead_holder(folder: Path) -> None:
    """Another process takes the lock and is killed."""
    subprocess.run((sys.executable, "-c", _DIE, str(folder)), check=False, stdin=subprocess.DEVNULL)


def test_first_holder_makes_the_site(tmp_path: Path, clock: FakeClock) -> None:
    """Taking the lock of a new folder makes it a site and writes who has it."""
    lease = _lock(tmp_path / "new", clock).acquire("me on host", 60, 0)
    record = _record(tmp_path / "new")
    assert (record["number"], record["holder"], record["lease_ms"], record["held"]) == (1, "me on host", 60000, True)
    lease.release()
    assert not _record(tmp_path / "new")["held"]
    assert _alive(tmp_path / "new") == []


def test_number_rises_with_every_holder(tmp_path: Path, clock: FakeClock) -> None:
    """A lock that was given back keeps its number for the next one to exceed."""
    for number in (1, 2, 3):
        lease = _lock(tmp_path, clock).acquire("me", 60, 0)
        assert _record(tmp_path)["number"] == number
        lease.release()


def test_waiter_gives_up_and_names_the_holder(tmp_path: Path, clock: FakeClock) -> None:
    """While the holder renews, nobody takes over, and the timeout is an error that says who has it."""
    lease = _lock(tmp_path, clock).acquire("the first on host", 10, 0)
    clock.on_sleep = lease.renew
    with pytest.raises(DeadlineError, match="within 20 seconds; it is held by the first on host") as raised:
        _lock(tmp_path, clock).acquire("the second", 10, 20)
    assert raised.value.code == "SB-5101"
    assert clock.elapsed_s == pytest.approx(20, abs=1)
    lease.release()


def test_waiter_gets_the_lock_when_it_is_given_back(tmp_path: Path, clock: FakeClock) -> None:
    """As soon as the holder is done, the waiter goes on."""
    first = _lock(tmp_path, clock).acquire("first", 60, 0)
    clock.on_sleep = first.release
    second = _lock(tmp_path, clock).acquire("second", 60, 30)
    assert clock.elapsed_s < 1
    assert _record(tmp_path)["holder"] == "second"
    second.release()


@pytest.mark.parametrize(("lease_s", "margin_s"), [(10, 2.5), (60, 5)])
def test_silent_holder_is_taken_over_after_lease_and_margin(
    tmp_path: Path, clock: FakeClock, lease_s: float, margin_s: float
) -> None:
    """A living holder that does not renew is taken over when the waiter itself has watched it for long enough."""
    clock.elapsed_s = 1000
    first = _lock(tmp_path, clock).acquire("first", lease_s, 0)
    clock.elapsed_s = 5000  # the time before the waiter came does not count
    second = _lock(tmp_path, clock).acquire("second", 1, 600)
    assert clock.elapsed_s - 5000 == pytest.approx(lease_s + margin_s, abs=0.3)
    assert _record(tmp_path)["number"] == 2
    first.release()
    second.release()


def test_renewal_starts_the_watch_anew(tmp_path: Path, clock: FakeClock) -> None:
    """Each change of the lease counts as a sign of life."""
    first = _lock(tmp_path, clock).acquire("first", 10, 0)
    renew_at_s = [5.0]

    def renew_once() -> None:
        if renew_at_s and clock.elapsed_s > renew_at_s[0]:
            renew_at_s.pop()
            first.renew()

    clock.on_sleep = renew_once
    second = _lock(tmp_path, clock).acquire("second", 10, 600)
    assert clock.elapsed_s == pytest.approx(5 + 12.5, abs=0.5)
    second.release()
    first.release()


def test_dead_holder_is_taken_over_at_once(tmp_path: Path, clock: FakeClock) -> None:
    """When the kernel says that the holder is gone, nobody waits for its lease; what it left is removed."""
    _leave_a_dead_holder(tmp_path)
    assert len(_alive(tmp_path)) == 1
    second = _lock(tmp_path, clock).acquire("second", 60, 0)
    assert clock.elapsed_s == 0
    assert len(_alive(tmp_path)) == 1
    second.release()


def test_holder_without_a_sign_of_life_is_waited_for(tmp_path: Path, clock: FakeClock) -> None:
    """Where the file that shows life is missing, nothing is known, and the lease counts."""
    first = _lock(tmp_path, clock).acquire("first", 10, 0)
    _alive(tmp_path)[0].unlink()
    second = _lock(tmp_path, clock).acquire("second", 10, 600)
    assert clock.elapsed_s > 10
    second.release()
    first.release()


def test_guard_lets_the_holder_write(tmp_path: Path, clock: FakeClock) -> None:
    """Inside the guard nobody else can take over; it may be entered again from inside."""
    lease = _lock(tmp_path, clock).acquire("first", 60, 0)
    with lease.guard(), lease.guard():
        assert FolderStore(str(tmp_path)).try_exclusive("local/corp/lock/kernel") is None
    free = FolderStore(str(tmp_path)).try_exclusive("local/corp/lock/kernel")
    assert free is not None
    with free:
        pass
    lease.release()


def test_guard_renews_when_half_the_lease_is_gone(tmp_path: Path, clock: FakeClock) -> None:
    """Writing keeps the lease alive, without a write to it for every step."""
    lease = _lock(tmp_path, clock).acquire("first", 60, 0)
    for elapsed_s, renewals in ((29, 0), (31, 1), (60, 1), (62, 2), (10_000, 3)):
        clock.elapsed_s = elapsed_s
        with lease.guard():
            assert _record(tmp_path)["renewal"] == renewals
    lease.release()


def test_holder_that_was_taken_over_cannot_write(tmp_path: Path, clock: FakeClock) -> None:
    """Whoever wakes after a takeover is told so before its next step, and giving back does nothing."""
    first = _lock(tmp_path, clock).acquire("first", 10, 0)
    second = _lock(tmp_path, clock).acquire("second on host", 10, 600)
    with pytest.raises(DeadlineError, match="taken over by second on host") as raised, first.guard():
        pytest.fail("wrote")
    assert raised.value.code == "SB-5102"
    with pytest.raises(DeadlineError):
        first.renew()
    first.release()
    with second.guard():
        assert _record(tmp_path)["holder"] == "second on host"
    second.release()


def test_lock_that_was_given_back_guards_nothing(tmp_path: Path, clock: FakeClock) -> None:
    """After release no write is allowed; releasing twice is fine."""
    lease = _lock(tmp_path, clock).acquire("first", 10, 0)
    lease.release()
    lease.release()
    with pytest.raises(DeadlineError, match="was taken over; nothing"), lease.guard():
        pytest.fail("wrote")


def test_lock_whose_file_vanished_is_lost(tmp_path: Path, clock: FakeClock) -> None:
    """Somebody who removes the lease file by hand stops the holder."""
    lease = _lock(tmp_path, clock).acquire("first", 10, 0)
    (tmp_path / "local/corp/lock/lease.json").unlink()
    with pytest.raises(DeadlineError), lease.guard():
        pytest.fail("wrote")
    lease.release()


def test_number_alone_is_not_enough(tmp_path: Path, clock: FakeClock) -> None:
    """When the lease file was removed and the numbers began anew, an old holder of the same number is still told apart."""
    first = _lock(tmp_path, clock).acquire("same", 10, 0)
    (tmp_path / "local/corp/lock/lease.json").unlink()
    second = _lock(tmp_path, clock).acquire("same", 10, 0)
    assert _record(tmp_path)["number"] == 1
    with pytest.raises(DeadlineError), first.guard():
        pytest.fail("wrote")
    first.release()
    second.release()


def test_two_waiters_see_the_same_free_lock(tmp_path: Path, clock: FakeClock) -> None:
    """Of two that want a free lock at once one gets it; the other one looks again."""
    waiter = _lock(tmp_path, clock)
    seen = FolderLease(waiter._files, waiter._paths, clock, SystemRandomness().token())
    winner = _lock(tmp_path, clock).acquire("winner", 10, 0)
    assert not seen.take(None, "loser", 10)
    assert _record(tmp_path)["holder"] == "winner"
    winner.release()


@pytest.mark.parametrize("data", [b"", b"{}\n", b'{"format":"samebytes-lease-v1"'])
def test_damaged_lease_is_an_error(tmp_path: Path, clock: FakeClock, data: bytes) -> None:
    """A lease that cannot be read is not a free one."""
    lease = _lock(tmp_path, clock).acquire("first", 10, 0)
    (tmp_path / "local/corp/lock/lease.json").write_bytes(data)
    with pytest.raises(SiteError) as raised:
        _lock(tmp_path, clock).acquire("second", 10, 600)
    assert raised.value.code == "SB-5001"
    with pytest.raises(SiteError), lease.guard():
        pytest.fail("wrote")
    with pytest.raises(SiteError):
        lease.release()


def test_site_id_that_is_no_folder_name_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    """A site's id cannot lead out of the folder."""
    with pytest.raises(SiteError, match="cannot be the id"):
        FolderLock(SiteFolder(FolderStore(str(tmp_path)), "../corp"), clock, SystemRandomness())


def test_lock_that_cannot_be_written_shows_no_life(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full at the wrong moment, nothing keeps the next one waiting."""
    lock = _lock(tmp_path, clock)

    def full(*_arguments: object) -> None:
        raise SiteError("SB-5002", "full")

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "replace", full)
        with pytest.raises(SiteError):
            lock.acquire("first", 10, 0)
    assert not any((tmp_path / "local/corp/lock").glob("lease.json"))
    lock.acquire("first", 10, 0).release()
    assert _alive(tmp_path) == []


def test_holder_that_hangs_in_the_middle_of_a_write_is_named(tmp_path: Path, clock: FakeClock) -> None:
    """It cannot be taken over, since nobody could stop that write; the error says who it is and how to look."""
    lease = _lock(tmp_path, clock).acquire("first on host", 10, 0)
    store = FolderStore(str(tmp_path), clock=clock, lock_timeout_s=3)
    waiter = FolderLock(SiteFolder(store, "corp"), clock, SystemRandomness())
    with lease.guard(), pytest.raises(DeadlineError, match="held by first on host, in the middle of a") as raised:
        waiter.acquire("second", 10, 600)
    assert (raised.value.code, "lsof" in raised.value.hint) == ("SB-5101", True)
    lease.release()


def test_stranger_that_hangs_with_the_kernel_lock_is_an_error(tmp_path: Path, clock: FakeClock) -> None:
    """Before there is any holder, the error names the file that somebody keeps."""
    store = FolderStore(str(tmp_path), clock=clock, lock_timeout_s=3)
    waiter = FolderLock(SiteFolder(store, "corp"), clock, SystemRandomness())
    SiteFolder(store, "corp").found()
    with store.exclusive("local/corp/lock/kernel"), pytest.raises(DeadlineError, match="holding local/corp/lock/ker"):
        waiter.acquire("second", 10, 600)
