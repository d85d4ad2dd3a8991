"""A few processes that work off jobs, with a bound on what all of them hold in memory at once.

Each worker waits on its own pipe, so it ends by itself when we die; no job is lost silently when one of them dies.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from samebytes.errors import BuildError, SamebytesError

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_LEAVE_S = 5.0


@dataclass(frozen=True, slots=True)
class Job(Generic[_Argument]):
    """An argument that can be pickled, and how many bytes of memory working on it takes."""

    argument: _Argument
    weight_bytes: int


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: int = -1


def run_in_processes(
    function: Callable[[_Argument], _Result], jobs: Sequence[Job[_Argument]], *, workers: int, budget_bytes: int
) -> Iterator[tuple[int, _Result]]:
    """Call a module-level function for each job; yields the job's index and the result as they come.

    Jobs start only while the weights of those under way stay within the budget; one that is heavier runs alone.
    Raises what the function raises (SamebytesErrors only), and BuildError (SB-4040) when a worker dies.
    """
    # Spawned, not forked: a fork of a process with threads may deadlock.
    context = multiprocessing.get_context("spawn")
    team: list[_Worker] = []
    try:
        for _ in range(min(workers, len(jobs))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(function, theirs), daemon=True)
            process.start()
            theirs.close()
            team.append(_Worker(process, ours))
        yield from _drive(team, jobs, budget_bytes)
    finally:
        for worker in team:
            worker.pipe.close()
            if worker.job >= 0:
                worker.process.terminate()
        for worker in team:
            worker.process.join(_LEAVE_S)


def _drive(team: Sequence[_Worker], jobs: Sequence[Job[_Argument]], budget_bytes: int) -> Iterator[tuple[int, _Result]]:
    # The heavy ones first: a long job at the end would leave the other workers idle.
    waiting = sorted(range(len(jobs)), key=lambda index: -jobs[index].weight_bytes)
    free_bytes = budget_bytes
    while True:
        busy = [worker for worker in team if worker.job >= 0]
        for worker in team:
            if worker.job >= 0:
                continue
            index = next((index for index in waiting if jobs[index].weight_bytes <= free_bytes or not busy), None)
            if index is None:
                break
            waiting.remove(index)
            worker.pipe.send(jobs[index].argument)
            worker.job = index
            free_bytes -= jobs[index].weight_bytes
            busy.append(worker)
        if not busy:
            return
        ready = wait([worker.pipe for worker in busy])
        for worker in busy:
            if worker.pipe in ready:
                result: _Result = _received(worker)
                index, worker.job = worker.job, -1
                free_bytes += jobs[index].weight_bytes
                yield index, result


def _received(worker: _Worker) -> Any:
    try:
        failed, value = worker.pipe.recv()
    except (EOFError, OSError) as error:
        worker.process.join(_LEAVE_S)
        raise BuildError(
            "SB-4040",
            f"a packing process ended with status {worker.process.exitcode} before its work was done",
            hint="a negative status is the signal that ended it; -9 often means that memory ran out",
        ) from error
    if failed:
        raise value
    return value


def _work(function: Callable[[_Argument], _Result], pipe: Connection) -> None:
    # Ctrl-C goes to the whole group; our parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # When the other end is gone, so is our parent: there is nobody left to tell.
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(_answer(function, pipe.recv()))


def _answer(function: Callable[[_Argument], _Result], argument: _Argument) -> tuple[bool, _Result | SamebytesError]:
    """Whether it failed, and the result or the error."""
    try:
        return False, function(argument)
    except SamebytesError as error:
        return True, error
