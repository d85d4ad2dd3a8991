"""What a dependency means inside its workspace: `workspace:` and `catalog:` in every form, aliases, paths and plain ranges."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from samebytes.core.ranges import in_range, is_range
from samebytes.model.versions import Version
from samebytes.model.workspace import Dependency

_WORKSPACE = "workspace:"
_CATALOG = "catalog:"
# pnpm's WORKSPACE_PREF_REGEX, the same from 9.0.0 to 12.
_SPEC = re.compile(r"(?:(?P<alias>[^._/][^@]*)@)?(?P<version>.*)", re.DOTALL)
_NPM_ALIAS = re.compile(r"npm:(?P<name>@?[^@]+)(?:@(?P<range>.*))?", re.DOTALL)
_ANY = frozenset({"*", "^", "~", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a dependency points: to a package `name` in a `range` (`*`, `^`, `~` and empty mean any), or to a `directory`.

    `must_be_local` is True for `workspace:`, where nothing but a member will do.
    """

    name: str
    directory: str
    range: str
    must_be_local: bool

    def allows(self, version: Version) -> bool:
        """Whether this version of the named package is meant."""
        if self.range in _ANY or self.range == version.text:
            return True
        # pnpm hands peers over as they are: `workspace:>=1 || ^2` is a range, an unreadable one matches nothing.
        return in_range(version, self.range)


def reference_of(dependency: Dependency, directory: str, catalogs: Mapping[str, Mapping[str, str]]) -> Reference | None:
    """What a dependency of the member in `directory` points to; None for what can be no member (git, URL, tag, other)."""
    specifier = dependency.specifier
    if specifier.startswith(_CATALOG):
        specifier = catalogs.get(catalog_name(specifier) or "", {}).get(dependency.alias, "")
        if not specifier:
            return None
    if specifier.startswith(_WORKSPACE):
        return _workspace(specifier.removeprefix(_WORKSPACE), dependency.alias, directory)
    for protocol in ("link:", "file:"):
        if specifier.startswith(protocol):
            return _local(specifier.removeprefix(protocol), directory, must_be_local=False)
    alias = _NPM_ALIAS.fullmatch(specifier)
    name, wanted = (alias["name"], alias["range"] or "") if alias else (dependency.alias, specifier)
    return Reference(name=name, directory="", range=wanted, must_be_local=False) if is_range(wanted) else None


def catalog_name(specifier: str) -> str | None:
    """The catalog that a `catalog:` specifier names (`default` for none), None for any other specifier."""
    if not specifier.startswith(_CATALOG):
        return None
    return specifier.removeprefix(_CATALOG).strip() or "default"


def _workspace(wanted: str, alias: str, directory: str) -> Reference:
    if wanted.startswith(("./", "../")) or wanted in {".", ".."}:
        return _local(wanted, directory, must_be_local=True)
    match = _SPEC.fullmatch(wanted)
    name, version = (match["alias"] or alias, match["version"]) if match else (alias, wanted)
    return Reference(name=name, directory="", range=version.strip(), must_be_local=True)


def _local(path: str, directory: str, *, must_be_local: bool) -> Reference:
    target = posixpath.normpath(posixpath.join(directory, path))
    return Reference(name="", directory=target, range="", must_be_local=must_be_local)
