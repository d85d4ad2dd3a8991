"""Which dependencies a package bundles, and the manifests of bundled packages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from samebytes.core.file_view import FileView, joined
from samebytes.model.json_value import JsonObject, JsonValue


def bundle_names(manifest: JsonObject) -> tuple[str, ...]:
    """The names under `bundleDependencies`, else `bundledDependencies`; `true` means all runtime dependencies."""
    bundle = manifest.get("bundleDependencies")
    bundle = manifest.get("bundledDependencies") if bundle is None else bundle
    if bundle is True:
        return _keys(manifest.get("dependencies"))
    if isinstance(bundle, Sequence) and not isinstance(bundle, str):
        return tuple(name for name in bundle if isinstance(name, str))
    return ()


def dependency_names(manifest: JsonObject) -> tuple[str, ...]:
    """What a bundled package brings along: its runtime and optional dependencies."""
    return _keys(manifest.get("dependencies")) + _keys(manifest.get("optionalDependencies"))


def manifest_at(view: FileView, directory: str) -> JsonObject | None:
    """The package.json of a bundled package; None where there is none that can be read."""
    data = view.read(joined(directory, "package.json"))
    try:
        found: object = json.loads(data) if data is not None else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _keys(names: JsonValue) -> tuple[str, ...]:
    return tuple(names) if isinstance(names, Mapping) else ()
