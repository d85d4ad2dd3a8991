"""Which directories pnpm takes for projects of a workspace."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from samebytes.core.globs import check_glob, glob_matches
from samebytes.errors import FormatError
from samebytes.model.finding import Finding, Severity
from samebytes.model.versions import Version
from samebytes.package_managers.base import SourceTree
from samebytes.package_managers.pnpm_settings import WORKSPACE_FILE, WorkspaceFile

MANIFESTS = ("package.json", "package.json5", "package.yaml")
_IGNORED = ("node_modules", "bower_components")
_PACKAGES_OPTIONAL = Version("10.5.0")
# A link that leads into a directory that holds links again; a person nests two.
_MAX_NESTED_LINKS = 5


@dataclass(frozen=True, slots=True)
class FoundDirectories:
    """The directories that hold a manifest, sorted (`.` is the root), and what is odd about the patterns."""

    directories: tuple[str, ...]
    findings: tuple[Finding, ...]


def find_directories(tree: SourceTree, workspace_file: WorkspaceFile, version: Version | None) -> FoundDirectories:
    """The root and every directory that the patterns of pnpm-workspace.yaml match.

    Raises FormatError: SB-2010 where `packages` is missing and this pnpm wants it, SB-2011 for a pattern that is not read.
    """
    positive, negative, findings = _sorted_out(_effective_patterns(workspace_file, version))
    candidates = sorted({posixpath.dirname(path) or "." for path in _manifest_paths(tree)})
    found = tuple(
        directory
        for directory in candidates
        if directory == "."
        or (
            not set(_IGNORED) & set(directory.split("/"))
            and any(_matches(pattern, directory, dot=False) for pattern in positive)
            and not any(_matches(pattern, directory, dot=True) for pattern in negative)
        )
    )
    return FoundDirectories(found, findings)


def _effective_patterns(workspace_file: WorkspaceFile, version: Version | None) -> tuple[tuple[str, int], ...]:
    """Each pattern with its line."""
    if workspace_file.patterns is not None:
        return workspace_file.patterns
    if version is None or version >= _PACKAGES_OPTIONAL or not workspace_file.exists:
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


def _sorted_out(patterns: Sequence[tuple[str, int]]) -> tuple[list[str], list[str], tuple[Finding, ...]]:
    """Positive and negative patterns in the form they are matched in: with `/package.json`, without `./`."""
    positive: list[str] = []
    negative: list[str] = []
    findings: list[Finding] = []
    for pattern, line in patterns:
        place = f"{WORKSPACE_FILE}:{line}"
        negated = pattern.startswith("!") and not pattern.startswith("!(")
        body = pattern.removeprefix("!") if negated else pattern
        normal = posixpath.normpath(body.rstrip("/") or "/")
        if normal.startswith(("/", "../")) or normal == "..":
            findings.append(_nothing(place, pattern))
            continue
        try:
            check_glob(normal)
        except FormatError as error:
            raise error.within(place) from error
        (negative if negated else positive).append("package.json" if normal == "." else f"{normal}/package.json")
    return positive, negative, tuple(findings)


def _nothing(place: str, pattern: str) -> Finding:
    return Finding(
        rule="pattern-outside",
        severity=Severity.WARNING,
        place=place,
        message=f"the pattern {pattern!r} leads out of the repository and matches no member",
        remedy="write patterns relative to the workspace root, such as packages/*",
    )


def _matches(pattern: str, directory: str, *, dot: bool) -> bool:
    return glob_matches(pattern, f"{directory}/package.json", dot=dot)


def _manifest_paths(tree: SourceTree) -> Iterator[str]:
    """The path of each manifest, those behind links to directories included."""
    files = [path for path in tree.files() if path.rpartition("/")[2] in MANIFESTS]
    yield from files
    links = {link: to for link, to in tree.directory_links().items() if not _is_inside(link, to)}
    if links:
        yield from _behind_links(files, links)


def _behind_links(files: Sequence[str], links: Mapping[str, str]) -> Iterator[str]:
    seen = dict(links)
    fresh = dict(links)
    for _ in range(_MAX_NESTED_LINKS):
        for link, to in fresh.items():
            yield from (
                f"{link}{path[len(to) :]}" if to else f"{link}/{path}" for path in files if _is_inside(path, to)
            )
        fresh = {
            f"{outer}{inner[len(to) :]}": target
            for outer, to in fresh.items()
            for inner, target in links.items()
            if _is_inside(inner, to) and not _is_inside(outer, target)
        }
        fresh = {link: to for link, to in fresh.items() if link not in seen}
        seen.update(fresh)


def _is_inside(path: str, directory: str) -> bool:
    return not directory or path.startswith(f"{directory}/")
