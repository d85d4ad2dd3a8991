"""The files of a package as npm-packlist 10 lists them (pnpm 11): a walk under ignore rules that `files` is turned into.

Source: npm-packlist 10.0.4 on ignore-walk 8.0.0, and pnpm's packlist (fs/packlist, v11.22.0), which builds the tree of
bundled dependencies.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.core.bundled import bundle_names, dependency_names, manifest_at
from samebytes.core.file_view import FileView, joined
from samebytes.core.files_field import files_field
from samebytes.core.ignore_rules import Rules, compiled, lines_of, verdict
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.tree_entry import Entry, EntryKind

_DEFAULTS = (
    ".npmignore",
    ".gitignore",
    "**/.git",
    "**/.svn",
    "**/.hg",
    "**/CVS",
    "**/.git/**",
    "**/.svn/**",
    "**/.hg/**",
    "**/CVS/**",
    "/.lock-wscript",
    "/.wafpickle-*",
    "/build/config.gypi",
    "npm-debug.log",
    "**/.npmrc",
    ".*.swp",
    ".DS_Store",
    "**/.DS_Store/**",
    "._*",
    "**/._*/**",
    "*.orig",
    "/archived-packages/**",
)
_STRICT_START = (
    "/.git",
    "!/package.json",
    "!/readme{,.*[^~$]}",
    "!/copying{,.*[^~$]}",
    "!/license{,.*[^~$]}",
    "!/licence{,.*[^~$]}",
    "/.git",
    "/node_modules",
    ".npmrc",
    "/package-lock.json",
    "/yarn.lock",
    "/pnpm-lock.yaml",
    "/bun.lockb",
)


@dataclass(frozen=True, slots=True)
class _Level:
    """The rules of one directory on the way down; `exact` is whether they may include what rules above excluded."""

    rules: Rules
    exact: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """A directory to be walked: its path, the levels above it, and the names in it that `files` asks for by name."""

    path: str
    above: tuple[_Level, ...]
    exact: bool
    required: tuple[str, ...]


def list_walked(view: FileView, manifest: JsonObject, outer_rules: tuple[str, ...]) -> set[str]:
    """The stored paths of all files; `outer_rules` are the ignore rules of the directories above the member.

    Raises ConfigError (SB-4522) where `files` is not a list of strings.
    """
    found = _package(view, "", manifest, outer_rules, is_root=True)
    seen = {""}
    pending = [(name, "") for name in reversed(bundle_names(manifest))]
    while pending:
        name, start = pending.pop()
        directory = _dependency(view, name, start)
        if directory is None or directory in seen:
            continue
        seen.add(directory)
        bundled = manifest_at(view, directory) or {}
        found |= _package(view, directory, bundled, (), is_root=False)
        pending += [(inner, directory) for inner in reversed(dependency_names(bundled))]
    return found


def _dependency(view: FileView, name: str, start: str) -> str | None:
    """Where Node finds a dependency: in node_modules beside the package or further up, the packed directory at most."""
    directory = start
    while True:
        candidate = joined(directory, f"node_modules/{name}")
        if view.target_kind(joined(candidate, "package.json")) is EntryKind.FILE:
            return candidate
        if not directory:
            return None
        directory = posixpath.dirname(directory)


def _package(
    view: FileView, top: str, manifest: JsonObject, outer_rules: tuple[str, ...], *, is_root: bool
) -> set[str]:
    """The files of one package, without what it bundles."""
    from_files, strict, required = _manifest_rules(view, top, manifest)
    defaults = (*_DEFAULTS, *outer_rules) if is_root else ()
    own = () if from_files or not is_root else _ignore_lines(view, top, view.entries(top))
    rules = compiled(defaults) + compiled(from_files or own) + compiled(strict)
    found: set[str] = set()
    pending = [_Step(top, (), exact=True, required=required)]
    while pending:
        step = pending.pop()
        entries = view.entries(step.path)
        levels = (*step.above, _Level(rules if step.path == top else _inner_rules(view, step, entries), step.exact))
        for entry in entries.values():
            if "*" in entry.name:
                continue  # npm-packlist: a name that Windows cannot have
            path = joined(step.path, entry.name)
            local = path[len(top) + 1 :] if top else path
            if entry.kind is EntryKind.FILE:
                if _included(levels, local, slash=False, partial=False):
                    found.add(path)
            elif entry.kind is EntryKind.DIRECTORY and _included(levels, local, slash=True, partial=True):
                exact = any(_included(levels, local, slash=slash, partial=False) for slash in (False, True))
                inner = tuple(
                    posixpath.basename(name)
                    for name in step.required
                    if posixpath.dirname(posixpath.normpath(name)) == entry.name
                )
                pending.append(_Step(path, levels, exact, inner))
    return found


def _included(levels: tuple[_Level, ...], path: str, *, slash: bool, partial: bool) -> bool:
    """Whether the rules of all levels together include a path that is relative to the topmost one."""
    included = True
    deepest = len(levels) - 1
    for depth, level in enumerate(levels):
        if depth:
            path = path[path.find("/") + 1 :]
            if not included and not level.exact:
                continue
        included = verdict(level.rules, included, path, slash=slash, partial=partial, nested=depth < deepest)
    return included


def _inner_rules(view: FileView, step: _Step, entries: Mapping[str, Entry]) -> Rules:
    strict = ("/.git", *(f"!{name}" for name in step.required))
    return compiled(_DEFAULTS) + compiled(_ignore_lines(view, step.path, entries)) + compiled(strict)


def _ignore_lines(view: FileView, path: str, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """The rules of .npmignore, else of .gitignore."""
    for name in (".npmignore", ".gitignore"):
        data = view.read(joined(path, name)) if name in entries else None
        if data is not None:
            return lines_of(data)
    return ()


def _manifest_rules(
    view: FileView, top: str, manifest: JsonObject
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What package.json makes of rules: from `files` (empty without), the strict ones, and the files named outright."""
    ignores = ["*"]
    named: list[str] = []
    required: list[str] = []
    wanted = files_field(manifest)
    for text in wanted or ():
        pattern = text[1:] if text.startswith("./") else text
        pattern += "*" if pattern.endswith("/*") else ""
        kind = _named_kind(view, top, pattern.lstrip("!"))
        if kind is EntryKind.FILE:
            named.insert(0, f"!{pattern}")
            required.append(pattern.removeprefix("/"))
        elif kind is EntryKind.DIRECTORY:
            ignores += [f"!{pattern}", f"!{pattern}/**"]
        elif kind is None:
            ignores.append(f"!{pattern}")
    strict = (*named, *_STRICT_START, *(f"!/{path}" for path in _entry_points(manifest)))
    return (_single_lines(ignores) if wanted is not None else ()), _single_lines(strict), tuple(required)


def _named_kind(view: FileView, top: str, path: str) -> EntryKind | None:
    """What lstat says; a slash behind the path makes it follow a link, and fail on a file."""
    whole = posixpath.normpath(joined(top, path.lstrip("/")))
    if whole.startswith("../"):
        return None
    whole = "" if whole == "." else whole
    if not path.endswith("/"):
        return view.kind(whole)
    return EntryKind.DIRECTORY if view.target_kind(whole) is EntryKind.DIRECTORY else None


def _entry_points(manifest: JsonObject) -> list[str]:
    """`browser`, `main` and the targets of `bin`, without a leading `./` (pnpm's normalizePackage)."""
    targets = manifest.get("bin")
    paths: list[JsonValue] = [manifest.get("browser"), manifest.get("main")]
    paths += targets.values() if isinstance(targets, Mapping) else [targets]
    return [path.removeprefix("./") for path in paths if isinstance(path, str) and path]


def _single_lines(rules: Sequence[str]) -> tuple[str, ...]:
    """Rules as npm-packlist hands them on: joined and read like an ignore file."""
    return lines_of("\n".join(rules).encode("utf-8", "surrogateescape"))
