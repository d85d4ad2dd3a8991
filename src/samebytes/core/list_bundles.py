"""The files of the packages that a member bundles (pnpm 11 and newer), stored below `node_modules/`."""

from __future__ import annotations

import posixpath
from collections import deque
from dataclasses import dataclass

from samebytes.core.bundled import bundle_names, dependency_names, manifest_at
from samebytes.core.file_view import FileView, joined
from samebytes.core.list_walked import list_bundled
from samebytes.dialects.profiles import Bundles, WalkRules
from samebytes.model.json_value import JsonObject
from samebytes.model.tree_entry import EntryKind

# pnpm's own limit, against trees that find something new at every step.
_MAX_DEPTH = 32


def list_bundles(view: FileView, manifest: JsonObject, walk: WalkRules) -> dict[str, str]:
    """Stored path to repository path of every file that is bundled, the dependencies of bundled packages included."""
    names = bundle_names(manifest)
    if not names:
        return {}
    return _as_found(view, names, walk) if walk.bundles is Bundles.AS_FOUND else _placed(view, manifest, names, walk)


def _as_found(view: FileView, names: tuple[str, ...], walk: WalkRules) -> dict[str, str]:
    """Packages are looked for from the one that needs them up to the member, and stored where they were found."""
    found: dict[str, str] = {}
    seen = {""}
    pending = [(name, "") for name in reversed(names)]
    while pending:
        name, start = pending.pop()
        path = _above(view, name, start)
        real = view.real(path) if path is not None else None
        if path is None or real is None or path in seen:
            continue
        seen.add(path)
        inner = view.below(real)
        bundled = manifest_at(inner, "") or {}
        found |= {f"{path}/{file}": at for file, at in list_bundled(inner, bundled, walk).items()}
        pending += [(dependency, path) for dependency in reversed(dependency_names(bundled))]
    return found


def _above(view: FileView, name: str, start: str) -> str | None:
    directory = start
    while True:
        candidate = joined(directory, f"node_modules/{name}")
        if view.target_kind(f"{candidate}/package.json") is EntryKind.FILE:
            return candidate
        if not directory:
            return None
        directory = posixpath.dirname(directory)


@dataclass(frozen=True, slots=True)
class _Needed:
    """A package that has to be placed: its name, and where the package that needs it is packed and was found."""

    name: str
    packed: tuple[str, ...]
    real: str
    depth: int


def _placed(view: FileView, manifest: JsonObject, names: tuple[str, ...], walk: WalkRules) -> dict[str, str]:
    """Packages are found as Node finds them, in the whole repository, and placed as npm would install them.

    pnpm's buildRootTree and packedLocation (11.28.10): each is packed at its own place in the member's node_modules where it
    has one, else as far up as no other package of that name is in the way.
    """
    own_names = frozenset(dependency_names(manifest))
    slots: dict[tuple[str, ...], str] = {}
    contents: dict[str, dict[str, str]] = {}
    found: dict[str, str] = {}
    pending = deque(_Needed(name, (), view.top, 0) for name in names if _is_package_name(name))
    while pending:
        needed = pending.popleft()
        real = _found_by_node(view, needed.name, needed.real)
        if real is None or needed.depth > _MAX_DEPTH:
            continue
        place = _place(view, needed, real, slots, own_names)
        if place is None:
            continue
        slots[place] = real
        inner = view.below(real)
        bundled = manifest_at(inner, "") or {}
        if real not in contents:
            contents[real] = list_bundled(inner, bundled, walk)
        prefix = "/".join(f"node_modules/{name}" for name in place)
        found |= {f"{prefix}/{file}": at for file, at in contents[real].items()}
        pending.extend(
            _Needed(name, place, real, needed.depth + 1) for name in dependency_names(bundled) if _is_package_name(name)
        )
    return found


def _is_package_name(name: str) -> bool:
    scope, slash, base = name.rpartition("/")
    return (
        "\\" not in name and base not in {"", ".", ".."} and (not slash or (scope.startswith("@") and "/" not in scope))
    )


def _found_by_node(view: FileView, name: str, start: str) -> str | None:
    """The repository path of a package, from a directory on up to the repository's root."""
    directory = start
    while True:
        if posixpath.basename(directory) != "node_modules":
            candidate = f"node_modules/{name}" if directory == "." else f"{directory}/node_modules/{name}"
            whole = view.below(".")
            if whole.target_kind(f"{candidate}/package.json") is EntryKind.FILE:
                return whole.real(candidate)
        if directory == ".":
            return None
        directory = posixpath.dirname(directory) or "."


def _place(
    view: FileView, needed: _Needed, real: str, slots: dict[tuple[str, ...], str], own_names: frozenset[str]
) -> tuple[str, ...] | None:
    """Where a package is packed; None where it can be seen already, or nowhere."""
    free: list[tuple[str, ...]] = []
    for depth in range(len(needed.packed), -1, -1):
        slot = (*needed.packed[:depth], needed.name)
        occupant = slots.get(slot)
        if occupant == real:
            return None
        if occupant is not None:
            break
        free.append(slot)
    on_disk = _names_below(view.top, real)
    if on_disk in free:
        return on_disk
    if (not needed.packed or needed.name not in own_names) and (needed.name,) in free:
        return (needed.name,)
    return free[0] if free else None


def _names_below(top: str, real: str) -> tuple[str, ...] | None:
    """The package names on the way from the member down to a package in its node_modules; None for any other place."""
    inside = real.removeprefix(f"{top}/") if real.startswith(f"{top}/") else real if top == "." else ""
    parts = deque(inside.split("/"))
    names: list[str] = []
    while parts:
        if parts.popleft() != "node_modules" or not parts or parts[0].startswith("."):
            return None
        name = parts.popleft()
        if name.startswith("@"):
            if not parts:
                return None
            name = f"{name}/{parts.popleft()}"
        names.append(name)
    return tuple(names)
