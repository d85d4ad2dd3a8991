"""Which tools a repository declares, and where: package manager and Node.

Order of precedence, first found wins (docs/explanation/workspaces.md):
package manager: `packageManager`, then `devEngines.packageManager`; Node: the workspace's own setting, `devEngines.runtime`,
`.node-version`, `.nvmrc`, `engines.runtime`, `engines.node`.
"""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.core.tool_pins import read_package_manager
from samebytes.errors import FormatError
from samebytes.formats.package_json import MANIFEST
from samebytes.model.json_value import JsonObject
from samebytes.model.workspace import ToolPin
from samebytes.package_managers.base import SourceTree
from samebytes.package_managers.manifest_fields import object_field, objects_field, text_field


def package_manager_pins(root: JsonObject) -> tuple[ToolPin, ...]:
    """What the root package.json declares, in order of precedence; a range of `devEngines` stays a range.

    Raises FormatError (SB-2017) for a declaration that cannot be read.
    """
    pins: list[ToolPin] = []
    declared = text_field(root, "packageManager", MANIFEST)
    if declared:
        pins.append(read_package_manager(declared, f"{MANIFEST}: packageManager"))
    for engine in objects_field(_dev_engines(root), "packageManager", f"{MANIFEST}: devEngines"):
        place = f"{MANIFEST}: devEngines.packageManager"
        name, version = text_field(engine, "name", place), text_field(engine, "version", place)
        if not name:
            raise FormatError("SB-2017", "has no name", place=place, hint='write {"name": "pnpm", "version": "9.12.0"}')
        pins.append(read_package_manager(f"{name}@{version or '*'}", place, exact=False))
    return tuple(pins)


def node_pins(root: JsonObject, tree: SourceTree, settings: Sequence[ToolPin]) -> tuple[ToolPin, ...]:
    """What the repository declares about Node, in order of precedence; `settings` are the package manager's own.

    Raises FormatError (SB-2013, SB-2017).
    """
    pins = list(settings)
    pins += _runtimes(_dev_engines(root), "devEngines")
    for name in (".node-version", ".nvmrc"):
        version = _version_file(tree, name)
        if version:
            pins.append(_node(version, name))
    engines = object_field(root, "engines", MANIFEST)
    pins += _runtimes(engines, "engines")
    declared = text_field(engines, "node", f"{MANIFEST}: engines")
    if declared:
        pins.append(_node(declared, f"{MANIFEST}: engines.node"))
    return tuple(pins)


def _dev_engines(root: JsonObject) -> JsonObject:
    return object_field(root, "devEngines", MANIFEST)


def _node(version: str, source: str) -> ToolPin:
    return ToolPin(name="node", version=version.removeprefix("v"), digest=None, source=source)


def _runtimes(engines: JsonObject, field: str) -> list[ToolPin]:
    place = f"{MANIFEST}: {field}"
    return [
        _node(text_field(runtime, "version", f"{place}.runtime"), f"{place}.runtime")
        for runtime in objects_field(engines, "runtime", place)
        if runtime.get("name") == "node" and runtime.get("version")
    ]


def _version_file(tree: SourceTree, name: str) -> str:
    """The version in `.nvmrc` or `.node-version`: the first line that is no comment."""
    data = tree.read(name)
    if data is None:
        return ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("SB-2017", "not UTF-8", place=name, hint="write a version such as 20.11.0") from error
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return next((line for line in lines if line), "").removeprefix("node/").removeprefix("node@")
