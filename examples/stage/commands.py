"""Commands that the demo runs: each is shown, timed, logged, and fails loudly when it ends otherwise than promised."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_S = 600
_TAIL_LINES = 25


class DemoError(Exception):
    """Something did not go as the demo claims it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command line; `shown` is how a person would type it, `status` the exit status that the story expects."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    umask: int = 0o022
    shown: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a command said, and how long it took."""

    stdout: str
    stderr: str
    seconds: float

    @property
    def text(self) -> str:
        """Both streams, for a look at what was said."""
        return f"{self.stdout}\n{self.stderr}"


class Terminal:
    """Tells the story on stdout and keeps the whole output of each command in a folder of logs."""

    def __init__(self, logs: Path, steps: int) -> None:
        self.logs = logs
        self._steps = steps
        self._step = 0
        self._count = 0

    def step(self, title: str) -> None:
        """Start the next step of the story."""
        self._step += 1
        self.say(f"\n[{self._step}/{self._steps}] {title}")

    def say(self, text: str) -> None:
        """Print a line at once, also into a pipe."""
        print(text, flush=True)

    def proven(self, claim: str, *, by: bool) -> None:
        """State a claim of the story, or fail where it does not hold."""
        if not by:
            raise DemoError(f"not so: {claim}")
        self.say(f"  ok  {claim}")

    def run(self, command: Command) -> Finished:
        """Run a command to its end.

        Raises DemoError when its exit status is not the one that the story expects.
        """
        if command.shown:
            self.say(f"  $ {command.shown}")
        started = time.monotonic()
        try:
            result = subprocess.run(
                list(command.argv),
                cwd=command.cwd,
                env=dict(command.env),
                umask=command.umask,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DemoError(f"`{command.shown or ' '.join(command.argv)}` did not run to its end: {error}") from error
        seconds = time.monotonic() - started
        log = self._keep(command, result)
        if result.returncode != command.status:
            tail = "\n".join(f"    {line}" for line in (result.stdout + result.stderr).splitlines()[-_TAIL_LINES:])
            raise DemoError(
                f"`{command.shown or ' '.join(command.argv)}` ended with {result.returncode}, "
                f"expected {command.status}\n{tail}\n  its whole output: {log}"
            )
        if command.shown:
            self.say(f"      exit {command.status}, {seconds:.1f} s")
        return Finished(stdout=result.stdout, stderr=result.stderr, seconds=seconds)

    def _keep(self, command: Command, result: subprocess.CompletedProcess[str]) -> Path:
        self._count += 1
        words = "-".join(command.shown.split()[:3]) if command.shown else Path(command.argv[0]).name
        name = "".join(char if char.isalnum() or char in ".-" else "-" for char in words)
        log = self.logs / f"{self._count:02d}-{name}.log"
        log.write_text(
            f"$ {command.shown or ' '.join(command.argv)}\n(in {command.cwd}, exit {result.returncode})\n"
            f"--- stdout\n{result.stdout}--- stderr\n{result.stderr}",
            encoding="utf-8",
        )
        return log
