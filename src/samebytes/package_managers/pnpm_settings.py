"""pnpm-workspace.yaml and .npmrc: package patterns, catalogs, and the few settings that change what a release is.

Where a setting is read from depends on pnpm's version: `.npmrc` alone up to 10.4, pnpm-workspace.yaml before `.npmrc` up
to 10, pnpm-workspace.yaml alone from 11 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from samebytes.errors import ConfigError, FormatError
from samebytes.formats.yaml_reader import YamlList, YamlMap, YamlValue, parse_yaml
from samebytes.model.json_value import JsonNumber
from samebytes.model.versions import Version
from samebytes.package_managers.base import SourceTree

WORKSPACE_FILE = "pnpm-workspace.yaml"
NPMRC = ".npmrc"
LOCKFILE = "pnpm-lock.yaml"
DEFAULT_CATALOG = "default"
_SETTINGS_IN_YAML = Version("10.5.0")
_SETTINGS_IN_YAML_ONLY = Version("11.0.0-0")

Catalogs = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceFile:
    """What pnpm-workspace.yaml says; `patterns` (each with its line) is None where `packages` is missing.

    `catalog_lines` (by catalog and alias) points into the file.
    """

    exists: bool = False
    patterns: tuple[tuple[str, int], ...] | None = None
    catalogs: Catalogs = field(default_factory=lambda: MappingProxyType({}))
    catalog_lines: Mapping[tuple[str, str], int] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, YamlValue] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_empty(self) -> bool:
        """Whether the file says nothing at all."""
        return not self.settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PnpmSettings:
    """The settings that matter to a release, each as text with its source; absent ones are left out."""

    values: Mapping[str, tuple[str, str]]

    def text(self, key: str) -> str:
        """A setting by its camelCase name, empty where it is not set."""
        return self.values.get(key, ("", ""))[0]

    def source(self, key: str) -> str:
        """Where it was found, such as `.npmrc: use-node-version`."""
        return self.values.get(key, ("", ""))[1]


def read_workspace_file(tree: SourceTree) -> WorkspaceFile:
    """Read pnpm-workspace.yaml, where there is one.

    Raises FormatError (SB-2201 to SB-2205, SB-2010) with the line, and ConfigError (SB-2010) for the name pnpm refuses.
    """
    data = tree.read(WORKSPACE_FILE)
    if data is None:
        if tree.read("pnpm-workspace.yml") is not None:
            raise ConfigError(
                "SB-2009", "pnpm reads no pnpm-workspace.yml", hint=f"rename pnpm-workspace.yml to {WORKSPACE_FILE}"
            )
        return WorkspaceFile()
    document = parse_yaml(data, WORKSPACE_FILE)
    if document is None:
        return WorkspaceFile(exists=True)
    if not isinstance(document, YamlMap):
        raise _wrong(1, "must be a mapping")
    catalogs, lines = _catalogs(document)
    return WorkspaceFile(
        exists=True,
        patterns=_patterns(document),
        catalogs=catalogs,
        catalog_lines=lines,
        settings=document,
    )


def read_settings(tree: SourceTree, workspace_file: WorkspaceFile, version: Version | None) -> PnpmSettings:
    """The effective settings for this version of pnpm (None: a new one). Raises FormatError (SB-2010)."""
    values: dict[str, tuple[str, str]] = {}
    if version is not None and version < _SETTINGS_IN_YAML_ONLY:
        for key, value in _read_npmrc(tree).items():
            values[_camel(key)] = (value, f"{NPMRC}: {key}")
    if version is None or version >= _SETTINGS_IN_YAML:
        for key, written in workspace_file.settings.items():
            text = _setting_text(written)
            if text is not None:
                values[key] = (text, f"{WORKSPACE_FILE}: {key}")
    return PnpmSettings(values=MappingProxyType(values))


def _read_npmrc(tree: SourceTree) -> Mapping[str, str]:
    """The keys of .npmrc, last one wins as in npm's ini; sections and comments are skipped."""
    data = tree.read(NPMRC)
    if data is None:
        return {}
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        raise FormatError("SB-2010", "not UTF-8", place=f"{NPMRC}:{at}", hint="store it as UTF-8") from error
    found: dict[str, str] = {}
    for line in lines:
        text = line.strip()
        if text and text[0] not in ";#[":
            key, equals, value = text.partition("=")
            found[key.strip()] = value.strip().strip("\"'") if equals else "true"
    return found


def _camel(key: str) -> str:
    first, *rest = key.split("-")
    return first + "".join(part.capitalize() for part in rest)


def _setting_text(value: YamlValue) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, JsonNumber):
        return value.token
    return value if isinstance(value, str) else None


def _patterns(document: YamlMap) -> tuple[tuple[str, int], ...] | None:
    value = document.get("packages")
    # pnpm's check is JavaScript's: these are all "missing".
    if value is None or value is False or value == "" or value == JsonNumber("0"):
        return None
    if not isinstance(value, YamlList):
        raise _wrong(document.lines["packages"], "packages must be a list")
    patterns: list[tuple[str, int]] = []
    for item, line in zip(value, value.lines, strict=True):
        if not isinstance(item, str) or not item:
            raise _wrong(line, "each entry of packages must be a pattern")
        patterns.append((item, line))
    return tuple(patterns)


def _catalogs(document: YamlMap) -> tuple[Catalogs, Mapping[tuple[str, str], int]]:
    found: dict[str, YamlMap] = {}
    named = document.get("catalogs")
    if named is not None:
        if not isinstance(named, YamlMap):
            raise _wrong(document.lines["catalogs"], "catalogs must be a mapping of catalogs")
        for name, catalog in named.items():
            if not isinstance(catalog, YamlMap):
                raise _wrong(named.lines[name], f"the catalog {name!r} must be a mapping")
            found[name] = catalog
    unnamed = document.get("catalog")
    if unnamed is not None:
        if not isinstance(unnamed, YamlMap):
            raise _wrong(document.lines["catalog"], "catalog must be a mapping")
        if DEFAULT_CATALOG in found:
            raise _wrong(document.lines["catalog"], "catalog and catalogs.default are the same catalog; keep one")
        found[DEFAULT_CATALOG] = unnamed
    catalogs = {name: MappingProxyType(_entries(name, catalog)) for name, catalog in sorted(found.items())}
    lines = {(name, alias): line for name, catalog in found.items() for alias, line in catalog.lines.items()}
    return MappingProxyType(catalogs), MappingProxyType(lines)


def _entries(name: str, catalog: YamlMap) -> dict[str, str]:
    entries: dict[str, str] = {}
    for alias, specifier in catalog.items():
        if not isinstance(specifier, str):
            problem = f"the entry {alias!r} of catalog {name!r} must be text (quote a version that looks like a number)"
            raise _wrong(catalog.lines[alias], problem)
        entries[alias] = specifier
    return entries


def _wrong(line: int, problem: str) -> FormatError:
    return FormatError("SB-2010", problem, place=f"{WORKSPACE_FILE}:{line}", hint="see pnpm.io/pnpm-workspace_yaml")
