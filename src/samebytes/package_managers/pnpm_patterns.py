"""The patterns of pnpm-workspace.yaml, read as the pinned pnpm reads them: three libraries have done that so far."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass

from samebytes.core.globs import check_glob, glob_matches
from samebytes.errors import FormatError
from samebytes.model.finding import Finding, Severity
from samebytes.model.versions import Version
from samebytes.package_managers.pnpm_settings import WORKSPACE_FILE, WorkspaceFile

_IGNORED = frozenset({"node_modules", "bower_components"})
_PACKAGES_OPTIONAL = Version("10.5.0")
# fast-glob up to 10.5, then tinyglobby, and a Rust library from 12 on.
_TINYGLOBBY = Version("10.6.0")
_RUST = Version("12.0.0-0")
# Seen with pnpm 9.12.0: a pattern with a ? finds nothing at all.
_NOT_IN_FAST_GLOB = re.compile(r"\?(?!\()")
# Seen with pnpm 10.34.8 and 11.28.10: whether `**/.x` finds `.x` depends on the other patterns.
_NOT_IN_TINYGLOBBY = re.compile(r"\*\*/(?:\.|\{(?:[^}]*,)?\.)")
# Seen with pnpm 12.4.2: it stops at most of these, and reads `[^` and names with dots in braces in its own way.
_NOT_IN_RUST = re.compile(r"[?*+@!]\(|\\|\*\*[^/]|[^/]\*\*|\*\*/\*\*|\{[^}]*\*\*|[{,]\.|\{,|,\}|,,|\[\^")
_MAGIC = re.compile(r"[*?\[{(]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Positive and negative patterns, each with `/package.json` at its end, and the version that reads them."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]
    version: Version
    findings: tuple[Finding, ...]

    def match(self, directory: str, links: Collection[str]) -> bool:
        """Whether a directory is a project; `links` are the symlinks on its way. The root always is one."""
        if directory == ".":
            return True
        path = f"{directory}/package.json"
        if _IGNORED & set(directory.split("/")) or any(glob_matches(one, path, dot=True) for one in self.negative):
            return False
        return any(glob_matches(one, path) and self._follows(one, links) for one in self.positive)

    def _follows(self, pattern: str, links: Collection[str]) -> bool:
        """The Rust library takes a plain path as it stands, and follows no link below the first wildcard."""
        if self.version < _RUST:
            return True
        names = pattern.split("/")
        plain = next((at for at, name in enumerate(names) if _MAGIC.search(name)), len(names))
        return all(link.count("/") < plain for link in links)


def read_patterns(workspace_file: WorkspaceFile, version: Version | None) -> Patterns:
    """The patterns as this version of pnpm reads them (None: a new one).

    Raises FormatError: SB-2010 where `packages` is missing and this pnpm wants it, SB-2011 for a pattern that is not read.
    """
    positive: list[str] = []
    negative: list[str] = []
    findings: list[Finding] = []
    version = version or _RUST
    for pattern, line in _written(workspace_file, version):
        place = f"{WORKSPACE_FILE}:{line}"
        negated = pattern.startswith("!") and not pattern.startswith("!(")
        body = pattern.removeprefix("!") if negated else pattern
        normal = posixpath.normpath(body.rstrip("/") or "/")
        if normal.startswith(("/", "../")) or normal == "..":
            findings.append(_outside(place, pattern))
            continue
        _check(normal, version, place, negated=negated)
        (negative if negated else positive).append(posixpath.normpath(f"{normal}/package.json"))
    return Patterns(positive=tuple(positive), negative=tuple(negative), version=version, findings=tuple(findings))


def _written(workspace_file: WorkspaceFile, version: Version) -> tuple[tuple[str, int], ...]:
    """Each pattern with its line."""
    if workspace_file.patterns is not None:
        return workspace_file.patterns
    if version >= _PACKAGES_OPTIONAL or not workspace_file.exists:
        return ()
    if not workspace_file.is_empty:
        raise FormatError(
            "SB-2010",
            f"packages is missing, and pnpm {version} wants it",
            place=WORKSPACE_FILE,
            hint="list the package directories, for example packages: ['packages/*']",
        )
    # Before 10.5.0 an empty file meant every directory.
    return (("**", 1),)


def _check(pattern: str, version: Version, place: str, *, negated: bool) -> None:
    try:
        check_glob(pattern)
    except FormatError as error:
        raise error.within(place) from error
    older = _NOT_IN_TINYGLOBBY if version >= _TINYGLOBBY else _NOT_IN_FAST_GLOB
    unread = _NOT_IN_RUST if version >= _RUST else older
    # Negations see names with dots in any case.
    if unread.search(pattern) and not (negated and unread is _NOT_IN_TINYGLOBBY):
        raise FormatError(
            "SB-2011",
            f"pnpm {version} does not read the pattern {pattern!r} as other versions do",
            place=place,
            hint="write it with * and ** as whole names, or list the directories",
        )


def _outside(place: str, pattern: str) -> Finding:
    return Finding(
        rule="pattern-outside",
        severity=Severity.WARNING,
        place=place,
        message=f"the pattern {pattern!r} leads out of the repository and matches no member",
        remedy="write patterns relative to the workspace root, such as packages/*",
    )
