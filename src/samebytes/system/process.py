"""Processes: started with exactly the environment given, closed stdin, a limit on the whole group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run: `env` is the whole environment, nothing is inherited; `uid` None keeps ours; `input` None closes stdin."""

    argv: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    input: bytes | None = None
    timeout_s: float = 600.0
    uid: int | None = None
    umask: int = 0o022


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What came of it; a negative `returncode` is the signal that ended the process, as in `subprocess`."""

    returncode: int
    stdout: bytes
    stderr: bytes


class Runner(Protocol):
    """Runs processes."""

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        """Run to the end and collect both streams.

        With `on_line` the two streams are merged into `stdout` and each line is handed over as it comes. When the time
        limit passes, the whole process group is killed and DeadlineError (SB-3002) is raised; a program that cannot be
        started is BuildError (SB-3001). Processes left behind in the group are killed at the end.
        """
        ...
