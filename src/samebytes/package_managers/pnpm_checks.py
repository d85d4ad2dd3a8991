"""What must hold between the projects of a workspace: names stand once, and every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from samebytes.core.references import Reference, catalog_name, reference_of
from samebytes.errors import ConfigError, FormatError
from samebytes.model.finding import Finding, Severity
from samebytes.model.workspace import Dependency, Member
from samebytes.package_managers.pnpm_members import Project
from samebytes.package_managers.pnpm_settings import WORKSPACE_FILE, WorkspaceFile

# pnpm's resolveFromCatalog refuses these: they mean something only relative to where they stand.
_NOT_IN_CATALOGS = frozenset({"catalog", "workspace", "link", "file"})


def unique_members(projects: Sequence[Project]) -> tuple[tuple[Member, ...], tuple[Finding, ...]]:
    """The members in order, each name once; further private ones of a name are left out with a finding.

    Raises ConfigError (SB-2014) where a package that is not private shares its name or its file name in release stores.
    """
    members: dict[str, Member] = {}
    findings: list[Finding] = []
    # Members that can be released come first, so that a private namesake is the one that is left out.
    named = [(project.member, project.place) for project in projects if project.member is not None]
    for member, place in sorted(named, key=lambda one: one[0].private):
        first = members.setdefault(member.name.text, member)
        if first is not member:
            if not member.private:
                raise _same_name(first, member)
            findings.append(_namesake(first, place))
    _check_file_names(members.values())
    return tuple(sorted(members.values(), key=lambda member: member.directory)), tuple(findings)


def check_references(projects: Sequence[Project], workspace_file: WorkspaceFile) -> None:
    """Every `workspace:` leads to a project in range, every `catalog:` to an entry that may stand there.

    Raises FormatError (SB-2015, SB-2016) with the file and key.
    """
    by_name: dict[str, list[Project]] = {}
    for project in projects:
        if project.name:
            by_name.setdefault(project.name, []).append(project)
    by_directory = {project.directory: project for project in projects}
    for project in projects:
        for dependency in project.dependencies:
            place = f"{project.place}: {dependency.kind}.{dependency.alias}"
            _check_catalog(dependency, workspace_file, place)
            reference = reference_of(dependency, project.directory, workspace_file.catalogs)
            if reference is not None and reference.must_be_local:
                found = by_directory.get(reference.directory)
                targets = ([found] if found else []) if reference.directory else by_name.get(reference.name, [])
                _check_target(project, dependency, reference, targets, place)


def _check_target(
    project: Project, dependency: Dependency, reference: Reference, targets: Sequence[Project], place: str
) -> None:
    wanted = reference.directory or reference.name
    problem = ""
    if not targets:
        problem = f"{wanted!r} is not a member of the workspace"
    elif project.member is not None and not project.private and all(target.member is None for target in targets):
        # pnpm refuses to pack this: there is no version to write into the published manifest.
        problem = f"{wanted!r} has no version (or no valid one), so that {dependency.specifier!r} cannot be published"
    elif not any(target.member is None or reference.allows(target.member.version) for target in targets):
        version = next(target.member.version for target in targets if target.member is not None)
        problem = f"the member {wanted!r} has version {version}, which {dependency.specifier!r} does not allow"
    if problem:
        raise FormatError("SB-2015", problem, place=place, hint="correct the dependency, or add the member")


def _check_catalog(dependency: Dependency, workspace_file: WorkspaceFile, place: str) -> None:
    name = catalog_name(dependency.specifier)
    if name is None:
        return
    entry = workspace_file.catalogs.get(name, {}).get(dependency.alias)
    if entry is None:
        problem = f"the catalog {name!r} has no entry {dependency.alias!r}"
        raise FormatError("SB-2016", problem, place=place, hint=f"add it to {WORKSPACE_FILE}")
    if entry.partition(":")[0] in _NOT_IN_CATALOGS and ":" in entry:
        line = workspace_file.catalog_lines[name, dependency.alias]
        problem = f"a catalog may not hold {entry!r}"
        raise FormatError("SB-2016", problem, place=f"{WORKSPACE_FILE}:{line}", hint="write a version range")


def _check_file_names(members: Iterable[Member]) -> None:
    by_asset: dict[str, Member] = {}
    for member in members:
        if member.releasable:
            other = by_asset.setdefault(member.id.asset_name, member)
            if other is not member:
                raise ConfigError(
                    "SB-2014",
                    f"{other.id} and {member.id} have the same file name {member.id.asset_name}",
                    hint="rename one of the packages",
                )


def _same_name(first: Member, second: Member) -> ConfigError:
    return ConfigError(
        "SB-2014",
        f"the package name {first.name} stands in {first.directory} and in {second.directory}",
        hint="rename one of them, or make it private",
    )


def _namesake(first: Member, place: str) -> Finding:
    return Finding(
        rule="duplicate-private-name",
        severity=Severity.WARNING,
        place=place,
        message=f"has the name {first.name} of {first.directory} and is left out",
        remedy="give each package a name of its own",
    )
