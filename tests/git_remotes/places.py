"""Bare repositories, remotes that talk to them, and runners that see or disturb each git process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from samebytes.errors import DeadlineError
from samebytes.stores.git_refs import GitRefsState
from samebytes.system.clock import Clock
from samebytes.system.git_remote import GitCredential, GitRemote
from samebytes.system.process import Command, Completed, Runner, SystemRunner
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.memory_world import Killed
from tests.directory_site.fake_clock import FakeClock

SITE = "corp"
LOCK = f"refs/samebytes/local/{SITE}/lock"
REQUEST_S = 2.0


def git(directory: Path, *arguments: str, input_: bytes | None = None) -> str:
    """What git prints, run as a person would without any configuration."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    done = subprocess.run(
        ("git", *arguments), cwd=directory, env=env, input=input_ or b"", capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def bare(folder: Path) -> Path:
    """A new bare repository."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", ".")
    return folder


def refs(repository: Path) -> dict[str, str]:
    """Every ref of a repository."""
    lines = git(repository, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return {ref: object_id for ref, _, object_id in (line.partition(" ") for line in lines)}


def set_ref(repository: Path, ref: str, data: bytes) -> str:
    """Somebody else's blob under a ref."""
    blob = git(repository, "hash-object", "-w", "--stdin", input_=data)
    git(repository, "update-ref", ref, blob)
    return blob


def remote(
    url: str | Path,
    runner: Runner | None = None,
    *,
    clock: Clock | None = None,
    credential: GitCredential | None = None,
    timeout_s: float = 60.0,
    **more: str,
) -> GitRemote:
    """A remote as the wiring makes it, with a clock that only sleeping moves."""
    return GitRemote(
        runner or SystemRunner(),
        str(url),
        search_path=os.environ["PATH"],
        credential=credential,
        variables={},
        timeout_s=timeout_s,
        clock=clock or FakeClock(),
        **more,
    )


def state(
    repository: Path, clock: Clock, runner: Runner | None = None, request_timeout_s: float = REQUEST_S
) -> GitRefsState:
    """The state of a site, opened as each process does."""
    opened = remote(repository, runner, clock=clock)
    return GitRefsState(opened, SITE, clock, SystemRandomness(), request_timeout_s)


def _nothing(_number: int, _verb: str) -> None:
    """Let it happen."""


class Watched:
    """Runs the real git; `before` and `after` see the number, from 1, and the verb, and may raise or act."""

    def __init__(self) -> None:
        self.verbs: list[str] = []
        self.commands: list[Command] = []
        self.before: Callable[[int, str], None] = _nothing
        self.after: Callable[[int, str], None] = _nothing

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        """Run to the end."""
        verb = command.argv[3]
        self.verbs.append(verb)
        self.commands.append(command)
        number = len(self.verbs)
        self.before(number, verb)
        done = SystemRunner().run(command, on_line)
        self.after(number, verb)
        return done


def killed_at(number: int, moment: str) -> Watched:
    """A runner that dies at this git process, from 1, `before` or `after` it has acted; whoever goes on is dead too."""
    runner = Watched()

    def die(now: int, verb: str) -> None:
        if now >= number:
            raise Killed(verb)

    setattr(runner, moment, die)
    if moment == "after":

        def stay_dead(now: int, verb: str) -> None:
            if now > number:
                raise Killed(verb)

        runner.before = stay_dead
    return runner


def late(runner: Watched, verb: str, *, times: int, moment: str) -> Watched:
    """Make some processes of one verb run out of time, `before` or `after` they have acted."""
    left = [times]

    def run_out(_number: int, now: str) -> None:
        if now == verb and left[0]:
            left[0] -= 1
            raise DeadlineError("SB-3002", "git did not end in time")

    setattr(runner, moment, run_out)
    return runner
