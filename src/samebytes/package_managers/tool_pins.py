"""Which tools a repository declares: package manager and Node, where, and where the declarations contradict.

Order of precedence, first found wins (docs/explanation/workspaces.md):
package manager: `packageManager`, then `devEngines.packageManager`; Node: the workspace's own setting, `devEngines.runtime`,
`.node-version`, `.nvmrc`, `engines.runtime`, `engines.node`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from samebytes.core.ranges import in_range, is_range
from samebytes.errors import FormatError
from samebytes.model.digests import Digest, from_hex
from samebytes.model.finding import Finding, Severity
from samebytes.model.json_value import JsonObject
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin
from samebytes.package_managers.base import SourceTree
from samebytes.package_managers.manifest_fields import object_field, objects_field, text_field

_MANIFEST = "package.json"
_PACKAGE_MANAGER = re.compile(
    r"(?P<name>[a-z]+)@(?P<version>[^+]+)(?:\+(?P<algorithm>[a-z0-9]+)\.(?P<hex>.*))?", re.DOTALL
)
_HINT_PIN = "write it as pnpm@9.12.0 or pnpm@9.12.0+sha512.<hex>, as corepack use does"


def package_manager_pins(root: JsonObject) -> tuple[ToolPin, ...]:
    """What the root package.json declares, in order of precedence; a range of `devEngines` stays a range.

    Raises FormatError (SB-2017) for a declaration that cannot be read.
    """
    pins: list[ToolPin] = []
    declared = text_field(root, "packageManager", _MANIFEST)
    if declared:
        pins.append(_read_package_manager(declared, f"{_MANIFEST}: packageManager"))
    for engine in objects_field(_dev_engines(root), "packageManager", f"{_MANIFEST}: devEngines"):
        place = f"{_MANIFEST}: devEngines.packageManager"
        name, version = text_field(engine, "name", place), text_field(engine, "version", place)
        if not name:
            raise FormatError("SB-2017", "has no name", place=place, hint='write {"name": "pnpm", "version": "9.12.0"}')
        pins.append(_read_package_manager(f"{name}@{version or '*'}", place, exact=False))
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
    engines = object_field(root, "engines", _MANIFEST)
    pins += _runtimes(engines, "engines")
    declared = text_field(engines, "node", f"{_MANIFEST}: engines")
    if declared:
        pins.append(_node(declared, f"{_MANIFEST}: engines.node"))
    return tuple(pins)


def contradictions(pins: Sequence[ToolPin], tool: str) -> tuple[Finding, ...]:
    """A finding for each declaration that the winning one does not satisfy."""
    if not pins:
        return ()
    first = pins[0]
    return tuple(
        Finding(
            rule="contradicting-pins",
            severity=Severity.WARNING,
            place=other.source,
            message=f"declares {tool} {_shown(other)}, but {first.source} declares {_shown(first)}, which is used",
            remedy="let both say the same, or remove one",
        )
        for other in pins[1:]
        if not _agree(first, other)
    )


def exact_version(text: str) -> Version | None:
    """The version where the text is exactly one, `v20.1.0` included; None for ranges, names and anything else."""
    try:
        return Version(text.strip().removeprefix("v"))
    except FormatError:
        return None


def _agree(first: ToolPin, other: ToolPin) -> bool:
    if first.name != other.name:
        return False
    if first.digest is not None and other.digest is not None and first.digest != other.digest:
        return False
    if first.version == other.version:
        return True
    one, two = exact_version(first.version), exact_version(other.version)
    if one is not None and two is not None:
        return one == two
    if one is not None:
        # What is no range (`lts/*`, `latest`) cannot be judged without asking someone.
        return in_range(one, other.version) or not is_range(other.version)
    return two is None or in_range(two, first.version) or not is_range(first.version)


def _shown(pin: ToolPin) -> str:
    return f"{pin.name}@{pin.version}" + (f" with {pin.digest.algorithm}" if pin.digest else "")


def _dev_engines(root: JsonObject) -> JsonObject:
    return object_field(root, "devEngines", _MANIFEST)


def _read_package_manager(declared: str, place: str, *, exact: bool = True) -> ToolPin:
    match = _PACKAGE_MANAGER.fullmatch(declared)
    if match is None:
        raise FormatError("SB-2017", f"{declared!r} names no package manager and version", place=place, hint=_HINT_PIN)
    version = match["version"]
    if exact and exact_version(version) is None:
        raise FormatError("SB-2017", f"{version!r} is not an exact version", place=place, hint=_HINT_PIN)
    if not exact and not is_range(version):
        raise FormatError("SB-2017", f"{version!r} is not a version or range", place=place, hint=_HINT_PIN)
    return ToolPin(name=match["name"], version=version, digest=_digest(match, place), source=place)


def _digest(match: re.Match[str], place: str) -> Digest | None:
    if match["algorithm"] is None:
        return None
    try:
        return from_hex(match["algorithm"], match["hex"])
    except FormatError as error:
        raise FormatError(
            "SB-2017", f"the hash cannot be read: {error.problem}", place=place, hint=_HINT_PIN
        ) from error


def _node(version: str, source: str) -> ToolPin:
    return ToolPin(name="node", version=version.removeprefix("v"), digest=None, source=source)


def _runtimes(engines: JsonObject, field: str) -> list[ToolPin]:
    place = f"{_MANIFEST}: {field}"
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
