"""pnpm as a builder: provide the pinned version, install frozen, run scripts, know the publish lifecycle."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from samebytes.dialects.profiles import profile
from samebytes.errors import BuildError, DeadlineError
from samebytes.model.workspace import Member, ToolPin
from samebytes.package_managers.base import BuildRoom, Script
from samebytes.package_managers.pnpm_fetch import FetchedPnpm, fetch_pnpm
from samebytes.package_managers.pnpm_settings import WORKSPACE_FILE
from samebytes.system.git_objects import text_of
from samebytes.system.last_lines import LastLines
from samebytes.system.process import Command, Completed, Runner

_VERSION_TIMEOUT_S = 60.0

# Settings that would let pnpm become another version, ask the registry for anything but the locked tarballs, or install
# behind our back. Each is unknown to some versions, which ignore it.
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "manage-package-manager-versions": "false",
        "package-manager-strict": "false",
        "package-manager-strict-version": "false",
        "pm-on-fail": "ignore",
        "verify-deps-before-run": "false",
        # From 11 on a frozen install asks the registry for the age and trust of every locked version.
        "minimum-release-age": "0",
        "trust-lockfile": "true",
        "trust-policy": "off",
        "update-notifier": "false",
        # Up to 10 pnpm reads npm's global configuration, and sends the tokens in it.
        "globalconfig": os.devnull,
        "confirm-modules-purge": "false",
        # An effect of an install script must not come from elsewhere.
        "side-effects-cache": "false",
    }
)
_FLAGS = tuple(f"--config.{name}={value}" for name, value in _SETTINGS.items())
_OUTDATED = re.compile(r"ERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|NO_LOCKFILE|FROZEN_LOCKFILE_WITH\w*)")
# A registry's URL may carry a user and a password.
_CREDENTIALS = re.compile(r"://[^/@\s]*@")
# What `pnpm publish` runs, it runs alone, without scripts called pre… or post….
_NEWEST_PROFILE = "pnpm-11.r1"


class PnpmBuild:
    """The building half of the package manager pnpm; `platform` is `<system>-<machine>`."""

    def __init__(self, runner: Runner, platform: str) -> None:
        self._runner = runner
        self._platform = platform

    def provide(self, pin: ToolPin, room: BuildRoom, log: Callable[[str], None]) -> Mapping[str, str]:
        """Put the pinned pnpm into `room.tools`; see `PackageManager.provide`.

        Raises BuildError: SB-3110 cannot be fetched or does not start, SB-3111 is not what the pin says.
        """
        # In the room: the path of pnpm is visible to scripts, and the cache is at another path on each machine.
        folder = Path(room.tools).parent / "pnpm"
        fetched = fetch_pnpm(self._runner, pin, room, self._platform, str(folder), log)
        _write_starter(Path(room.tools) / "pnpm", folder, fetched)
        shown = self._runner.run(
            Command(
                argv=(f"{room.tools}/pnpm", "--version"),
                cwd=room.home,
                env=room.env,
                timeout_s=_VERSION_TIMEOUT_S,
            )
        )
        version = text_of(shown.stdout).strip()
        if shown.returncode or version != pin.version:
            raise BuildError(
                "SB-3110",
                f"pnpm {pin.version} does not start on this machine",
                hint="pnpm 11 needs Node 22 or newer; put a Node on PATH that it supports",
                details={"output": text_of(shown.stdout + shown.stderr)[-2000:]},
            )
        return {"pnpm": version, "pnpm-tarball": fetched.integrity}

    def install(self, members: Sequence[Member], room: BuildRoom, log: Callable[[str], None]) -> None:
        """Frozen install of the members, their workspace dependencies and the workspace root.

        Install scripts are off; those of `room.allow_install_scripts` run afterwards. Raises BuildError: SB-3101
        lockfile out of date or missing, SB-3102 any other failure.
        """
        # Without a workspace there is nothing to choose from, and pnpm 12 takes a filter for a mistake.
        is_workspace = Path(room.checkout, WORKSPACE_FILE).is_file()
        chosen = ("{.}", *(f"{{{_directory(member)}}}..." for member in members)) if is_workspace else ()
        self._install_step(
            (
                *("install", "--frozen-lockfile", "--ignore-scripts", "--reporter=append-only"),
                *((f"--registry={room.registry}",) if room.registry else ()),
                *(f"--filter={one}" for one in chosen),
            ),
            room,
            log,
            env=room.install_env,
        )
        if room.allow_install_scripts:
            # Naming them is the permission; from 10 on pnpm asks for one in its own settings too.
            allowed = ("--config.dangerously-allow-all-builds=true", *room.allow_install_scripts)
            recursive = ("--recursive",) if is_workspace else ()
            # The code of dependencies: it sees what scripts see, no proxy's password and no token.
            self._install_step(("rebuild", *recursive, "--reporter=append-only", *allowed), room, log, env=room.env)

    def run_script(self, member: Member, script: Script, room: BuildRoom, log: Callable[[str], None]) -> None:
        """Run one script as `pnpm run` does, in the member's folder; each line of its log begins with the member's name.

        Raises BuildError (SB-3103) with the last lines and DeadlineError (SB-3002).
        """
        directory = os.path.normpath(f"{room.checkout}/{script.directory}")
        heading = f"{member.name} {script.lifecycle}"
        if _script_in(directory, script.lifecycle) == script.command:
            lonely = script.lifecycle in _lifecycle_names()
            flags = ("--config.enable-pre-post-scripts=false",) if lonely else ()
            done, last = self._run(("run", *flags, script.lifecycle), directory, room, heading, log)
        else:
            # prepack took the script out of package.json; pnpm's publish still runs the one it read before.
            env = {
                **room.env,
                "npm_lifecycle_event": script.lifecycle,
                "npm_lifecycle_script": script.command,
                "npm_package_name": member.name.text,
                "npm_package_version": member.version.text,
            }
            done, last = self._run(("--shell-mode", "exec", script.command), directory, room, heading, log, env=env)
        if done.returncode:
            raise BuildError(
                "SB-3103",
                f"{member.name}: the script {script.lifecycle} failed ({_ending(done)})",
                hint=f"run it in a clean clone: pnpm --filter {member.name} run {script.lifecycle}",
                details={"member": member.name.text, "command": script.command, "last lines": last},
            )

    def publish_lifecycle(self, manifest_scripts: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The scripts that `pnpm publish` runs before and after packing, those present only, in order."""
        rules = profile(_NEWEST_PROFILE)
        return (
            tuple(name for name in rules.scripts_before if manifest_scripts.get(name)),
            tuple(name for name in rules.scripts_after if manifest_scripts.get(name)),
        )

    def _install_step(
        self, arguments: Sequence[str], room: BuildRoom, log: Callable[[str], None], *, env: Mapping[str, str]
    ) -> None:
        done, last = self._run(arguments, room.checkout, room, "install", log, env=env)
        if not done.returncode:
            return
        if _OUTDATED.search(text_of(done.stdout)):
            raise BuildError(
                "SB-3101",
                "the lockfile does not fit the package.json files of this commit",
                hint="run pnpm install, commit pnpm-lock.yaml, and tag again",
                details={"last lines": last},
            )
        raise BuildError(
            "SB-3102",
            f"pnpm {arguments[0]} failed ({_ending(done)})",
            hint="the last lines say why; build.install_registry names another registry to install from, and "
            "build.install_env the variables with its token",
            details={"command": _CREDENTIALS.sub("://", shlex.join(["pnpm", *arguments])), "last lines": last},
        )

    def _run(
        self,
        arguments: Sequence[str],
        directory: str,
        room: BuildRoom,
        heading: str,
        log: Callable[[str], None],
        *,
        env: Mapping[str, str] | None = None,
    ) -> tuple[Completed, str]:
        """Run pnpm; returns what came of it and the last lines of its output."""
        last = LastLines(heading, log, room.mask)
        command = Command(
            argv=(f"{room.tools}/pnpm", *arguments),
            cwd=directory,
            env=room.env if env is None else env,
            timeout_s=room.timeout_s,
            uid=room.uid,
        )
        try:
            return self._runner.run(command, last.take), last.text
        except DeadlineError as error:
            raise DeadlineError(
                error.code,
                f"{heading} did not end within the build's time limit ({room.timeout_s:g} seconds were left)",
                hint="raise build.timeout_s, or find out what it waits for",
                details={"last lines": last.text},
            ) from error


def _script_in(directory: str, name: str) -> str:
    """A script as the package.json in a folder has it now, or empty."""
    try:
        manifest = json.loads(Path(directory, "package.json").read_bytes())
        return str(manifest["scripts"][name])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _lifecycle_names() -> frozenset[str]:
    rules = profile(_NEWEST_PROFILE)
    return frozenset((*rules.scripts_before, *rules.scripts_after))


def _directory(member: Member) -> str:
    return "." if member.directory == "." else f"./{member.directory}"


def _write_starter(path: Path, folder: Path, fetched: FetchedPnpm) -> None:
    """A program called pnpm that adds our settings, for us and for scripts that call pnpm too.

    As flags, which overrule the repository's own settings, and of which scripts see nothing in their environment.
    """
    program = (*(() if fetched.is_native else ("node",)), str(folder / fetched.program))
    # pnpm 9.4.0 knows --version only as the first argument.
    asks_version = f'case "$1" in -v|--version) exec {shlex.join(program)} "$@";; esac'
    path.write_text(f'#!/bin/sh\n{asks_version}\nexec {shlex.join((*program, *_FLAGS))} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def _ending(done: Completed) -> str:
    return f"exit status {done.returncode}" if done.returncode > 0 else f"signal {-done.returncode}"
