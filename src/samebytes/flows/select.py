"""From a commit-ish to what it ships: the commit, its workspace, and the selection."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from samebytes.core.catalog_changes import catalog_changes
from samebytes.core.select import select
from samebytes.core.selection_input import Changed, EarlierMember, SelectionInput
from samebytes.dialects.profiles import profile as profile_named
from samebytes.errors import ConfigError, FormatError, RefusedError
from samebytes.flows.find_base import find_base, releases_like
from samebytes.flows.find_changes import find_changes
from samebytes.flows.read_workspace import read_tagged_workspace, recognised
from samebytes.formats import package_json
from samebytes.model.finding import Finding, Severity
from samebytes.model.names import PackageName
from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.settings import Settings
from samebytes.model.tag import Commit
from samebytes.model.versions import Version
from samebytes.model.workspace import Workspace
from samebytes.package_managers.base import PackageManager
from samebytes.system.git import GitRepository, TaggedCommit
from samebytes.system.git_tree import GitTree

# What may be wrong with a workspace as a whole; anything else is about this clone, and another clone may read it.
_OF_THE_WORKSPACE = frozenset({"SB-2009", "SB-2014", "SB-2022", "SB-3020"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtBase:
    """The members and catalogs at the base, and what could not be read there."""

    members: Mapping[PackageName, EarlierMember]
    catalogs: Mapping[str, Mapping[str, str]]
    findings: tuple[Finding, ...]


def select_release(
    repository: GitRepository, commitish: str, settings: Settings, package_managers: Sequence[PackageManager]
) -> tuple[Commit, Workspace, Selection]:
    """What a tag (or any commit: then it is a snapshot) ships, decided from git objects alone.

    The findings of the selection begin with those of the workspace.
    Raises ConfigError and FormatError (SB-2xxx; 3) for what is wrong in the repository or selects nothing, RefusedError
    (SB-2106, SB-2309; 12) for a tag that is not where it should be.
    """
    commit = repository.resolve(commitish)
    tree = repository.tree(commit.commit)
    package_manager = recognised(tree, package_managers)
    package_manager.check_lockfile(tree)
    workspace = read_tagged_workspace(tree, package_manager, settings, commit)
    base = find_base(repository, commit, settings.select)
    at_base = _members_at(repository, base, workspace, settings, package_managers)
    history = _history(repository, base, commit, settings)
    changes = find_changes(repository, tree, workspace, at_base.members, history) if history else {}
    changes = _with_catalogs(changes, workspace, at_base, base)
    selection = select(
        SelectionInput(
            workspace=workspace,
            tag=commit.name,
            settings=settings.select,
            base=base,
            earlier=at_base.members,
            changes=changes,
            known_tags=frozenset(repository.tags()),
        )
    )
    about_base = (*at_base.findings, *_cut_off(repository, base), *_inferred_first(base, commit, settings))
    findings = (
        *workspace.findings,
        *_unpackable(package_manager, workspace, settings),
        *about_base,
        *selection.findings,
    )
    commit = replace(commit, roots=repository.roots(commit.commit))
    return commit, workspace, replace(selection, findings=findings)


def _members_at(
    repository: GitRepository,
    base: Base,
    workspace: Workspace,
    settings: Settings,
    package_managers: Sequence[PackageManager],
) -> _AtBase:
    if base.is_first:
        return _AtBase(members={}, catalogs={}, findings=())
    tree = repository.tree(base.commit)
    at_base = Commit(name=base.tag, tag_object="", commit=base.commit, tree="", time_s=0, message="")
    try:
        then = read_tagged_workspace(tree, recognised(tree, package_managers), settings, at_base)
    except ConfigError as error:
        if not isinstance(error, FormatError) and error.code not in _OF_THE_WORKSPACE:
            raise
        return _AtBase(members=_loosely_read(tree, workspace), catalogs={}, findings=(_unreadable(base, error),))
    members = {one.name: EarlierMember(version=one.version, directory=one.directory) for one in then.members}
    return _AtBase(members=members, catalogs=then.catalogs, findings=())


def _loosely_read(tree: GitTree, workspace: Workspace) -> Mapping[PackageName, EarlierMember]:
    """The versions that the package.json files had where the members are today, one by one."""
    found: dict[PackageName, EarlierMember] = {}
    for member in workspace.members:
        path = posixpath.normpath(f"{member.directory}/package.json")
        try:
            manifest = package_json.read(tree.read(path) or b"{}", path)
            name, version = manifest.get("name"), manifest.get("version")
            if name == member.name.text and isinstance(version, str):
                found[member.name] = EarlierMember(version=Version(version), directory=member.directory)
        except FormatError:
            continue
    return found


def _unreadable(base: Base, error: ConfigError) -> Finding:
    return Finding(
        rule="base-unreadable",
        severity=Severity.WARNING,
        place=base.tag,
        message=f"the workspace at {base.tag} cannot be read ({error.summary}), so that versions were only looked for in "
        "the package.json files of today's directories",
    )


def _with_catalogs(
    changes: Mapping[PackageName, Changed], workspace: Workspace, at_base: _AtBase, base: Base
) -> Mapping[PackageName, Changed]:
    """The changes, with what other catalogs than at the base do to the members that have their version of the base."""
    found = dict(changes)
    for member in workspace.members:
        earlier = at_base.members.get(member.name)
        if earlier is not None and earlier.version == member.version:
            what = catalog_changes(member, at_base.catalogs, workspace.catalogs)
            if what:
                known = found.get(member.name, Changed(since=base.tag, what=()))
                found[member.name] = replace(known, what=(*known.what, *what))
    return found


def _unpackable(package_manager: PackageManager, workspace: Workspace, settings: Settings) -> tuple[Finding, ...]:
    """What packing will be refused for, said already by those who only look."""
    pin = workspace.package_manager
    try:
        profile_named(settings.pack.profile or package_manager.profile_for(pin))
    except (ConfigError, RefusedError) as error:
        finding = Finding(
            rule="no-profile",
            severity=Severity.WARNING,
            place=pin.source if pin is not None else "package.json",
            message=f"pack and publish will refuse this: {error.summary} ({error.code})",
            remedy=error.hint,
        )
        return (finding,)
    return ()


def _history(repository: GitRepository, base: Base, commit: Commit, settings: Settings) -> tuple[TaggedCommit, ...]:
    """The base and the release tags before it, nearest first."""
    if base.is_first:
        return ()
    older = repository.first_parent_tags(base.commit, releases_like(commit, settings.select))
    return TaggedCommit(base.tag, base.commit), *older


def _cut_off(repository: GitRepository, base: Base) -> tuple[Finding, ...]:
    if base.is_first or not repository.is_shallow:
        return ()
    finding = Finding(
        rule="history-cut-off",
        severity=Severity.NOTE,
        place=base.tag,
        message="this clone is shallow, so that changes without a bump are only looked for as far back as it goes",
        remedy="run git fetch --unshallow --tags",
    )
    return (finding,)


def _inferred_first(base: Base, commit: Commit, settings: Settings) -> tuple[Finding, ...]:
    """A clone that lacks the earlier tags cannot be told from a first release, and would ship every member."""
    if not (base.is_first and base.inferred) or settings.select.rule is not SelectionRule.NEW_VERSIONS:
        return ()
    finding = Finding(
        rule="no-earlier-release",
        severity=Severity.NOTE,
        place=commit.name or commit.commit[:12],
        message=f"no earlier tag in this clone matches {', '.join(settings.select.tags)}: taken for a first release, which "
        "ships every member",
        remedy="if there was a release before, run git fetch --tags and check select.tags",
    )
    return (finding,)
