"""The packages in the top node_modules that are bundled, as npm-bundled 2 finds them (pnpm 9 and 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samebytes.core.bundled import dependency_names, manifest_at
from samebytes.core.file_view import FileView, joined
from samebytes.model.json_value import JsonObject


@dataclass(slots=True)
class _Package:
    """A package on the way down; its dependencies are looked up in its own node_modules first, then in those above."""

    path: str
    parent: _Package | None
    modules: frozenset[str]
    seen: set[str] = field(default_factory=set)


def bundled_at_top(view: FileView, manifest: JsonObject) -> tuple[str, ...]:
    """The names of the packages in the top node_modules that are bundled, those of bundled packages included."""
    wanted = _bundled(manifest)
    if not wanted:
        return ()
    top = _Package("", None, _modules(view, ""))
    found: dict[str, None] = {}
    pending = [(top, name) for name in wanted]
    while pending:
        package, name = pending.pop(0)
        owner: _Package | None = package
        while owner is not None and name not in owner.modules:
            owner = owner.parent
        if owner is None or name in owner.seen:
            continue
        owner.seen.add(name)
        if owner is top:
            found[name] = None
        path = joined(owner.path, f"node_modules/{name}")
        inner = _Package(path, owner, _modules(view, path))
        pending += [(inner, dependency) for dependency in dependency_names(manifest_at(view, path) or {})]
    return tuple(found)


def _bundled(manifest: JsonObject) -> tuple[str, ...]:
    raw = manifest.get("bundleDependencies") or manifest.get("bundledDependencies")
    if raw is True:
        return dependency_names(manifest)
    if isinstance(raw, Mapping):
        return tuple(raw)
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return tuple(dict.fromkeys(name for name in raw if isinstance(name, str)))
    return ()


def _modules(view: FileView, path: str) -> frozenset[str]:
    """The package names in a node_modules folder, scoped ones as `@scope/name`."""
    modules = joined(path, "node_modules")
    names: set[str] = set()
    for name in view.entries(modules):
        scoped = view.entries(joined(modules, name)) if name.startswith("@") else {}
        names |= {f"{name}/{inner}" for inner in scoped} or {name}
    return frozenset(names)
