"""The files of a package as npm-packlist 5 lists them (pnpm 9 and 10): what the globs of `files` find, then a walk.

Source: npm-packlist 5.1.3 on ignore-walk 5.0.1, npm-bundled 2.0.1 and glob 8. With `files`, the names that the globs found
take the place of the top directory's listing; a directory among them is walked as a whole, under the ignore files inside it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from samebytes.core.bundled import manifest_at
from samebytes.core.bundled_top import bundled_at_top
from samebytes.core.file_view import FileView, joined
from samebytes.core.files_field import files_field
from samebytes.core.glob_files import glob_files
from samebytes.core.ignore_rules import Rules, compiled, lines_of, verdict
from samebytes.core.never_listed import NEVER_LISTED
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.tree_entry import EntryKind

_DEFAULTS = (*NEVER_LISTED, "/package-lock.json", "/yarn.lock", "/pnpm-lock.yaml")
_ALWAYS = "@(readme|copying|license|licence){,.*[^~$]}"
_IS_ALWAYS = re.compile(r"(?:readme|copying|license|licence)(?:\..*[^~$])?", re.IGNORECASE)
# Links are followed in node_modules folders of the top level only: what is bundled is bundled with its contents.
_FOLLOWED = re.compile(r"(?:/node_modules/(?:@[^/]+/[^/]+|[^/]+)/)*/node_modules(?:/@[^/]+)?")
_IN_MODULES = re.compile(r"node_modules(?:$|/)", re.IGNORECASE)
_LEADING = re.compile(r"^\.?/+")


@dataclass(slots=True, kw_only=True)
class _Directory:
    """A directory that is being walked; a project reads its package.json, any other only its ignore files."""

    path: str
    parent: _Directory | None
    project: bool
    bundled: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    rules: Rules = ()
    names: tuple[str, ...] = ()
    reals: frozenset[str] = field(default_factory=frozenset)

    @property
    def follows(self) -> bool:
        """Whether links in it are followed."""
        return _FOLLOWED.fullmatch("/" + self.path) is not None if self.path else False


def list_globbed(view: FileView, manifest: JsonObject) -> set[str]:
    """The stored paths of all files. Raises ConfigError (SB-4522) where `files` is a list of other things than strings."""
    bundled = bundled_at_top(view, manifest)
    top = _Directory(
        path="",
        parent=None,
        project=True,
        bundled=frozenset(bundled),
        scopes=frozenset(name.split("/")[0] for name in bundled if name.startswith("@")),
    )
    _prepare(view, top, manifest)
    found: set[str] = set()
    pending = [top]
    while pending:
        directory = pending.pop()
        for name in directory.names:
            _take(view, directory, name, found, pending)
    return found


def _take(view: FileView, directory: _Directory, name: str, found: set[str], pending: list[_Directory]) -> None:
    """Put one name into the result, or its directory on the way, or leave it out."""
    if "*" in name:
        return  # npm-packlist: a name that Windows cannot have
    path = joined(directory.path, name)
    kind = view.kind(_normal(path))
    is_link = kind is EntryKind.SYMLINK
    if is_link and directory.follows:
        kind = view.target_kind(_normal(path))
    if kind is EntryKind.DIRECTORY and _included(directory, name, partial=True):
        real = view.real(_normal(path)) or ""
        if real in directory.reals:
            return  # a link in a circle
        inner = _Directory(
            path=path,
            parent=directory,
            project=is_link and directory.follows,
            reals=directory.reals | {real},
        )
        _prepare(view, inner, manifest_at(view, path) if inner.project else None)
        pending.append(inner)
    elif kind is EntryKind.FILE and _included(directory, name, partial=False):
        found.add(path.removeprefix("./"))


def _prepare(view: FileView, directory: _Directory, manifest: JsonObject | None) -> None:
    """Decide which names of a directory are looked at, and by which rules."""
    names = tuple(view.entries(_normal(directory.path)))
    from_manifest: tuple[str, ...] = ()
    necessary: tuple[str, ...] = ()
    if directory.project:
        names = tuple(name for name in names if name != ".git" and (name != "node_modules" or directory.bundled))
        if manifest is not None and "package.json" in names:
            patterns = files_field(manifest) if isinstance(manifest.get("files"), (list, tuple)) else None
            if patterns is None:
                necessary = tuple(f"!{rule}" for rule in _must_haves(manifest))
            else:
                names, from_manifest = _globbed(view, directory, manifest, patterns, names)
                if "package.json" not in names:
                    from_manifest = ()
    directory.names = names
    own = _ignore_lines(view, directory.path, names)
    defaults = _DEFAULTS if directory.project else ()
    directory.rules = (
        compiled(defaults) + compiled(_single_lines(from_manifest)) + compiled(own) + compiled(_single_lines(necessary))
    )


def _ignore_lines(view: FileView, path: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The rules of .npmignore, else of .gitignore, where they are among the names."""
    for name in (".npmignore", ".gitignore"):
        data = view.read(joined(path, name)) if name in names else None
        if data is not None:
            return lines_of(data)
    return ()


