"""What a package manager has to do for us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from samebytes.model.workspace import Member, ToolPin, Workspace


class SourceTree(Protocol):
    """The files of a commit or of a folder; paths are POSIX, relative to its root."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file (a symlink inside the tree is followed), None where there is none."""
        ...

    def files(self) -> Sequence[str]:
        """Every tracked file's path, sorted; in a folder, every file outside `.git` and `node_modules`."""
        ...

    def directory_links(self) -> Mapping[str, str]:
        """Each symlink that leads to a directory of the tree, with that directory's own path (empty for the root)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A package.json script about to run: `lifecycle` is its name, `command` the line it stands for."""

    directory: str
    lifecycle: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRoom:
    """Where a build runs: checkout, private HOME and caches, the folder of tools on its PATH, the whole environment.

    `install_env` is the environment of steps that may reach a registry and run nobody's scripts; scripts get `env`, which
    knows no proxy and no token. `mask` hides the secrets in `install_env` from what is logged or said in errors.
    `cache` keeps downloaded package managers between builds (empty: nothing is kept). `registry` is the install registry
    named in the configuration, or empty. `allow_install_scripts` names the packages whose install scripts may run.
    """

    checkout: str
    home: str
    tools: str
    env: Mapping[str, str]
    uid: int | None
    timeout_s: float
    install_env: Mapping[str, str]
    mask: Callable[[str], str] = lambda text: text
    cache: str = ""
    registry: str = ""
    allow_install_scripts: tuple[str, ...] = ()


class PackageManager(Protocol):
    """One package manager; `kind` is `pnpm`, `npm` or `yarn`."""

    kind: str

    def recognises(self, tree: SourceTree) -> bool:
        """Whether this tree is a workspace of this package manager."""
        ...

    def read_workspace(self, tree: SourceTree) -> Workspace:
        """Members, catalogs, pins and findings.

        Raises ConfigError or FormatError (SB-2xxx) with the place of what is wrong.
        """
        ...

    def check_lockfile(self, tree: SourceTree) -> None:
        """Read the lockfile for its form, where there is one. Raises FormatError (SB-2021, SB-2201 to SB-2204) with the line."""
        ...

    def profile_for(self, pin: ToolPin | None) -> str:
        """The profile, with revision, that packs like this version (`pnpm-9.r1`).

        Raises ConfigError (SB-2xxx) when the version is missing or not known.
        """
        ...

    def provide(self, pin: ToolPin, room: BuildRoom, log: Callable[[str], None]) -> Mapping[str, str]:
        """Put the pinned version into `room.tools`, checked by integrity where the pin has one.

        Returns the observed toolchain (tool to version) for the build record. Raises BuildError (SB-3xxx).
        """
        ...

    def install(self, members: Sequence[Member], room: BuildRoom, log: Callable[[str], None]) -> None:
        """Frozen install of what these members need and no more; scripts by policy.

        Raises BuildError: SB-3101 lockfile out of date, SB-3102 any other failure.
        """
        ...

    def run_script(self, member: Member, script: Script, room: BuildRoom, log: Callable[[str], None]) -> None:
        """Run one script as this tool's `run` does. Raises BuildError (SB-3103) with the last lines."""
        ...

    def publish_lifecycle(self, manifest_scripts: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The script names this tool's *publish* runs before and after packing, those present only, in order."""
        ...

    def native_pack(self, member: Member, room: BuildRoom, log: Callable[[str], None]) -> bytes:
        """The bytes that the tool's own pack writes, scripts off; the caller re-emits them canonically."""
        ...
