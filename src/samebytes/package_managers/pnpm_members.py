"""From directories to members: names, versions, what is private, what is never released, and what only looks like one."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from samebytes.errors import FormatError
from samebytes.formats import package_json
from samebytes.formats.yaml_reader import YamlMap, parse_yaml
from samebytes.model.finding import Finding, Severity
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageName
from samebytes.model.versions import Version
from samebytes.model.workspace import Dependency, Member
from samebytes.package_managers.base import SourceTree
from samebytes.package_managers.changesets import CONFIG, is_ignored
from samebytes.package_managers.manifest_fields import (
    dependencies_of,
    is_private,
    object_field,
    text_field,
)
from samebytes.package_managers.pnpm_directories import MANIFESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A directory that pnpm counts as a project: `member` is None where it has no valid name and version."""

    directory: str
    place: str
    name: str
    private: bool
    dependencies: tuple[Dependency, ...]
    member: Member | None
    findings: tuple[Finding, ...]


def read_projects(tree: SourceTree, directories: Sequence[str], ignored: tuple[str, ...]) -> tuple[Project, ...]:
    """Read each directory's manifest, in the order given.

    Raises FormatError with the file and key: SB-2001, SB-2002 for a package that is not private, SB-2012 for a manifest
    that is no package.json, SB-2013, SB-2019, and what the JSON and YAML readers raise.
    """
    return tuple(_read_project(tree, directory, ignored) for directory in directories)


def _read_project(tree: SourceTree, directory: str, ignored: tuple[str, ...]) -> Project:
    place = _path(directory, MANIFESTS[0])
    data = tree.read(place)
    if data is None:
        return _other_manifest(tree, directory)
    manifest = package_json.read(data, place)
    private = is_private(manifest, place)
    name, version = text_field(manifest, "name", place), text_field(manifest, "version", place)
    findings: list[Finding] = []
    member = None
    # The maps are checked for every project: pnpm installs all of them.
    dependencies = dependencies_of(manifest, place)
    if name and version:
        try:
            member = Member(
                name=_name(name, place),
                version=_version(version, place),
                directory=directory,
                publish_directory=_publish_directory(manifest, directory, place),
                private=private,
                ignored=f"ignored by {CONFIG}" if not private and is_ignored(name, ignored) else "",
                manifest=manifest,
                dependencies=dependencies,
            )
        except FormatError as error:
            if not private:
                raise
            findings.append(_finding("invalid-private-package", Severity.NOTE, error.place, error.problem))
    elif not private and directory != ".":
        missing = "name" if not name else "version"
        findings.append(_unreleasable(place, missing))
    return Project(
        directory=directory,
        place=place,
        name=name,
        private=private,
        dependencies=dependencies,
        member=member,
        findings=tuple(findings),
    )


def _name(text: str, place: str) -> PackageName:
    try:
        return PackageName(text)
    except FormatError as error:
        raise error.within(f"{place}: name") from error


def _version(text: str, place: str) -> Version:
    try:
        return Version(text)
    except FormatError as error:
        raise error.within(f"{place}: version") from error


def _path(directory: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(directory, name))


def _publish_directory(manifest: JsonObject, directory: str, place: str) -> str:
    """The directory that is packed, relative to the root. Raises FormatError (SB-2019) where it leaves the repository."""
    config = object_field(manifest, "publishConfig", place)
    inner = text_field(config, "directory", f"{place}: publishConfig")
    if not inner:
        return directory
    outer = posixpath.normpath(posixpath.join(directory, inner))
    if outer.startswith(("/", "../")) or outer == ".." or "\0" in outer:
        raise FormatError(
            "SB-2019",
            f"{inner!r} leads out of the repository",
            place=f"{place}: publishConfig.directory",
            hint="name a directory inside the repository",
        )
    return outer


def _other_manifest(tree: SourceTree, directory: str) -> Project:
    """A project whose manifest is package.yaml or package.json5: only private ones may be left out."""
    place = next(_path(directory, name) for name in MANIFESTS[1:] if tree.read(_path(directory, name)) is not None)
    manifest = parse_yaml(tree.read(place) or b"", place) if place.endswith(".yaml") else None
    if not isinstance(manifest, YamlMap) or manifest.get("private") is not True:
        raise FormatError(
            "SB-2012",
            "samebytes reads package.json only",
            place=place,
            hint="write this manifest as package.json, or exclude the directory in pnpm-workspace.yaml",
        )
    name = manifest.get("name")
    note = _finding(
        "other-manifest", Severity.NOTE, place, "this private package is not read, because it has no package.json"
    )
    return Project(
        directory=directory,
        place=place,
        name=name if isinstance(name, str) else "",
        private=True,
        dependencies=(),
        member=None,
        findings=(note,),
    )


def _unreleasable(place: str, missing: str) -> Finding:
    return _finding(
        "unreleasable-package",
        Severity.WARNING,
        place,
        f"has no {missing}, so that it is never released although it is not private",
        f'give it a {missing}, or say "private": true',
    )


def _finding(rule: str, severity: Severity, place: str, message: str, remedy: str = "") -> Finding:
    return Finding(rule=rule, severity=severity, place=place, message=message, remedy=remedy)
