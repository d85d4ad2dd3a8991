"""pnpm, versions 9 to 12."""

from __future__ import annotations

from collections.abc import Callable

from samebytes.core.tool_pins import exact_version
from samebytes.dialects.profiles import profile_for_pnpm
from samebytes.errors import ConfigError, FormatError
from samebytes.formats import package_json
from samebytes.formats.lockfiles import check_lockfile
from samebytes.model.workspace import Member, ToolPin, Workspace
from samebytes.package_managers.base import BuildRoom, PackageManager, SourceTree
from samebytes.package_managers.declared_tools import package_manager_pins
from samebytes.package_managers.pnpm_build import PnpmBuild
from samebytes.package_managers.pnpm_native import native_pack
from samebytes.package_managers.pnpm_settings import LOCKFILE, WORKSPACE_FILE
from samebytes.package_managers.pnpm_workspace import KIND, read_pnpm_workspace
from samebytes.system.process import Runner

_HINT_PIN = 'pin it in the root package.json, for example "packageManager": "pnpm@9.12.0"'


class Pnpm(PnpmBuild):
    """The package manager pnpm; its building half is `pnpm_build`."""

    kind = KIND

    def recognises(self, tree: SourceTree) -> bool:
        """Whether the root declares pnpm, or, declaring nothing, has one of pnpm's files."""
        data = tree.read("package.json")
        if data is not None:
            try:
                pins = package_manager_pins(package_json.read(data, "package.json"))
            except FormatError:
                # Reading the workspace will say what is wrong.
                pins = ()
            if pins:
                return any(pin.name == KIND for pin in pins)
        return any(tree.read(name) is not None for name in (WORKSPACE_FILE, "pnpm-workspace.yml", LOCKFILE))

    def read_workspace(self, tree: SourceTree) -> Workspace:
        """Members, catalogs, pins and findings. Raises ConfigError or FormatError with the place of what is wrong."""
        return read_pnpm_workspace(tree)

    def check_lockfile(self, tree: SourceTree) -> None:
        """Read the lockfile for its form, where there is one. Raises FormatError (SB-2021, SB-2201 to SB-2204) with the line."""
        data = tree.read(LOCKFILE)
        if data is not None:
            check_lockfile(data, LOCKFILE)

    def profile_for(self, pin: ToolPin | None) -> str:
        """The profile, with revision, that packs like this version of pnpm (`pnpm-9.r1`).

        Raises ConfigError (SB-2018) when no exact version is pinned or this version is not known.
        """
        if pin is None:
            raise ConfigError(
                "SB-2018", "no version of pnpm is pinned, so that it is unknown how it packs", hint=_HINT_PIN
            )
        version = exact_version(pin.version)
        if pin.name != KIND or version is None:
            problem = f"{pin.source} pins {pin.name}@{pin.version}, which is not one version of pnpm"
            raise ConfigError("SB-2018", problem, hint=_HINT_PIN)
        profile = profile_for_pnpm(version)
        if profile is None:
            problem = f"{pin.source} pins pnpm {version}, and no profile packs like it"
            raise ConfigError("SB-2018", problem, hint="pin pnpm 9, 10, 11 or 12, or set pack.profile")
        return profile.id

    def native_pack(self, member: Member, room: BuildRoom, log: Callable[[str], None]) -> bytes:
        """The bytes that `pnpm pack` writes, scripts off. Raises BuildError (SB-4531, SB-4532), DeadlineError (SB-3002)."""
        return native_pack(self._runner, member, room, log)


def create(runner: Runner, platform: str) -> PackageManager:
    """pnpm, run through `runner`; `platform` is `<system>-<machine>`."""
    return Pnpm(runner, platform)
