"""Makes a release in a process of its own, so that umask, time zone, locale, cores and interpreter can be varied.

The argument is one JSON object with `repository`, `out`, `temp`, `tools`, `fixed` and `seed` (null: directories are listed
as the system does; else in a random order). Tests are left out: they do not change what is packed.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from samebytes.flows.make_release import Workshop, make_release
from samebytes.flows.write_out import write_out
from samebytes.model.settings import BuildSettings, Settings
from samebytes.system.clock import SystemClock
from samebytes.system.environment import SystemEnvironment
from samebytes.system.process import SystemRunner
from samebytes.wiring import package_managers


def main(given: dict[str, str | int | None]) -> None:
    """Make one release as told."""
    if given["seed"] is not None:
        _shuffle_directories(random.Random(given["seed"]))
    runner, environment = SystemRunner(), SystemEnvironment()
    temp = Path(str(given["temp"]))
    (temp / "tarballs").mkdir(parents=True)
    workshop = Workshop(
        runner=runner,
        clock=SystemClock(),
        environment=environment,
        package_managers=package_managers(runner, environment.platform),
        temp=str(temp / "builds"),
        tools=str(given["tools"]),
        log=_tell,
        fixed=str(given["fixed"]),
        logs=str(temp / "logs"),
    )
    settings = Settings(build=BuildSettings(scripts=("build",)))
    built = make_release(str(given["repository"]), "v1.0.0", settings, workshop, str(temp / "tarballs"))
    write_out(built, str(given["out"]))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


class _Shuffled:
    """What `os.scandir` returns, with the entries in another order."""

    def __init__(self, entries: list[os.DirEntry[str]]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        return self._entries

    def __next__(self) -> os.DirEntry[str]:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Everything has been read already."""


def _shuffle_directories(chance: random.Random) -> None:
    """Let every folder be listed in another order each time."""
    real_scandir, real_listdir = os.scandir, os.listdir

    def scandir(path: str = ".") -> _Shuffled:
        with real_scandir(path) as entries:
            found = list(entries)
        chance.shuffle(found)
        return _Shuffled(found)

    def listdir(path: str = ".") -> list[str]:
        found = real_listdir(path)
        chance.shuffle(found)
        return found

    # shutil.rmtree opens folders by descriptor, which the real function does too.
    os.scandir, os.listdir = scandir, listdir  # type: ignore[assignment]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
