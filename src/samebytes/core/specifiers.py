"""Dependency specifiers as they are published: `workspace:`, `catalog:` and `jsr:` replaced by what registries know."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache

from samebytes.dialects.profiles import ManifestRules
from samebytes.errors import ConfigError, FormatError
from samebytes.model.names import PackageName
from samebytes.model.workspace import Member, Workspace

_WORKSPACE = "workspace:"
_CATALOG = "catalog:"
_JSR = "jsr:"
# pnpm's replaceWorkspaceProtocolPeerDependency; groups: comparator, version.
_PEER = re.compile(r"workspace:([\^~*]|>=|>|<=|<)?((?:\d+|[xX*])(?:\.(?:\d+|[xX*])){0,2})?", re.ASCII)
# pnpm's WorkspaceSpec where it names a member: `workspace:name@range`.
_NAMED_PEER = re.compile(r"workspace:([^._/][^@]*)@(.*)")
_JSR_NAME = re.compile(r"@([^/@\s]+)/([^/@\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The dependency map that is being rewritten."""

    member: Member
    workspace: Workspace
    map: str


def published_specifier(alias: str, specifier: str, place: Place, rules: ManifestRules) -> str:
    """One entry of a dependency map as published; `workspace:` first, then `catalog:`, then `jsr:`, as pnpm does.

    Raises ConfigError (SB-4511, SB-4512, SB-4513) that names member, map and key.
    """
    if rules.catalog_first:
        specifier = _without_catalog(alias, specifier, place, rules)
    if _WORKSPACE in specifier:
        if place.map == "peerDependencies":
            specifier = _peer_of_workspace(alias, specifier, place, rules)
        elif specifier.startswith(_WORKSPACE):
            specifier = _from_workspace(alias, specifier, place, rules)
    if not rules.catalog_first:
        specifier = _without_catalog(alias, specifier, place, rules)
    if rules.jsr and specifier.startswith(_JSR):
        specifier = _from_jsr(alias, specifier.removeprefix(_JSR), place)
    return specifier


def _from_workspace(alias: str, specifier: str, place: Place, rules: ManifestRules) -> str:
    wanted = specifier.removeprefix(_WORKSPACE)
    ranged = _compiled(rules.workspace_version).fullmatch(specifier)
    if ranged is not None:
        name, at, _ = wanted.rpartition("@")
        member = _member_named(name if at and name else alias, alias, specifier, place)
        sign = ranged["range"] or ""
        return _named(member, alias, ("" if sign == "*" else sign) + member.version.text)
    if wanted.startswith(("./", "../")):
        directory = posixpath.normpath(posixpath.join(place.member.directory, wanted))
        found = next((member for member in place.workspace.members if member.directory == directory), None)
        if found is None:
            raise _error("SB-4511", alias, specifier, place, f"{directory} is not a member of the workspace")
        return _named(found, alias, found.version.text)
    return f"npm:{wanted}" if "@" in wanted else wanted


def _peer_of_workspace(alias: str, specifier: str, place: Place, rules: ManifestRules) -> str:
    named = _NAMED_PEER.fullmatch(specifier) if rules.peer_aliases else None
    if named is not None:
        return f"npm:{named[1]}@{'*' if named[2] in {'^', '~', ''} else named[2]}"
    if rules.peer_aliases and specifier.startswith((f"{_WORKSPACE}./", f"{_WORKSPACE}../")):
        return _from_workspace(alias, specifier, place, rules)
    found = _PEER.search(specifier)
    if found is None or found[2]:
        return specifier.replace(_WORKSPACE, "", 1)
    comparator = "" if found[1] in {None, "*"} else found[1]
    version = _member_named(alias, alias, specifier, place).version.text
    return f"{specifier[: found.start()]}{comparator}{version}{specifier[found.end() :]}"


def _named(member: Member, alias: str, version_range: str) -> str:
    return version_range if member.name.text == alias else f"npm:{member.name}@{version_range}"


def _member_named(name: str, alias: str, specifier: str, place: Place) -> Member:
    try:
        member = place.workspace.member(PackageName(name))
    except FormatError as invalid:
        raise _error("SB-4511", alias, specifier, place, f"{name!r} is not a package name") from invalid
    if member is None:
        raise _error("SB-4511", alias, specifier, place, f"{name} is not a member of the workspace")
    return member


def _without_catalog(alias: str, specifier: str, place: Place, rules: ManifestRules) -> str:
    if not specifier.startswith(_CATALOG):
        return specifier
    name = specifier.removeprefix(_CATALOG).strip() or "default"
    entry = place.workspace.catalogs.get(name, {}).get(alias)
    if entry is None:
        raise _error("SB-4512", alias, specifier, place, f"catalog {name!r} has no entry {alias!r}")
    # pnpm's resolveFromCatalog refuses these: they mean something only relative to where they stand.
    refused = ("catalog:", "link:", "file:") if rules.catalog_first else ("catalog:", "workspace:", "link:", "file:")
    if entry.startswith(refused):
        raise _error("SB-4512", alias, specifier, place, f"catalog {name!r} may not hold {entry!r}")
    return entry


def _from_jsr(alias: str, wanted: str, place: Place) -> str:
    if wanted.startswith("@"):
        scoped, _, version_range = wanted[1:].partition("@")
        name = f"@{scoped}"
    else:
        name, version_range = alias, wanted
    match = _JSR_NAME.fullmatch(name)
    if match is None or "@" in version_range:
        raise _error("SB-4513", alias, _JSR + wanted, place, "JSR packages are written @scope/name")
    return f"npm:@jsr/{match[1]}__{match[2]}" + (f"@{version_range}" if version_range else "")


def _error(code: str, alias: str, specifier: str, place: Place, problem: str) -> ConfigError:
    return ConfigError(
        code,
        f"{place.member.name}: {place.map}: {alias!r}: {specifier!r} cannot be published: {problem}",
        hint=f"correct it in {posixpath.join(place.member.directory, 'package.json')} or in the workspace's settings",
        details={"member": place.member.name.text, "map": place.map, "key": alias},
    )


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
