"""The lock of a directory site whose guarded steps are requests to a server: side by side, and nobody else in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from samebytes.errors import DeadlineError
from samebytes.stores.folder_lock import FolderLease, FolderLock
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.fake_clock import FakeClock

_KERNEL = "local/corp/lock/kernel"
_PATIENCE_S = 20


def _lease(folder: Path, clock: FakeClock, *, shared: bool) -> FolderLease:
    site = SiteFolder(FolderStore(str(folder)), "corp")
    return FolderLock(site, clock, SystemRandomness(), shared=shared).acquire("first on host", 60, 600)


def _is_free(folder: Path) -> bool:
    held = FolderStore(str(folder)).try_exclusive(_KERNEL)
    if held is None:
        return False
    with held:
        return True


@contextmanager
def _step_of_another_thread(lease: FolderLease) -> Iterator[None]:
    """Another thread is in a step for the length of the block."""
    entered, leave = threading.Event(), threading.Event()

    def step() -> None:
        with lease.guard():
            entered.set()
            assert leave.wait(_PATIENCE_S)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(step)
        assert entered.wait(_PATIENCE_S)
        try:
            yield
        finally:
            leave.set()
            done.result(_PATIENCE_S)


def test_threads_are_inside_side_by_side(tmp_path: Path) -> None:
    """Four threads meet in the middle of their steps, which they could not one after the other."""
    lease = _lease(tmp_path, FakeClock(), shared=True)
    together = threading.Barrier(4)

    def step(_: int) -> int:
        with lease.guard():
            return together.wait(_PATIENCE_S)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(step, range(4))) == [0, 1, 2, 3]
    assert _is_free(tmp_path)
    lease.release()


def test_nobody_else_gets_in_before_the_last_is_out(tmp_path: Path) -> None:
    """The kernel lock is held although the thread that took it has left its step."""
    lease = _lease(tmp_path, FakeClock(), shared=True)
    with lease.guard():
        inner = _step_of_another_thread(lease)
        inner.__enter__()
    try:
        assert not _is_free(tmp_path)
    finally:
        inner.__exit__(None, None, None)
    assert _is_free(tmp_path)
    lease.release()


def test_steps_are_one_at_a_time_where_they_are_not_shared(tmp_path: Path) -> None:
    """A second thread enters only when the first has left."""
    lease = _lease(tmp_path, FakeClock(), shared=False)
    order: list[str] = []

    def step() -> None:
        with lease.guard():
            order.append("second")

    with ThreadPoolExecutor(1) as pool:
        with lease.guard():
            waiting = pool.submit(step)
            with pytest.raises(TimeoutError):
                waiting.result(0.05)
            order.append("first")
        waiting.result(_PATIENCE_S)
    assert order == ["first", "second"]
    lease.release()


@pytest.mark.parametrize("shared", [True, False])
def test_lease_is_renewed_in_the_middle_of_a_step(tmp_path: Path, *, shared: bool) -> None:
    """A step that takes as long as the lease does not lose it: the heartbeat need not wait for the step."""
    clock = FakeClock()
    lease = _lease(tmp_path, clock, shared=shared)
    with _step_of_another_thread(lease):
        before = (tmp_path / "local/corp/lock/lease.json").read_bytes()
        lease.renew()
        assert (tmp_path / "local/corp/lock/lease.json").read_bytes() != before
    lease.release()


def test_taken_over_holder_has_no_more_steps(tmp_path: Path) -> None:
    """Sharing gives no right: each turn begins with a look at the lease."""
    clock = FakeClock()
    first = _lease(tmp_path, clock, shared=True)
    with first.guard():
        pass
    second = _lease(tmp_path, clock, shared=True)
    with pytest.raises(DeadlineError, match="taken over by first on host"), first.guard():
        pytest.fail("wrote")
    assert _is_free(tmp_path)
    second.release()
