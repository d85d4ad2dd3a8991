"""Kills a publish run before each system call that changes the disk, repeats it, and lets the checker judge.

A process of its own, because it forks and so must have a single thread:

    python -m tests.directory_site.crash_matrix FOLDER every
    python -m tests.directory_site.crash_matrix FOLDER chains COUNT SEED
    python -m tests.directory_site.crash_matrix FOLDER stops COUNT SEED

Prints one JSON document: how many steps an undisturbed run has, how many runs were killed, taken over and kept others
waiting, and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from samebytes.errors import DeadlineError
from samebytes.model.tarball import PackedMember
from samebytes.testing.crash import armed
from samebytes.testing.site_checker import final_state, missing, problems
from tests.directory_site.members import packed
from tests.directory_site.mini_publish import TAG, MiniPublish, digest_of, latest_of

_SHORT_S = 0.2
_LATER = "v3.0.0"
_LOST = 3
_OTHER = 4


class Matrix:
    """Members, and what an undisturbed run makes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.members: Sequence[PackedMember] = (
            packed(folder, "@s/first"),
            packed(folder, "second", text="const two = 2;\n" * 40),
            packed(folder, "@s/third", "2.0.0-rc.1"),
        )
        self.later = [packed(folder, str(member.tarball.id.name), "3.0.0") for member in self.members]
        self.killed = self.taken_over = self.kept_waiting = 0
        self.wrong: list[str] = []
        undisturbed = folder / "undisturbed"
        with armed(at=0) as switch:
            MiniPublish(undisturbed, self.members).run()
        self.steps = switch.steps
        self.expected: dict[str, Any] = final_state(undisturbed)

    def every(self) -> None:
        """One kill, at each step, then a repeat."""
        for at in range(1, len(self.steps) + 1):
            site = self.folder / f"site-{at}"
            self._kill(site, at, f"killed before step {at} ({self.steps[at - 1]})")
            self._finish(site, f"repeated after step {at}")

    def chains(self, count: int, seed: int) -> None:
        """Killed again and again, at random steps, until a run comes through."""
        sampler = random.Random(seed)
        for chain in range(count):
            site = self.folder / f"chain-{chain}"
            for _ in range(sampler.randint(2, 6)):
                at = sampler.randint(1, len(self.steps))
                self._kill(site, at, f"chain {chain}, killed before step {at}", may_finish=True)
            self._finish(site, f"chain {chain}, repeated")

    def stops(self, count: int, seed: int) -> None:
        """Stopped at a random step; a run with a later release takes over where it can; then the first one goes on."""
        steps = random.Random(seed).sample(range(1, len(self.steps) + 1), count)
        for at in steps:
            site, what = self.folder / f"stop-{at}", f"stopped before step {at} ({self.steps[at - 1]})"
            child = os.fork()
            if child == 0:
                os._exit(self._run_until_stopped(site, at))
            _, status = os.waitpid(child, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                self.wrong.append(f"{what}: did not stop")
                continue
            blocked = self._second_run_is_blocked(site)
            self._note(f"{what}, while it is stopped", problems(site))
            os.kill(child, signal.SIGCONT)
            _, status = os.waitpid(child, 0)
            self._judge_woken(what, os.waitstatus_to_exitcode(status), blocked=blocked)
            self._note(f"{what}, woken", problems(site))
            if not blocked:
                # What an unfenced holder does when it wakes: it puts packuments back that know nothing of the others.
                self._note(f"{what}, woken", missing(site, _LATER, digest_of(self.later), {}))
            MiniPublish(site, self.members).run()
            self._note(f"{what}, repeated", problems(site, settled=True))
            self._note(f"{what}, repeated", missing(site, TAG, digest_of(self.members), latest_of(self.members)))
            shutil.rmtree(site)

    def _run_until_stopped(self, site: Path, at: int) -> int:
        with armed(at, signal.SIGSTOP):
            try:
                MiniPublish(site, self.members, lease_s=_SHORT_S).run("the stopped one")
            except DeadlineError as error:
                return _LOST if error.code == "SB-5102" else _OTHER
            return 0

    def _second_run_is_blocked(self, site: Path) -> bool:
        """Whether the second run waits for the very step that the first one is in; else it has taken over and is done."""
        try:
            second = MiniPublish(site, self.later, tag=_LATER, lock_timeout_s=10, kernel_timeout_s=_SHORT_S)
            second.run("the second one")
        except DeadlineError as error:
            if error.code != "SB-5101":
                raise
            return True
        return False

    def _judge_woken(self, what: str, status: int, *, blocked: bool) -> None:
        if blocked:
            self.kept_waiting += 1
        elif status == _LOST:
            self.taken_over += 1
        if status not in ({0} if blocked else {0, _LOST}):
            self.wrong.append(f"{what}: ended with {status} when it woke")

    def _kill(self, site: Path, at: int, what: str, *, may_finish: bool = False) -> None:
        child = os.fork()
        if child == 0:
            with armed(at):
                MiniPublish(site, self.members).run()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.killed += 1
        elif not may_finish:
            self.wrong.append(f"{what}: was not killed")
        self._note(what, problems(site))

    def _finish(self, site: Path, what: str) -> None:
        MiniPublish(site, self.members).run()
        self._note(what, problems(site, settled=True))
        self._note(what, missing(site, TAG, digest_of(self.members), latest_of(self.members)))
        if final_state(site) != self.expected:
            self.wrong.append(f"{what}: the final state is another one")
        shutil.rmtree(site)

    def _note(self, what: str, found: list[str]) -> None:
        self.wrong.extend(f"{what}: {problem}" for problem in found)


def main(arguments: list[str]) -> None:
    """Run what was asked for and print the outcome."""
    matrix = Matrix(Path(arguments[0]))
    match arguments[1:]:
        case ["every"]:
            matrix.every()
        case ["chains", count, seed]:
            matrix.chains(int(count), int(seed))
        case ["stops", count, seed]:
            matrix.stops(int(count), int(seed))
        case _:
            raise SystemExit(__doc__)
    outcome = {
        "steps": len(matrix.steps),
        "killed": matrix.killed,
        "taken over": matrix.taken_over,
        "kept waiting": matrix.kept_waiting,
        "wrong": matrix.wrong,
    }
    print(json.dumps(outcome))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
