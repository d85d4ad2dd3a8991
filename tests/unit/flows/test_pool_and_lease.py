"""The bounded pool stops at the first failure, and a kept lease renews itself in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

import pytest

from samebytes.errors import DeadlineError
from samebytes.flows import site_lease as module
from samebytes.flows.site_lease import site_lease
from samebytes.stores.base import HeldLease, LocalState
from samebytes.system import pool
from samebytes.system.pool import run_each
from samebytes.testing.memory_site import MemorySite
from tests.directory_site.fake_clock import FakeClock
from tests.publishing.runs import quiet, registry_only


def test_results_come_in_the_order_of_the_tasks() -> None:
    """However many threads work on them."""
    assert run_each([partial(pow, n, 2) for n in range(50)], 4) == [n * n for n in range(50)]
    nothing: list[Callable[[], int]] = []
    assert run_each(nothing, 4) == []


def test_never_more_than_the_bound_run_at_once() -> None:
    """The bound is the number of threads, one at least."""
    running, most, lock = [0], [0], threading.Lock()
    gate = threading.Barrier(3)

    def task() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        gate.wait(timeout=30)
        with lock:
            running[0] -= 1

    run_each([task] * 9, 3)
    assert most == [3]
    assert run_each([lambda: 1], 0) == [1]


def test_after_a_failure_nothing_more_is_started() -> None:
    """The failure comes out, whatever was left out because of it."""
    started = []

    def task(number: int) -> None:
        started.append(number)
        if number == 2:
            raise ValueError("number two")

    with pytest.raises(ValueError, match="number two"):
        run_each([partial(task, n) for n in range(20)], 1)
    assert started == [0, 1, 2]


def test_the_heartbeat_sounds_while_a_task_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """And when it fails, that failure comes out."""
    monkeypatch.setattr(pool, "_HEARTBEAT_S", 0.001)
    beats, release = [], threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 3:
            release.set()

    run_each([lambda: release.wait(30)], 1, beat)
    assert len(beats) >= 3

    def lost() -> None:
        raise DeadlineError("SB-5102", "lost")

    with pytest.raises(DeadlineError):
        run_each([lambda: 1, lambda: 2], 1, lost)


def test_a_lease_is_renewed_after_a_third_of_its_life() -> None:
    """By a write or a heartbeat, not before, and not without need."""
    clock = FakeClock()
    site = MemorySite(clock)
    with site_lease(site.open(), "a test", clock, quiet) as lease:
        for _ in range(3):
            clock.sleep(9.9)
            lease.keep()
        assert site.calls.count("renew") == 1
        clock.sleep(30)
        with lease.guard():
            pass
        assert site.calls.count("renew") == 2
        lease.renew()
    assert site.calls[-1] == "release"
    assert site.lease is None


def test_a_lease_that_was_lost_stops_the_next_write() -> None:
    """And is given back without harm."""
    clock = FakeClock()
    site = MemorySite(clock)
    with site_lease(site.open(), "a test", clock, quiet) as lease:
        site.lease = None
        clock.sleep(60)
        with pytest.raises(DeadlineError):
            lease.keep()
    assert site.calls[-1] == "release"


def test_a_site_without_state_has_no_lock() -> None:
    """Writes go unguarded; the plan says so."""
    clock = FakeClock()
    site = MemorySite(clock)
    with site_lease(registry_only(site), "a test", clock, quiet) as lease:
        clock.sleep(60)
        with lease.guard():
            pass
        lease.release()
    assert site.calls == []


class _Slow:
    """A lock that another run has until somebody is told."""

    def __init__(self, site: MemorySite, told: threading.Event) -> None:
        self._state, self._told = site.open().state, told

    @property
    def lock(self) -> _Slow:
        return self

    def acquire(self, holder: str, lease_s: float, timeout_s: float) -> HeldLease:
        assert self._state is not None
        assert self._told.wait(30)
        return self._state.lock.acquire(holder, lease_s, timeout_s)


def test_only_a_wait_that_takes_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that is free is taken without a word."""
    clock = FakeClock()
    site, told, lines = MemorySite(clock), threading.Event(), []

    def tell(line: str) -> None:
        lines.append(line)
        told.set()

    with site_lease(site.open(), "a test", clock, tell):
        pass
    assert lines == []
    monkeypatch.setattr(module, "_PATIENCE_S", 0.0)
    with site_lease(replace(site.open(), state=cast(LocalState, _Slow(site, told))), "a test", clock, tell):
        pass
    assert lines == [f"waiting for the lock of {site.open().id}"]
