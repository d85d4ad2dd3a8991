"""Kills the real publish flow before each system call that changes the disk, repeats it, and lets the checker judge.

A process of its own, because it forks and so must have a single thread:

    python -m tests.publishing.crash_runs FOLDER kill first|second [EVERY]
    python -m tests.publishing.crash_runs FOLDER stop COUNT SEED

`second` publishes a release that bumps one member to a site that has the first one. Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from samebytes.errors import DeadlineError
from samebytes.flows.make_release import BuiltRelease
from samebytes.testing.crash import armed
from samebytes.testing.site_checker import final_state, missing, problems
from tests.publishing.one_run import publish_to
from tests.small_releases import LAMPS, built_release, bumped

_LOST = 15


class CrashRuns:
    """A release, the site it is published to, and what an undisturbed run makes of it."""

    def __init__(self, folder: Path, which: str) -> None:
        self.folder = folder
        first = built_release(folder / "one")
        self.built: BuiltRelease = first
        self.before: Path | None = None
        if which == "second":
            self.before = folder / "before"
            publish_to(self.before, first)
            self.built = built_release(folder / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
        self.wrong: list[str] = []
        self.killed = self.taken_over = 0
        undisturbed = self.new_site("undisturbed")
        with armed(at=0) as switch:
            publish_to(undisturbed, self.built)
        self.steps = switch.steps
        self.expected: dict[str, Any] = final_state(undisturbed)

    def new_site(self, name: str) -> Path:
        """A site as it is before the run."""
        site = self.folder / name
        if self.before is not None:
            shutil.copytree(self.before, site)
        return site

    def kill(self, every: int) -> None:
        """One kill, at every n-th step, then one repeat."""
        for at in range(1, len(self.steps) + 1, every):
            site, what = self.new_site(f"site-{at}"), f"killed before step {at}"
            child = os.fork()
            if child == 0:
                with armed(at):
                    publish_to(site, self.built)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                self.killed += 1
            else:
                self.wrong.append(f"{what}: was not killed")
            self.note(what, problems(site))
            self.finish(site, what)

    def stop(self, count: int, seed: int) -> None:
        """Stopped at a random step, taken over by another run where that is possible, and woken again."""
        for at in random.Random(seed).sample(range(1, len(self.steps) + 1), count):
            site, what = self.new_site(f"stop-{at}"), f"stopped before step {at}"
            child = os.fork()
            if child == 0:
                os._exit(self.run_until_stopped(site, at))
            os.waitpid(child, os.WUNTRACED)
            second = os.fork()
            if second == 0:
                os._exit(self.run_second(site))
            # A step that the first run is in holds the kernel's lock: then the second one waits until it is woken.
            self.note(f"{what}, while it is stopped", problems(site))
            _, blocked = os.waitpid(second, 0)
            self.note(f"{what}, after the second run", problems(site))
            os.kill(child, signal.SIGCONT)
            _, status = os.waitpid(child, 0)
            self.taken_over += os.waitstatus_to_exitcode(blocked) == 0
            if os.waitstatus_to_exitcode(status) not in (0, _LOST):
                self.wrong.append(f"{what}: ended with {os.waitstatus_to_exitcode(status)} when it woke")
            self.note(f"{what}, woken", problems(site))
            self.finish(site, what)

    def run_until_stopped(self, site: Path, at: int) -> int:
        """The first run, in a child."""
        try:
            with armed(at, signal.SIGSTOP):
                publish_to(site, self.built, lease_s=0.2)
        except DeadlineError as error:
            return int(error.exit_status)
        return 0

    def run_second(self, site: Path) -> int:
        """Another run, in a child, that gives up soon when it cannot take over."""
        try:
            publish_to(site, self.built, lock_timeout_s=1)
        except DeadlineError as error:
            return int(error.exit_status)
        return 0

    def finish(self, site: Path, what: str) -> None:
        """One repeat gives the undisturbed state, and the next one changes nothing."""
        publish_to(site, self.built)
        self.note(what, problems(site, settled=True))
        digests = {str(member.tarball.id): member.tarball.sha512.hex for member in self.built.packed}
        latest = {member.tarball.id.name.text: member.tarball.id.version.text for member in self.built.packed}
        self.note(what, missing(site, self.built.release.tag, digests, latest))
        if final_state(site) != self.expected:
            self.wrong.append(f"{what}: the final state is another one")
        if publish_to(site, self.built).changed:
            self.wrong.append(f"{what}: a further run changed something")
        shutil.rmtree(site)

    def note(self, what: str, found: list[str]) -> None:
        """Keep what is wrong."""
        self.wrong.extend(f"{what}: {problem}" for problem in found)


def main(arguments: list[str]) -> None:
    """Run what was asked for and print the outcome."""
    match arguments:
        case [folder, "kill", which, *every]:
            runs = CrashRuns(Path(folder), which)
            runs.kill(int(every[0]) if every else 1)
        case [folder, "stop", count, seed]:
            runs = CrashRuns(Path(folder), "first")
            runs.stop(int(count), int(seed))
        case _:
            raise SystemExit(__doc__)
    outcome = {"steps": len(runs.steps), "killed": runs.killed, "taken over": runs.taken_over, "wrong": runs.wrong}
    print(json.dumps(outcome))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
