"""From a commit-ish to a finished release: select, build, pack, statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from samebytes import __version__
from samebytes.core.build_order import build_order
from samebytes.core.entry_points import missing_entry_points, root_build_not_run
from samebytes.core.pack import CANON
from samebytes.core.select import select
from samebytes.core.selection_input import SelectionInput
from samebytes.dialects.profiles import profile as profile_named
from samebytes.errors import ConfigError, FormatError
from samebytes.flows.build import BuildJob, Built, build
from samebytes.flows.pack_step import PackStation, pack_direct, pack_natively
from samebytes.flows.read_workspace import read_workspace, recognised
from samebytes.flows.select import select_release
from samebytes.flows.workshop import Workshop
from samebytes.formats import package_json, sha512sums, statement
from samebytes.formats.package_json import MANIFEST
from samebytes.model.build_record import BuildRecord
from samebytes.model.digests import sha256, sha512
from samebytes.model.finding import Finding, Severity
from samebytes.model.release import STATEMENT_ASSET, Release, Subject
from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.settings import Packer, Settings
from samebytes.model.tag import NO_COMMIT, Commit
from samebytes.model.tarball import PackedMember
from samebytes.model.workspace import Workspace
from samebytes.package_managers.base import PackageManager
from samebytes.system.build_place import FIXED_PATH
from samebytes.system.folder_tree import FolderTree
from samebytes.system.git import GitRepository

__all__ = ["FIXED_PATH", "BuiltRelease", "Workshop", "make_release", "make_snapshot_here"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRelease:
    """A release with everything that was made on the way.

    `statement` is release.json and `sums` is SHA512SUMS, byte for byte; `packed` is in the order of `release.subjects`
    and names files in the folder that the caller gave. `record` is this build's record, `findings` is what people
    should know: those of workspace and selection, files that the build changed, tools that could not be checked.
    """

    commit: Commit
    workspace: Workspace
    selection: Selection
    release: Release
    statement: bytes
    sums: bytes
    packed: tuple[PackedMember, ...]
    record: BuildRecord
    findings: tuple[Finding, ...]


def make_release(repository: str, commit_ish: str, settings: Settings, workshop: Workshop, folder: str) -> BuiltRelease:
    """Build and pack what a tag (or any commit: then it is a snapshot) ships, from a clean clone.

    `repository` is the path of a local git repository, which is only read. The tarballs are written into `folder`,
    which must exist, under their asset names.
    Raises ConfigError (3: workspace, selection, nothing selected), RefusedError (12: a profile that this samebytes does
    not have, a tag that lies), BuildError (14), DeadlineError (15), and FormatError (SB-4xxx) for what cannot be packed.
    """
    started = workshop.clock.now()
    git = GitRepository.open(workshop.runner, repository, workshop.environment.variables.get("PATH", ""))
    commit, workspace, selection = select_release(git, commit_ish, settings, workshop.package_managers)
    package_manager = recognised(git.tree(commit.commit), workshop.package_managers)
    profile = _profile(settings, package_manager, workspace)
    station = _station(settings, workspace, profile, workshop, folder)
    job = BuildJob(
        repository=git.git_directory,
        commit=commit,
        workspace=workspace,
        members=selection.members,
        settings=settings.build,
        package_manager=package_manager,
        tags=_tags_in_clone(git, commit, selection.base),
    )
    if settings.pack.packer is Packer.NATIVE:
        built = build(job, workshop, lambda members, room: pack_natively(members, room, package_manager, station))
    else:
        built = build(job, workshop, lambda members, room: pack_direct(members, room.checkout, station))
    root = package_json.read(git.tree(commit.commit).read(MANIFEST) or b"{}", MANIFEST)
    unbuilt = root_build_not_run(root, build_order(workspace, selection.members), settings.build)
    built = replace(built, findings=(*built.findings, *unbuilt))
    return _finished(commit, workspace, selection, settings, _Result(profile, built, started), workshop)


def _tags_in_clone(git: GitRepository, commit: Commit, base: Base) -> Mapping[str, str]:
    """The tags that scripts see: the release's and its base's, which are those that the statement names."""
    known = {commit.name: commit.tag_object or commit.commit} if commit.name else {}
    if base.tag:
        (found,) = git.object_ids([f"refs/tags/{base.tag}"])
        known[base.tag] = found or base.commit
    return known


def make_snapshot_here(checkout: str, settings: Settings, workshop: Workshop, folder: str) -> BuiltRelease:
    """Pack a checkout as it stands, without a build: a snapshot that can be compared but never published.

    Every releasable member is packed (rule `all`, or `listed` where configured), whatever tags there are. The statement
    names no commit (only zeros), since nobody can say which one the files are of. Raises as `make_release`, and
    ConfigError (SB-3022) for packer `native`, which needs a build.
    """
    started = workshop.clock.now()
    commit, workspace, selection = select_here(checkout, settings, workshop.package_managers)
    package_manager = recognised(FolderTree(checkout), workshop.package_managers)
    profile = _profile(settings, package_manager, workspace)
    packed = pack_direct(selection.members, checkout, _station(settings, workspace, profile, workshop, folder))
    as_it_stands = Finding(
        rule="packed-as-it-stands",
        severity=Severity.NOTE,
        place=".",
        message="the checkout was packed as it stands, without a build; this can be compared but never published",
    )
    built = Built(
        packed=packed, path=checkout, isolation=(), toolchain={}, changed_tracked_files=(), findings=(as_it_stands,)
    )
    return _finished(commit, workspace, selection, settings, _Result(profile, built, started), workshop)


def select_here(
    checkout: str, settings: Settings, package_managers: Sequence[PackageManager]
) -> tuple[Commit, Workspace, Selection]:
    """What `make_snapshot_here` packs of a checkout; raises what it raises before it packs."""
    if settings.pack.packer is Packer.NATIVE:
        raise ConfigError(
            "SB-3022",
            "a checkout as it stands cannot be packed by the package manager itself",
            hint='set pack.packer = "direct", or pack a commit',
        )
    tree = FolderTree(checkout)
    workspace = read_workspace(tree, recognised(tree, package_managers), settings.build)
    commit = Commit(name="", tag_object="", commit=NO_COMMIT, tree=NO_COMMIT, time_s=0, message="")
    rule = settings.select.rule if settings.select.rule is SelectionRule.LISTED else SelectionRule.ALL
    selection = select(
        SelectionInput(
            workspace=workspace,
            tag="",
            settings=replace(settings.select, rule=rule),
            base=Base(tag="", commit="", inferred=False),
            earlier={},
            changes={},
        )
    )
    return commit, workspace, selection


@dataclass(frozen=True, slots=True)
class _Result:
    profile: str
    built: Built
    started: datetime


def _profile(settings: Settings, package_manager: PackageManager, workspace: Workspace) -> str:
    """The profile with its revision, known to this samebytes. Raises RefusedError (SB-4501) where it is not."""
    return profile_named(settings.pack.profile or package_manager.profile_for(workspace.package_manager)).id


def _station(settings: Settings, workspace: Workspace, profile: str, workshop: Workshop, folder: str) -> PackStation:
    return PackStation(
        workspace=workspace,
        profile=profile_named(profile),
        settings=settings.pack,
        folder=folder,
        workers=workshop.environment.cores,
        log=workshop.log,
    )


def _finished(
    commit: Commit,
    workspace: Workspace,
    selection: Selection,
    settings: Settings,
    result: _Result,
    workshop: Workshop,
) -> BuiltRelease:
    """The documents of what was packed."""
    packed = tuple(sorted(result.built.packed, key=lambda member: member.tarball.id.name))
    release = Release(
        tag=commit.name,
        commit=commit.commit,
        tree=commit.tree,
        base=selection.base,
        rule=selection.rule,
        lockfile=workspace.lockfile,
        package_manager=workspace.package_manager,
        node=workspace.node,
        # Declared as `name@sha256:…`; the name differs from site to site, the digest does not.
        image=settings.build.image.rpartition("@")[2],
        profile=result.profile,
        canon=CANON,
        subjects=tuple(_subject(member) for member in packed),
    )
    document = _written(release)
    missing = [finding for member in packed for finding in missing_entry_points(member.tarball)]
    digests = {member.tarball.id.asset_name: member.tarball.sha512 for member in packed}
    return BuiltRelease(
        commit=commit,
        workspace=workspace,
        selection=selection,
        release=release,
        statement=document,
        sums=sha512sums.write({**digests, STATEMENT_ASSET: sha512(document)}),
        packed=packed,
        record=_record(sha256(document).hex, result, workshop),
        findings=_each_once((*workspace.findings, *selection.findings, *result.built.findings, *missing)),
    )


def _written(release: Release) -> bytes:
    """The statement. Raises FormatError (SB-4050) for one that could not be read back, before anybody relies on it."""
    document = statement.write(release)
    if statement.read(document, STATEMENT_ASSET) != release:
        raise FormatError("SB-4050", "does not say what the release is when it is read back", place=STATEMENT_ASSET)
    return document


def _subject(member: PackedMember) -> Subject:
    tarball = member.tarball
    return Subject(
        id=tarball.id,
        sha512=tarball.sha512,
        sha256=tarball.sha256,
        tar_sha256=tarball.tar_sha256,
        size_bytes=tarball.size_bytes,
        files=tarball.files,
    )


def _record(statement_sha256: str, result: _Result, workshop: Workshop) -> BuildRecord:
    variables = workshop.environment.variables
    return BuildRecord(
        statement_sha256=statement_sha256,
        platform=workshop.environment.platform,
        path=result.built.path,
        image=variables.get("SAMEBYTES_IMAGE", ""),
        run=_run_url(variables),
        started=f"{result.started:%Y-%m-%dT%H:%M:%SZ}",
        finished=f"{workshop.clock.now():%Y-%m-%dT%H:%M:%SZ}",
        samebytes=__version__,
        toolchain=result.built.toolchain,
        isolation=result.built.isolation,
        changed_tracked_files=result.built.changed_tracked_files,
    )


def _run_url(variables: Mapping[str, str]) -> str:
    """The CI run this is part of, as GitHub, Gitea and Forgejo tell their jobs; empty elsewhere."""
    words = [variables.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return f"{words[0]}/{words[1]}/actions/runs/{words[2]}" if all(words) else ""


def _each_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
