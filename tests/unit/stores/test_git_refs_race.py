"""The lock in git refs among real processes: races, a holder that is stopped, a holder that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cached import ROOT
from tests.git_remotes.places import bare, refs
from tests.git_remotes.racer import REQUEST_S, ROUNDS, lock

_MANY = 8


def _start(how: str, place: Path, folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-m", "tests.git_remotes.racer", how, str(place), str(folder), name),
        cwd=ROOT,
        # What a killed process leaves behind goes with the test's folder.
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The remote."""
    return bare(tmp_path / "r.git")


def test_eight_processes_hold_it_one_after_another(place: Path, tmp_path: Path) -> None:
    """No two are ever inside together, each gets its turns, and the lock is free in the end."""
    folder = tmp_path / "seen"
    folder.mkdir()
    names = [f"racer{number}" for number in range(_MANY)]
    processes = [_start("race", place, folder, name) for name in names]
    ends = [process.communicate(timeout=240) for process in processes]
    assert [(process.returncode, end[1]) for process, end in zip(processes, ends, strict=True)] == [(0, "")] * _MANY
    assert {path.name for path in folder.glob("racer*")} == {f"{name}-{n}" for name in names for n in range(ROUNDS)}
    assert refs(place) == {}


def test_eight_threads_hold_it_one_after_another(place: Path) -> None:
    """Threads of one process that each have their own remote exclude each other too."""
    inside = threading.Lock()
    turns: list[bool] = []

    def take() -> None:
        lease = lock(place, 20).acquire("thread", 120, 120)
        with lease.guard():
            turns.append(inside.acquire(blocking=False))
            inside.release()
        lease.release()

    threads = [threading.Thread(target=take) for _ in range(_MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert turns == [True] * _MANY


def test_stopped_holder_harms_nobody(place: Path, tmp_path: Path) -> None:
    """A holder that is stopped is taken over; when it wakes, its guard, renewal and release do nothing."""
    stopped = _start("hold", place, tmp_path, "sleeper")
    try:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == "held\n"
        stopped.send_signal(signal.SIGSTOP)
        lease = lock(place, REQUEST_S).acquire("second", 60, 60)
        before = refs(place)
        stopped.send_signal(signal.SIGCONT)
        out, err = stopped.communicate("go\n", timeout=60)
        assert (out, err) == ("SB-5102 SB-5102 SB-5102 yes\n", "")
        assert refs(place) == before
        with lease.guard():
            lease.renew()
        lease.release()
        assert refs(place) == {}
    finally:
        stopped.kill()
        stopped.wait()


def test_killed_holder_is_taken_over(place: Path, tmp_path: Path) -> None:
    """Nobody has to remove the lock of a dead process."""
    dead = _start("hold", place, tmp_path, "dead")
    assert dead.stdout is not None
    assert dead.stdout.readline() == "held\n"
    dead.kill()
    dead.communicate()
    lock(place, REQUEST_S).acquire("second", 60, 60).release()
    assert refs(place) == {}
