"""One bounded pool of threads for a step's independent I/O, with a heartbeat while it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import TypeVar

Result = TypeVar("Result")

_HEARTBEAT_S = 5.0


class _NotStartedError(Exception):
    """A task that was left out because another one failed."""


def run_each(
    tasks: Sequence[Callable[[], Result]], workers: int, beat: Callable[[], None] = lambda: None
) -> list[Result]:
    """The results in the order of the tasks, at most `workers` at a time; `beat` is called while they run.

    After the first failure nothing more is started; what runs is waited for, then that failure is raised.
    """
    failed = Event()

    def guarded(task: Callable[[], Result]) -> Result:
        if failed.is_set():
            raise _NotStartedError
        try:
            return task()
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        futures = [pool.submit(guarded, task) for task in tasks]
        try:
            for future in futures:
                _wait(future, beat)
        except BaseException:
            failed.set()
            raise
    for error in (future.exception() for future in futures):
        if error is not None and not isinstance(error, _NotStartedError):
            raise error
    return [future.result() for future in futures]


def _wait(future: Future[Result], beat: Callable[[], None]) -> None:
    while not future.done():
        try:
            future.exception(timeout=_HEARTBEAT_S)
        except TimeoutError:
            beat()
    beat()
