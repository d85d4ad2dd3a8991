"""Run the scripts of a build: `build` and `test` in dependency order, then each member's publish lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from samebytes.errors import BuildError, FormatError
from samebytes.flows.pack_step import read_manifest
from samebytes.flows.workshop import Workshop
from samebytes.model.settings import BuildSettings
from samebytes.model.tarball import PackedMember
from samebytes.model.workspace import Member
from samebytes.package_managers.base import BuildRoom, PackageManager, Script
from samebytes.system.last_lines import LastLines
from samebytes.system.process import Command

# The tool's publish runs these before it reads the manifest that its pack goes by.
_BEFORE_PACK = ("prepublishOnly", "prepublish")

CurrentRoom = Callable[[], BuildRoom]


def run_builds(
    members: Sequence[Member],
    settings: BuildSettings,
    package_manager: PackageManager,
    workshop: Workshop,
    current_room: CurrentRoom,
) -> None:
    """Run the configured commands at the root, or else each configured script in all members, in their order.

    `current_room` gives the room with the time that is left. Raises BuildError (SB-3103) and DeadlineError (SB-3002).
    """
    for command in settings.commands:
        _run_command(command, workshop, current_room())
    if settings.commands:
        return
    for name in settings.scripts:
        for member in members:
            room = current_room()
            line = _scripts(member, room).get(name)
            if line:
                _run(name, line, member, package_manager, (room, workshop.log))


def publish_each(
    members: Sequence[Member],
    package_manager: PackageManager,
    current_room: CurrentRoom,
    log: Callable[[str], None],
    pack: Callable[[Sequence[Member], BuildRoom], Sequence[PackedMember]],
) -> tuple[PackedMember, ...]:
    """Each member's lifecycle around packing, one member after the other, as the tool's own publish does.

    Neighbours without any lifecycle script are handed over together, so that they can be packed in parallel.
    """
    packed: list[PackedMember] = []
    waiting: list[Member] = []
    for member in members:
        before, after = package_manager.publish_lifecycle(_scripts(member, current_room()))
        if not before and not after:
            waiting.append(member)
            continue
        packed += pack(waiting, current_room()) if waiting else ()
        waiting = []
        packed += _publish_one(member, package_manager, current_room, log, pack)
    packed += pack(waiting, current_room()) if waiting else ()
    return tuple(packed)


def _publish_one(
    member: Member,
    package_manager: PackageManager,
    current_room: CurrentRoom,
    log: Callable[[str], None],
    pack: Callable[[Sequence[Member], BuildRoom], Sequence[PackedMember]],
) -> Sequence[PackedMember]:
    """The tools read the manifest twice: before prepublishOnly, and before prepack; postpack is still that of the latter."""
    scripts = _scripts(member, current_room())
    before, _ = package_manager.publish_lifecycle(scripts)
    for name in (name for name in before if name in _BEFORE_PACK):
        _run(name, scripts[name], member, package_manager, (current_room(), log))
    scripts = _scripts(member, current_room())
    before, after = package_manager.publish_lifecycle(scripts)
    for name in (name for name in before if name not in _BEFORE_PACK):
        _run(name, scripts[name], member, package_manager, (current_room(), log))
    packed = pack([member], current_room())
    for name in after:
        _run(name, scripts[name], member, package_manager, (current_room(), log))
    return packed


def _run(
    name: str,
    line: str,
    member: Member,
    package_manager: PackageManager,
    where: tuple[BuildRoom, Callable[[str], None]],
) -> None:
    room, log = where
    log(f"{member.name}: {name}")
    package_manager.run_script(member, Script(directory=member.directory, lifecycle=name, command=line), room, log)


def _scripts(member: Member, room: BuildRoom) -> Mapping[str, str]:
    found = read_manifest(room.checkout, member.directory).get("scripts")
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise FormatError("SB-3105", "is not an object", place=f"{member.directory}/package.json: scripts")
    return {name: line for name, line in found.items() if isinstance(line, str)}


def _run_command(command: str, workshop: Workshop, room: BuildRoom) -> None:
    """One of the configured commands, by the shell at the root, with the root's programs on its PATH."""
    last = LastLines("root", workshop.log, room.mask)
    workshop.log(f"root: {command}")
    done = workshop.runner.run(
        Command(
            argv=("/bin/sh", "-c", command),
            cwd=room.checkout,
            env={**room.env, "PATH": f"{room.checkout}/node_modules/.bin:{room.env['PATH']}"},
            timeout_s=room.timeout_s,
            uid=room.uid,
        ),
        last.take,
    )
    if done.returncode:
        raise BuildError(
            "SB-3103",
            f"the command {command!r} failed (exit status {done.returncode})",
            hint="run it in a clean clone after a frozen install",
            details={"member": "(root)", "command": command, "last lines": last.text},
        )