def _globbed(
    view: FileView, directory: _Directory, manifest: JsonObject, patterns: tuple[str, ...], names: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the globs of `files` find in place of the directory's names, and the rules that they turn into."""
    wanted = [*patterns, *_must_haves(manifest)]
    if (manifest.get("bundleDependencies") or manifest.get("bundledDependencies")) and "node_modules" in names:
        wanted.append("node_modules")
    listed: dict[str, None] = {}
    negated: dict[str, None] = {}
    for text in dict.fromkeys(wanted):
        pattern = text.lstrip("!")
        drops = (len(text) - len(pattern)) % 2 == 1
        into, out_of = (negated, listed) if drops else (listed, negated)
        for path in glob_files(view, _LEADING.sub("", pattern).replace("\\", "/"), directory.path):
            bare = path.rstrip("/")
            out_of.pop(bare, None)
            into[bare] = None
    rules = (*(f"!{path}" for path in listed), *(f"!!{path}" for path in negated))
    return tuple(dict.fromkeys(path.lstrip("/") for path in listed)), rules


def _must_haves(manifest: JsonObject) -> list[str]:
    """What is packed whatever `files` says (mustHaveFilesFromPackage)."""
    paths: list[JsonValue] = [manifest.get("browser"), manifest.get("main"), *_bins(manifest)]
    return [
        *(f"/{path}" for path in paths if isinstance(path, str) and path),
        "/package.json",
        "/npm-shrinkwrap.json",
        "!/package-lock.json",
        _ALWAYS,
    ]


def _bins(manifest: JsonObject) -> list[str]:
    """The targets of `bin`, as npm-normalize-package-bin 2 cleans them."""
    targets = manifest.get("bin")
    if isinstance(targets, str):
        values: list[JsonValue] = [targets] if manifest.get("name") else []
    elif isinstance(targets, Mapping):
        values = [value for key, value in targets.items() if posixpath.basename(re.sub(r"[\\:]", "/", key).rstrip("/"))]
    else:
        values = list(targets) if isinstance(targets, (list, tuple)) else []
    cleaned = [posixpath.normpath("/" + value).lstrip("/") for value in values if isinstance(value, str)]
    return [path for path in cleaned if path]


def _included(directory: _Directory, entry: str, *, partial: bool) -> bool:
    """Whether an entry, a path relative to the directory, is included; `partial` is the question for a directory."""
    included = True
    if directory.project:
        settled = _settled_in_project(directory, entry)
        if settled is not None:
            return settled
    elif _IS_ALWAYS.fullmatch(entry) and not _IN_MODULES.match(directory.path):
        return True
    if directory.parent is not None:
        included = _included(directory.parent, f"{posixpath.basename(directory.path)}/{entry}", partial=partial)
    if _IN_MODULES.match(directory.path) and not directory.project:
        return included
    return verdict(directory.rules, included, entry, slash=partial, partial=partial, nested=False)


def _settled_in_project(directory: _Directory, entry: str) -> bool | None:
    """What a project decides before any rule; None where the rules decide."""
    package = _package_of(entry)
    if package:
        return package in directory.bundled or package in directory.scopes
    if entry in {"node_modules", "package.json"}:
        return entry == "package.json" or bool(directory.bundled)
    if _IS_ALWAYS.fullmatch(entry):
        return True
    return {"npm-shrinkwrap.json": True, "package-lock.json": False}.get(entry)


def _package_of(entry: str) -> str:
    """The package that a path in node_modules belongs to; empty for anything else."""
    if not entry.startswith("node_modules/"):
        return ""
    first, *rest = entry.removeprefix("node_modules/").split("/", 2)
    if first.startswith("@"):
        return f"{first}/{rest[0]}" if rest else ""
    return first


def _single_lines(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Rules as npm-packlist hands them on: joined and read like an ignore file."""
    return lines_of("\n".join(rules).encode("utf-8", "surrogateescape"))


def _normal(path: str) -> str:
    """A path as the file view takes it: `files` may name `./lib` or `.`."""
    path = posixpath.normpath(path)
    return "" if path == "." else path
