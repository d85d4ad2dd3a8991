"""Jobs are worked off in processes: within the budget, in any order, and never lost silently."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samebytes.errors import BuildError, FormatError
from samebytes.system.worker_processes import Job, run_in_processes
from tests.cached import ROOT


def _square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def _fail(number: int) -> int:
    if number == 3:
        raise FormatError("SB-4030", "is odd", place="m: a", hint="try 4", details={"number": "3"})
    return number


def _die(ours: int) -> int:
    """End the process, unless it is ours; ours waits until the other one has."""
    if os.getpid() != ours:
        os.kill(os.getpid(), signal.SIGKILL)
    for child in multiprocessing.active_children():
        child.join(60)
    return ours


def _large(size_bytes: int) -> bytes:
    return bytes(size_bytes)


def _counted(argument: tuple[str, int]) -> int:
    """How many jobs are under way at once, this one included, as seen through marks in a folder."""
    folder, number = argument
    mark = Path(folder, str(number))
    mark.touch()
    started = time.monotonic()
    most = 0
    while time.monotonic() - started < 0.05:
        most = max(most, sum(1 for _ in Path(folder).iterdir()))
    mark.unlink()
    return most


def test_every_job_gives_its_result() -> None:
    """Each index comes once with its own result, from at most as many processes as asked for, ours among them."""
    results = dict(run_in_processes(_square, [Job(n, 1) for n in range(20)], workers=2, budget_bytes=100))
    assert {index: square for index, (square, _) in results.items()} == {n: n * n for n in range(20)}
    processes = {process for _, process in results.values()}
    assert os.getpid() in processes
    assert len(processes) <= 2


def test_other_processes_take_part() -> None:
    """The jobs handed out at the start come back from the other processes."""
    results = dict(run_in_processes(_square, [Job(n, 1) for n in range(20)], workers=3, budget_bytes=100))
    assert len({process for _, process in results.values()}) == 3


def test_large_results_block_nobody() -> None:
    """Results and arguments larger than any pipe holds pass each other."""
    jobs = [Job(1_000_000 + n, 1) for n in range(6)]
    results = dict(run_in_processes(_large, jobs, workers=2, budget_bytes=100))
    assert {index: len(result) for index, result in results.items()} == {n: 1_000_000 + n for n in range(6)}


def test_no_job_is_no_work() -> None:
    """Without jobs nothing is started."""
    assert not list(run_in_processes(_square, [], workers=2, budget_bytes=100))


@pytest.mark.parametrize("numbers", [(3, 1, 2), (1, 2, 3)], ids=["elsewhere", "here"])
def test_an_error_comes_back_whole(numbers: tuple[int, ...]) -> None:
    """A job's error is raised with class, code, place, hint and details, whichever process it happened in."""
    with pytest.raises(FormatError) as caught:
        list(run_in_processes(_fail, [Job(n, 1) for n in numbers], workers=2, budget_bytes=100))
    error = caught.value
    assert (error.code, error.place, error.problem, error.hint) == ("SB-4030", "m: a", "is odd", "try 4")
    assert error.details == {"number": "3"}


def test_a_worker_that_dies_is_an_error() -> None:
    """A process that was killed is reported with its status, not waited for."""
    with pytest.raises(BuildError, match="SB-4040: a packing process ended with status -9"):
        list(run_in_processes(_die, [Job(os.getpid(), 1)] * 2, workers=2, budget_bytes=100))


@pytest.mark.parametrize(("budget_bytes", "most"), [(10, 1), (24, 2)])
def test_the_budget_bounds_what_is_under_way(tmp_path: Path, budget_bytes: int, most: int) -> None:
    """Jobs of weight 12 run two at a time within 24; within 10 each runs alone instead of never."""
    jobs = [Job((str(tmp_path), number), 12) for number in range(4)]
    results = dict(run_in_processes(_counted, jobs, workers=3, budget_bytes=budget_bytes))
    assert sorted(results) == [0, 1, 2, 3]
    assert max(results.values()) <= most


def test_workers_end_with_the_consumer() -> None:
    """Whoever stops listening leaves no process behind."""
    results = run_in_processes(_square, [Job(n, 1) for n in range(20)], workers=3, budget_bytes=100)
    next(results)
    assert len(multiprocessing.active_children()) == 2
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


_PARENT = """
import os, time
from samebytes.system.worker_processes import Job, run_in_processes
from tests.unit.system.test_worker_processes import _square
if __name__ == "__main__":
    results = run_in_processes(_square, [Job(n, 1) for n in range(9)], workers=2, budget_bytes=100)
    next(results)
    print("ready", flush=True)
    time.sleep(600)
"""


def test_workers_end_when_we_are_killed(tmp_path: Path) -> None:
    """A SIGKILL of ours leaves no worker behind: nobody holds our standard output open any more."""
    program = tmp_path / "parent.py"
    program.write_text(_PARENT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with subprocess.Popen(
        [sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
        assert parent.communicate(timeout=60)[0] == b""
