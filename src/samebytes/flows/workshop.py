"""The parts of the world that a build uses, and what it is told about itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samebytes.package_managers.base import PackageManager
from samebytes.system.build_place import BUILD_UID, FIXED_PATH
from samebytes.system.clock import Clock
from samebytes.system.environment import Environment
from samebytes.system.process import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The parts of the world that a build uses.

    `temp` is a folder for the clone, HOME and caches of one build where the path `fixed` cannot be had; both are emptied
    afterwards. `fixed` is one path on all machines (empty: never used). `tools` is a folder that keeps package managers
    between builds, keyed by version and integrity; `logs` keeps one log per commit (empty: a folder `logs` beside
    `tools`). All are made when missing. `uid` is the user that repository code runs as where we are root and that user can reach Node and the build's
    folder (None: always ours). `log` gets each line of progress and of script output, member first.
    """

    runner: Runner
    clock: Clock
    environment: Environment
    package_managers: Sequence[PackageManager]
    temp: str
    tools: str
    log: Callable[[str], None]
    fixed: str = FIXED_PATH
    logs: str = ""
    uid: int | None = BUILD_UID
