"""pnpm-lock.yaml, lockfile version 9 (pnpm 9 to 12): whether it is one, and the package managers that it pins.

From pnpm 11 on the file may start with a document of its own for the tools; the last document is the lockfile.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from samebytes.errors import FormatError
from samebytes.formats.yaml_reader import YamlMap, YamlValue, parse_yaml_documents
from samebytes.model.json_value import JsonNumber

_VERSION = "9."
_TOOLS = "packageManagerDependencies"


def read_pinned_package_managers(data: bytes, place: str) -> Mapping[str, str]:
    """The exact versions that pnpm recorded for `devEngines.packageManager`, by name.

    Raises FormatError with the line: SB-2021 for another lockfile version or shape, SB-2201 to SB-2204 as the YAML reader.
    """
    # Most lockfiles have none and are large.
    if _TOOLS.encode() not in data:
        return {}
    documents = [one for one in parse_yaml_documents(data, place) if one is not None]
    _check_version(_document(documents[-1] if documents else YamlMap(1), place), place)
    found: dict[str, str] = {}
    for document in documents:
        root = _map(_map(_document(document, place), "importers", place), ".", place)
        entries = _map(root, _TOOLS, place)
        found.update({name: _version(entries, name, place) for name in entries})
    return MappingProxyType(found)


def check_lockfile(data: bytes, place: str) -> None:
    """Whether this is a lockfile at all, so that a broken one is told with its line instead of by a failed install.

    Raises FormatError as `read_pinned_package_managers`; what the entries say is the package manager's to judge.
    """
    documents = [one for one in parse_yaml_documents(data, place) if one is not None]
    _check_version(_document(documents[-1] if documents else YamlMap(1), place), place)


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


def _version(entries: YamlMap, name: str, place: str) -> str:
    """The version that was taken; pnpm quotes what would be read as a number, but `1` and `5.1` are written by hand."""
    version = _map(entries, name, place).get("version")
    if not isinstance(version, str | JsonNumber):
        raise _wrong(place, entries.lines[name], f"{name!r} must have a version")
    return version.token if isinstance(version, JsonNumber) else version


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
