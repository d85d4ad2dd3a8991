"""Build what a commit ships, in a clean clone, and pack each member at the moment its tool's publish would.

The story: place, clone, tools, install, scripts, then member by member the publish lifecycle around packing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from samebytes.core.build_env import SYSTEM_PATH, RoomPaths, build_environment, install_environment, secrets_of
from samebytes.core.build_order import build_order
from samebytes.core.ranges import in_range, is_range
from samebytes.core.version_from_tag import PLACEHOLDER, write_version
from samebytes.errors import BuildError, ConfigError, FormatError
from samebytes.flows.build_scripts import publish_each, run_builds
from samebytes.flows.workshop import Workshop
from samebytes.formats.redact import masker
from samebytes.model.counted import plural
from samebytes.model.finding import Finding, Severity
from samebytes.model.settings import BuildSettings
from samebytes.model.tag import Commit
from samebytes.model.tarball import PackedMember
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, ToolPin, Workspace
from samebytes.package_managers.base import BuildRoom, PackageManager
from samebytes.system.build_log import kept_log
from samebytes.system.build_place import FIXED_PATH, BuildPlace, build_place, give_away
from samebytes.system.build_user import build_user
from samebytes.system.checkout import Checkout, check_out, local_origin
from samebytes.system.leftovers import end_all_of, end_leftovers
from samebytes.system.node_tools import link_node, node_version
from samebytes.system.own_git import OwnGit
from samebytes.system.process import Command

PackStep = Callable[[Sequence[Member], BuildRoom], Sequence[PackedMember]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildJob:
    """What to build: the commit of a local repository, its workspace, and the members to pack.

    `tags` are those that scripts see in the clone, name to object; others of the repository would differ from site to site.
    """

    repository: str
    commit: Commit
    workspace: Workspace
    members: tuple[Member, ...]
    settings: BuildSettings
    package_manager: PackageManager
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a build: the packed members in build order, and what its record needs."""

    packed: tuple[PackedMember, ...]
    path: str
    isolation: tuple[str, ...]
    toolchain: Mapping[str, str]
    changed_tracked_files: tuple[str, ...]
    findings: tuple[Finding, ...]


def build(job: BuildJob, workshop: Workshop, pack: PackStep) -> Built:
    """Build in a clean clone and hand each member to `pack` after its prepack and before its postpack.

    Stops at the first failure. Raises ConfigError (SB-3006, SB-3008 unbuildable commit; SB-3010 no package manager is
    declared), BuildError (SB-3011 disk full, SB-30xx clone, SB-31xx tools, install, scripts; its details name the kept
    log), DeadlineError (SB-3002, SB-3009), and what `pack` raises.
    """
    pin = job.workspace.package_manager
    if pin is None:
        raise ConfigError(
            "SB-3010",
            "the repository does not say which package manager builds it",
            hint='add "packageManager": "pnpm@<version>" to package.json, or set build.package_manager',
        )
    logs = workshop.logs or str(Path(workshop.tools).parent / "logs")
    name = f"build-{job.commit.commit[:12]}.log"
    mask = masker(secrets_of(workshop.environment.variables, job.settings.install_env))
    try:
        with kept_log(logs, name, workshop.log) as log:
            return _build_logged(job, pin, replace(workshop, log=lambda line: log(mask(line))), pack)
    except BuildError as error:
        details = {key: mask(text) for key, text in error.details.items()}
        error.details = MappingProxyType({**details, "log": str(Path(logs, name))})
        raise


def _build_logged(job: BuildJob, pin: ToolPin, workshop: Workshop, pack: PackStep) -> Built:
    limit_s, log = job.settings.timeout_s, workshop.log
    with (
        build_place(workshop.fixed, workshop.temp, workshop.clock, limit_s, log) as place,
        _script_user(workshop) as user,
    ):

        def end_scripts() -> None:
            left = end_leftovers(f"{place.root}/home") + (end_all_of(user.uid) if user.is_alone and user.uid else 0)
            if left:
                log(f"ended {left} processes that scripts left running")

        def pack_alone(members: Sequence[Member], room: BuildRoom) -> Sequence[PackedMember]:
            # Nobody may write to the files while they are read.
            end_scripts()
            return pack(members, room)

        # Whoever was killed at this place may have left its scripts running.
        end_leftovers(f"{place.root}/home")
        try:
            return _build_in(place, job, pin, replace(workshop, uid=user.uid), pack_alone)
        except OSError as error:
            raise BuildError(
                "SB-3011",
                f"the build's own folder cannot be used: {error.strerror} ({error.filename})",
                hint="check that there is space left, and that TMPDIR is a folder you may write to",
            ) from error
        finally:
            end_scripts()


@dataclass(frozen=True, slots=True)
class _User:
    """Who scripts run as (None: as we do), and whether nothing but this build runs as that user."""

    uid: int | None
    is_alone: bool


@contextmanager
def _script_user(workshop: Workshop) -> Iterator[_User]:
    if workshop.uid is None or not workshop.environment.is_root:
        yield _User(None, is_alone=False)
        return
    with build_user(workshop.uid, str(Path(FIXED_PATH).parent)) as uid:
        yield _User(workshop.uid if uid is None else uid, is_alone=uid is not None)


