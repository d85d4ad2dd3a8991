"""The files of a package as npm-packlist 10 lists them (pnpm 11): a walk under ignore rules that `files` is turned into.

Source: npm-packlist 10.0.4 on ignore-walk 8.0.0, and pnpm's packlist (fs/packlist of v11.22.0; of 11.28.10 for links, which
it packs as links and we as what they stand for).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.core.file_view import FileView, joined
from samebytes.core.files_field import files_field
from samebytes.core.ignore_rules import Rules, compiled, lines_of, verdict
from samebytes.core.never_listed import NEVER_LISTED
from samebytes.dialects.profiles import Links, WalkRules
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.tree_entry import Entry, EntryKind

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


_SPECIAL = re.compile(r"[\\*?\[\](){}!+@|,#]")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What package.json makes of rules: from `files` (empty without), the strict ones, and the files named outright."""

    from_files: tuple[str, ...]
    strict: tuple[str, ...]
    required: tuple[str, ...]


def list_walked(view: FileView, manifest: JsonObject, outer_rules: tuple[str, ...], walk: WalkRules) -> dict[str, str]:
    """The files of a package without what it bundles: stored path to the path in the repository.

    `outer_rules` are the ignore rules of the directories above the member. Raises ConfigError (SB-4522) where `files` is
    not a list of strings.
    """
    return _walked(view, manifest, (*NEVER_LISTED, *outer_rules), walk, own_rules=True)


def list_bundled(view: FileView, manifest: JsonObject, walk: WalkRules) -> dict[str, str]:
    """The files of a package that is bundled: `files` counts, its ignore files at the top only where the tool says so."""
    obeys = walk.bundled_ignore_files
    return _walked(view, manifest, NEVER_LISTED if obeys else (), walk, own_rules=obeys)


def _walked(
    view: FileView, manifest: JsonObject, defaults: tuple[str, ...], walk: WalkRules, *, own_rules: bool
) -> dict[str, str]:
    named = _manifest_rules(view, manifest, walk)
    own = _ignore_lines(view, "", view.entries("")) if own_rules and not named.from_files else ()
    rules = _rules(defaults, named.from_files or own, named.strict)
    packed: dict[EntryKind, list[str]] = {EntryKind.FILE: []}
    if walk.links is Links.COPIED:
        packed[EntryKind.SYMLINK] = []
    pending = [_Step("", (), exact=True, required=named.required)]
    while pending:
        step = pending.pop()
        entries = view.entries(step.path)
        levels = (*step.above, _Level(_inner_rules(view, step, entries) if step.path else rules, step.exact))
        for entry in entries.values():
            if entry.name in walk.never or ("*" in entry.name and not walk.star_names):
                continue  # npm-packlist: a name with a star is one that Windows cannot have
            path = joined(step.path, entry.name)
            if entry.kind is EntryKind.DIRECTORY:
                if _included(levels, path, slash=True, partial=True):
                    pending.append(_step_into(step, entry.name, levels, walk))
            elif entry.kind in packed and _included(levels, path, slash=False, partial=False):
                packed[entry.kind].append(path)
    found = {path: real for path in packed[EntryKind.FILE] if (real := view.real(path)) is not None}
    return found | _copies(view, packed.get(EntryKind.SYMLINK, []), found)


def _step_into(step: _Step, name: str, levels: tuple[_Level, ...], walk: WalkRules) -> _Step:
    path = joined(step.path, name)
    exact = any(_included(levels, path, slash=slash, partial=False) for slash in (False, True))
    wanted = (posixpath.normpath(one) for one in step.required)
    below = (one[len(name) + 1 :] for one in wanted if one.startswith(f"{name}/"))
    return _Step(path, levels, exact, tuple(one for one in below if walk.deep_names or "/" not in one))


def _copies(view: FileView, linked: list[str], found: Mapping[str, str]) -> dict[str, str]:
    """What links stand for, where that is packed too: the file, or each packed file of the directory."""
    copies: dict[str, str] = {}
    stored = {real: path for path, real in found.items()}
    for link in linked:
        real = view.real(link)
        if real in stored:
            copies[link] = found[stored[real]]
        elif real is not None and not f"{view.top}/{link}".startswith(f"{real}/") and real not in {view.top, "."}:
            inside = ((link + one[len(real) :], one) for one in stored if one.startswith(f"{real}/"))
            copies.update(inside)
    return copies


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
    return _rules(NEVER_LISTED, _ignore_lines(view, step.path, entries), strict)


def _rules(*lists: tuple[str, ...]) -> Rules:
    return tuple(run for lines in lists for run in compiled(lines, empty_parts=True))


def _ignore_lines(view: FileView, path: str, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """The rules of .npmignore, else of .gitignore."""
    for name in (".npmignore", ".gitignore"):
        data = view.read(joined(path, name)) if name in entries else None
        if data is not None:
            return lines_of(data)
    return ()


def _manifest_rules(view: FileView, manifest: JsonObject, walk: WalkRules) -> _Named:
    ignores = ["*"]
    named: list[str] = []
    linked: list[str] = []
    required: list[str] = []
    wanted = files_field(manifest)
    for text in wanted or ():
        pattern = text[1:] if text.startswith("./") else text
        pattern += "*" if pattern.endswith("/*") else ""
        kind = _named_kind(view, pattern.lstrip("!"))
        if kind is EntryKind.FILE:
            named.insert(0, f"!{pattern}")
            required.append(pattern.removeprefix("/"))
        elif kind is EntryKind.SYMLINK and walk.links is Links.COPIED and not pattern.startswith("!"):
            linked.append(f"!{pattern}")
            required.append(pattern.removeprefix("/"))
        elif kind is EntryKind.DIRECTORY:
            ignores += [f"!{pattern}", f"!{pattern}/**"]
        elif kind is None:
            ignores.append(f"!{pattern}")
    if walk.excluded_names_win:
        named.sort(key=_excludes)
        excluded = {rule.lstrip("!").removeprefix("/") for rule in named if _excludes(rule)}
        required = [name for name in required if name not in excluded]
    entry_points = (f"!/{_entry_point(path, walk)}" for path in _entry_points(manifest))
    return _Named(
        from_files=_single_lines(ignores) if wanted is not None else (),
        strict=_single_lines((*linked, *named, *_STRICT_START, *entry_points)),
        required=tuple(required),
    )


def _excludes(rule: str) -> bool:
    return (len(rule) - len(rule.lstrip("!"))) % 2 == 0


def _entry_point(path: str, walk: WalkRules) -> str:
    """A path as a pattern; one that matches nothing else where the tool takes it so."""
    return _SPECIAL.sub(r"\\\g<0>", path) if walk.literal_entry_points else path


def _named_kind(view: FileView, path: str) -> EntryKind | None:
    """What lstat says; a slash behind the path makes it follow a link, and fail on a file."""
    whole = posixpath.normpath(path.lstrip("/") or ".")
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
