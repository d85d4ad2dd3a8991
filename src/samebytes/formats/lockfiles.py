"""pnpm-lock.yaml, lockfile version 9 (pnpm 9 to 12): importers, the snapshot of catalogs, and pinned package managers.

From pnpm 11 on the file may start with a document of its own for the tools; the last document is the lockfile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from samebytes.errors import FormatError
from samebytes.formats.yaml_reader import YamlMap, YamlValue, parse_yaml_documents
from samebytes.model.json_value import JsonNumber
from samebytes.model.workspace import DependencyKind

_VERSION = "9."
_TOOLS = "packageManagerDependencies"
# Peers are no entries of an importer: pnpm records what it installed for them among the others.
_KINDS = tuple(kind for kind in DependencyKind if kind is not DependencyKind.PEER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One locked dependency: what was asked for and what was taken (`link:../a` for a member)."""

    specifier: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PnpmLockfile:
    """A lockfile: by importer (directory, `.` for the root), map and alias; by catalog and alias; pinned tools by name."""

    importers: Mapping[str, Mapping[DependencyKind, Mapping[str, Locked]]]
    catalogs: Mapping[str, Mapping[str, Locked]]
    package_managers: Mapping[str, str]


def read_pnpm_lockfile(data: bytes, place: str) -> PnpmLockfile:
    """Read a lockfile.

    Raises FormatError with the line: SB-2021 for another lockfile version or shape, SB-2201 to SB-2204 as the YAML reader.
    """
    documents = [one for one in parse_yaml_documents(data, place) if one is not None]
    lockfile = _document(documents[-1] if documents else YamlMap(1), place)
    _check_version(lockfile, place)
    importers = _map(lockfile, "importers", place)
    catalogs = _map(lockfile, "catalogs", place)
    return PnpmLockfile(
        importers=MappingProxyType({path: _importer(importers, path, place) for path in importers}),
        catalogs=MappingProxyType({name: _locked_map(catalogs, name, place) for name in catalogs}),
        package_managers=MappingProxyType(_tools(documents, place)),
    )


def read_pinned_package_managers(data: bytes, place: str) -> Mapping[str, str]:
    """The exact versions that pnpm recorded for `devEngines.packageManager`, by name. Raises as `read_pnpm_lockfile`."""
    # Most lockfiles have none and are large.
    return read_pnpm_lockfile(data, place).package_managers if _TOOLS.encode() in data else {}


def _tools(documents: Sequence[YamlValue], place: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for document in documents:
        importers = _map(_document(document, place), "importers", place)
        if "." in importers:
            root = _map(importers, ".", place)
            if _TOOLS in root:
                found.update({name: one.version for name, one in _locked_map(root, _TOOLS, place).items()})
    return found


def _document(value: YamlValue, place: str) -> YamlMap:
    if not isinstance(value, YamlMap):
        raise _wrong(place, 1, "must be a mapping")
    return value


def _check_version(lockfile: YamlMap, place: str) -> None:
    value = lockfile.get("lockfileVersion")
    version = value.token if isinstance(value, JsonNumber) else value
    if not isinstance(version, str) or not version.startswith(_VERSION):
        line = lockfile.lines.get("lockfileVersion", 1)
        raise _wrong(place, line, f"lockfileVersion must be 9.0, not {version!r}")


def _importer(importers: YamlMap, path: str, place: str) -> Mapping[DependencyKind, Mapping[str, Locked]]:
    importer = _map(importers, path, place)
    return MappingProxyType({kind: _locked_map(importer, kind, place) for kind in _KINDS if kind in importer})


def _locked_map(holder: YamlMap, key: str, place: str) -> Mapping[str, Locked]:
    entries = _map(holder, key, place)
    return MappingProxyType({alias: _locked(entries, alias, place) for alias in entries})


def _locked(entries: YamlMap, alias: str, place: str) -> Locked:
    entry = _map(entries, alias, place)
    specifier, version = entry.get("specifier"), entry.get("version")
    if not isinstance(specifier, str | JsonNumber) or not isinstance(version, str | JsonNumber):
        raise _wrong(place, entries.lines[alias], f"{alias!r} must have a specifier and a version")
    return Locked(specifier=_text(specifier), version=_text(version))


def _text(value: str | JsonNumber) -> str:
    # pnpm quotes what would be read as a number, but `1` and `5.1` are written by hand.
    return value.token if isinstance(value, JsonNumber) else value


def _map(holder: YamlMap, key: str, place: str) -> YamlMap:
    """A mapping, empty where the key is absent."""
    value = holder.get(key)
    if key not in holder:
        return YamlMap(holder.line)
    if not isinstance(value, YamlMap):
        raise _wrong(place, holder.lines[key], f"{key} must be a mapping")
    return value


def _wrong(place: str, line: int, problem: str) -> FormatError:
    return FormatError("SB-2021", problem, place=f"{place}:{line}", hint="run pnpm install and commit the lockfile")