def _build_in(place: BuildPlace, job: BuildJob, pin: ToolPin, workshop: Workshop, pack: PackStep) -> Built:
    deadline_s = workshop.clock.monotonic_s() + job.settings.timeout_s
    room, git = _furnish(place, job, workshop)
    workshop.log(f"cloning {job.commit.commit[:12]}")
    origin = local_origin(git, job.repository)
    checkout = check_out(
        git, origin, job.commit.commit, room.checkout, submodules=job.settings.submodules, tags=job.tags
    )
    checkout = _with_versions_written(checkout, job)
    tools, findings = _provide(job, pin, room, workshop)
    if room.uid is not None:
        give_away(place.root, room.uid)

    def current_room() -> BuildRoom:
        return replace(room, timeout_s=max(deadline_s - workshop.clock.monotonic_s(), 0.0))

    needed = build_order(job.workspace, job.members)
    selected = {member.name for member in job.members}
    workshop.log(f"installing what {plural(len(needed), 'member needs', 'members need')}")
    job.package_manager.install(job.members, current_room(), workshop.log)
    run_builds(needed, job.settings, job.package_manager, workshop, current_room)
    packed = publish_each(
        [member for member in needed if member.name in selected], job.package_manager, current_room, workshop.log, pack
    )
    changed = checkout.changed()
    return Built(
        packed=packed,
        path=room.checkout,
        isolation=(*(("fixed-path",) if place.is_fixed else ()), *(("own-uid",) if room.uid is not None else ())),
        toolchain=tools,
        changed_tracked_files=changed,
        findings=(*findings, *_changes(changed)),
    )


def _furnish(place: BuildPlace, job: BuildJob, workshop: Workshop) -> tuple[BuildRoom, OwnGit]:
    """The folders, the programs and the environments of a build."""
    paths = RoomPaths(
        root=place.root,
        home=f"{place.root}/home",
        tools=f"{place.root}/tools/bin",
        temp=f"{place.root}/temp",
    )
    for folder in (paths.home, f"{place.root}/tools", paths.tools, paths.temp):
        # Explicit, since the umask may be stricter and the build may run under another uid.
        Path(folder).mkdir()
        Path(folder).chmod(0o755)
    given = workshop.environment.variables
    link_node(workshop.runner, given, job.repository, paths.tools, SYSTEM_PATH)
    for name in job.settings.install_env:
        if name not in given:
            workshop.log(f"build.install_env names {name}, which is not set here")
    env = build_environment(given, paths, epoch_s=job.commit.time_s, configured=job.settings.env)
    room = BuildRoom(
        checkout=f"{place.root}/repo",
        home=paths.home,
        tools=paths.tools,
        env=env,
        install_env=install_environment(given, env, job.settings.install_env),
        mask=masker(secrets_of(given, job.settings.install_env)),
        uid=_reachable_uid(workshop, env, paths),
        timeout_s=job.settings.timeout_s,
        cache=workshop.tools,
        registry=job.settings.install_registry,
        allow_install_scripts=job.settings.allow_install_scripts,
    )
    return room, OwnGit(workshop.runner, paths.home, f"{paths.tools}:{SYSTEM_PATH}")


def _reachable_uid(workshop: Workshop, env: Mapping[str, str], paths: RoomPaths) -> int | None:
    """The user for repository code, or None where we cannot become it or it could not start anything here."""
    if workshop.uid is None or not workshop.environment.is_root:
        return None
    probe = Command(
        argv=(f"{paths.tools}/node", "--version"), cwd=paths.root, env=env, uid=workshop.uid, timeout_s=60.0
    )
    try:
        return None if workshop.runner.run(probe).returncode else workshop.uid
    except BuildError:
        return None


def _provide(
    job: BuildJob, pin: ToolPin, room: BuildRoom, workshop: Workshop
) -> tuple[Mapping[str, str], tuple[Finding, ...]]:
    """Node and the package manager, checked against what the repository declares."""
    node = node_version(workshop.runner, room.env, room.tools)
    findings = _check_node(job.workspace.node, node)
    provided = job.package_manager.provide(pin, room, workshop.log)
    return {"node": node, **provided}, findings


def _check_node(declared: ToolPin | None, found: str) -> tuple[Finding, ...]:
    """Raises BuildError (SB-3112) when the declared range does not hold the Node on PATH."""
    if declared is None:
        return ()
    if not is_range(declared.version):
        message = f"{declared.version!r} is not a version range, so Node {found} was not checked against it"
        return (Finding(rule="node-not-checked", severity=Severity.NOTE, place=declared.source, message=message),)
    try:
        fits = in_range(Version(found), declared.version)
    except FormatError:
        fits = False
    if not fits:
        raise BuildError(
            "SB-3112",
            f"Node {found} is not in the range {declared.version!r} that {declared.source} declares",
            hint="put a Node on PATH that the repository asks for, or set build.node in samebytes.toml",
        )
    return ()


def _with_versions_written(checkout: Checkout, job: BuildJob) -> Checkout:
    """Write the tag's version into members that have 0.0.0 in git; what we write is no change by the build."""
    if not job.settings.version_from_tag:
        return checkout
    written: list[str] = []
    for member in job.workspace.members:
        path = os.path.normpath(f"{member.directory}/package.json")
        committed = member.manifest.get("version")
        if committed == PLACEHOLDER and member.version.text != PLACEHOLDER:
            file = Path(checkout.directory, path)
            file.write_bytes(write_version(file.read_bytes(), member.version, path))
            written.append(path)
    return checkout.accepting(written)


def _changes(changed: Sequence[str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            rule="build-changed-tracked-file",
            severity=Severity.WARNING,
            place=path,
            message="the build changed this file of the checkout",
            remedy="commit what the build writes, or let it write elsewhere",
        )
        for path in changed
    )
