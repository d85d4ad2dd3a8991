"""A few processes that work off jobs, with a bound on what all of them hold in memory at once.

Our own process is one of them: it works while the others still start. Each worker waits on its own pipe, so it ends by
itself when we die; no job is lost silently when one of them dies.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from samebytes.errors import BuildError, SamebytesError

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_LEAVE_S = 5.0
# One under way and one to go on with while we are busy ourselves.
_QUEUED = 2


@dataclass(frozen=True, slots=True)
class Job(Generic[_Argument]):
    """An argument that can be pickled, and how many bytes of memory working on it takes."""

    argument: _Argument
    weight_bytes: int


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    jobs: deque[int] = field(default_factory=deque)


@dataclass(slots=True)
class _Queue:
    """The jobs that wait, the heaviest first: a long job at the end would leave the others idle."""

    weights: Sequence[int]
    waiting: list[int]
    free_bytes: int
    running: int = 0

    def take(self) -> int | None:
        """The first job that the budget has room for; any job while nothing runs."""
        for position, index in enumerate(self.waiting):
            if self.weights[index] <= self.free_bytes or not self.running:
                del self.waiting[position]
                self.free_bytes -= self.weights[index]
                self.running += 1
                return index
        return None

    def done(self, index: int) -> None:
        """Give back what the job held."""
        self.free_bytes += self.weights[index]
        self.running -= 1


def run_in_processes(
    function: Callable[[_Argument], _Result], jobs: Sequence[Job[_Argument]], *, workers: int, budget_bytes: int
) -> Iterator[tuple[int, _Result]]:
    """Call a module-level function for each job; yields the job's index and the result as they come.

    `workers` counts our own process. Jobs start only while the weights of those under way stay within the budget; one
    that is heavier runs alone.
    Raises what the function raises (SamebytesErrors only), and BuildError (SB-4040) when a worker dies.
    """
    # Spawned, not forked: a fork of a process with threads may deadlock.
    context = multiprocessing.get_context("spawn")
    team: list[_Worker] = []
    try:
        for _ in range(min(workers, len(jobs)) - 1):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(function, theirs), daemon=True)
            process.start()
            theirs.close()
            team.append(_Worker(process, ours))
        yield from _drive(function, jobs, team, budget_bytes)
    finally:
        for worker in team:
            worker.pipe.close()
            if worker.jobs:
                worker.process.terminate()
        for worker in team:
            worker.process.join(_LEAVE_S)


def _drive(
    function: Callable[[_Argument], _Result], jobs: Sequence[Job[_Argument]], team: Sequence[_Worker], budget_bytes: int
) -> Iterator[tuple[int, _Result]]:
    weights = [job.weight_bytes for job in jobs]
    order = sorted(range(len(jobs)), key=lambda index: -weights[index])
    queue = _Queue(weights, order, budget_bytes)
    while queue.waiting or queue.running:
        _hand_out(jobs, queue, team)
        own = queue.take()
        if own is not None:
            yield own, function(jobs[own].argument)
            queue.done(own)
        for worker in _answering(team, block=own is None):
            result: _Result = _received(worker)
            index = worker.jobs.popleft()
            queue.done(index)
            yield index, result


def _hand_out(jobs: Sequence[Job[_Argument]], queue: _Queue, team: Sequence[_Worker]) -> None:
    """Give each worker a job, then each another one to go on with."""
    for queued in range(1, _QUEUED + 1):
        for worker in team:
            if len(worker.jobs) < queued and (index := queue.take()) is not None:
                worker.pipe.send(jobs[index].argument)
                worker.jobs.append(index)


def _answering(team: Sequence[_Worker], *, block: bool) -> Sequence[_Worker]:
    """The workers that have a result for us; waits for one if told so."""
    busy = [worker for worker in team if worker.jobs]
    ready = wait([worker.pipe for worker in busy], None if block else 0)
    return [worker for worker in busy if worker.pipe in ready]


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
    """Answer each argument with a result, in order, until the other end is gone."""
    # Ctrl-C goes to the whole group; our parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox: SimpleQueue[tuple[_Argument] | None] = SimpleQueue()
    # Read at once, so that neither side can be stuck sending to the other.
    Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    with contextlib.suppress(OSError):
        while (message := inbox.get()) is not None:
            pipe.send(_answer(function, *message))


def _receive(pipe: Connection, inbox: SimpleQueue[tuple[_Argument] | None]) -> None:
    with contextlib.suppress(EOFError, OSError):
        while True:
            inbox.put((pipe.recv(),))
    inbox.put(None)


def _answer(function: Callable[[_Argument], _Result], argument: _Argument) -> tuple[bool, _Result | SamebytesError]:
    """Whether it failed, and the result or the error."""
    try:
        return False, function(argument)
    except SamebytesError as error:
        return True, error
