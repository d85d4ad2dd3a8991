"""Which layer of two packages differs, which files, and where in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring

from samebytes.core.first_difference import first_difference
from samebytes.core.suspects import cause_of
from samebytes.errors import UsageError
from samebytes.formats.package_json import MANIFEST
from samebytes.model.change import Change, Layer, Side, SideFile
from samebytes.model.json_value import JsonNumber, JsonValue

ABSENT = "absent"


def explain(left: Sequence[Side], right: Sequence[Side]) -> tuple[Change, ...]:
    """Every difference between two sets of packages, by name and version; equal packages give none.

    Where each side has one version of a package, these two are compared even if the versions differ, so that two
    releases can be. Raises UsageError (SB-1015) when one side has the same package twice.
    """
    lefts, rights = _by_name(left), _by_name(right)
    changes: list[Change] = []
    for name in sorted(lefts.keys() | rights.keys()):
        ours, theirs = lefts.get(name, {}), rights.get(name, {})
        if len(ours) == len(theirs) == 1:
            changes += _one_pair(*ours.values(), *theirs.values())
            continue
        for package in sorted(ours.keys() | theirs.keys()):
            if package in ours and package in theirs:
                changes += explain_package(ours[package], theirs[package])
            else:
                changes.append(_lonely(package, here=package in ours))
    return tuple(changes)


def _by_name(sides: Sequence[Side]) -> dict[str, dict[str, Side]]:
    """The packages by name, then by name with version."""
    found: dict[str, dict[str, Side]] = {}
    for side in sides:
        versions = found.setdefault(_name(side), {})
        if side.package in versions:
            raise UsageError(
                "SB-1015",
                f"one side has {side.package} twice",
                hint="compare folders that hold each package once",
            )
        versions[side.package] = side
    return found


def _one_pair(left: Side, right: Side) -> tuple[Change, ...]:
    """The only version of each side; that two names stand for the same bytes is a difference too."""
    changes = explain_package(left, right)
    if changes or left.package == right.package:
        return changes
    return (Change(layer=Layer.PACKAGE, package=left.package, path="", left=left.package, right=right.package),)


def _lonely(package: str, *, here: bool) -> Change:
    left, right = ("present", ABSENT) if here else (ABSENT, "present")
    return Change(layer=Layer.PACKAGE, package=package, path="", left=left, right=right)


def explain_package(left: Side, right: Side) -> tuple[Change, ...]:
    """Every difference between two forms of one package, inner layers first.

    Container and compression are only named where everything inside them is equal: they differ whenever the inside does.
    """
    if left.sha512 == right.sha512:
        return ()
    inner = (*_file_set(left, right), *_modes(left, right), *_contents(left, right))
    if inner:
        return inner
    if left.tar_sha256 != right.tar_sha256:
        return (_container(left, right),)
    return (
        Change(
            layer=Layer.COMPRESSION,
            package=left.package,
            path="",
            left=left.compression or "unknown",
            right=right.compression or "unknown",
            cause="the same tar, compressed by another program, version or level",
        ),
    )


def _name(side: Side) -> str:
    return side.package.rpartition("@")[0] or side.package


def _paired(left: Side, right: Side) -> Iterator[tuple[SideFile, SideFile]]:
    rights = {file.path: file for file in right.files}
    return ((file, rights[file.path]) for file in left.files if file.path in rights)


def _file_set(left: Side, right: Side) -> Iterator[Change]:
    lefts, rights = ({file.path: file for file in side.files} for side in (left, right))
    for path in sorted(lefts.keys() ^ rights.keys()):
        yield Change(
            layer=Layer.FILE_SET,
            package=left.package,
            path=path,
            left=_size(lefts.get(path)),
            right=_size(rights.get(path)),
        )


def _size(file: SideFile | None) -> str:
    return f"{file.size_bytes} bytes" if file else ABSENT


def _modes(left: Side, right: Side) -> Iterator[Change]:
    for ours, theirs in _paired(left, right):
        if ours.executable != theirs.executable:
            yield Change(layer=Layer.MODE, package=left.package, path=ours.path, left=_mode(ours), right=_mode(theirs))


def _mode(file: SideFile) -> str:
    return "0755" if file.executable else "0644"


def _contents(left: Side, right: Side) -> Iterator[Change]:
    for ours, theirs in _paired(left, right):
        if ours.sha256 == theirs.sha256:
            continue
        if ours.path == MANIFEST and left.manifest is not None and right.manifest is not None:
            values = tuple(_manifest_values(left.package, left.manifest, right.manifest))
            yield from values or (_content(left.package, ours, theirs, cause="equal values, written differently"),)
        else:
            yield _content(left.package, ours, theirs)


def _content(package: str, ours: SideFile, theirs: SideFile, cause: str = "") -> Change:
    context = ""
    if ours.data is not None and theirs.data is not None:
        context = first_difference(ours.data, theirs.data)
        cause = cause or cause_of(ours.data, theirs.data)
    return Change(
        layer=Layer.CONTENT,
        package=package,
        path=ours.path,
        left=f"{_size(ours)}, sha256 {ours.sha256.hex[:12]}…",
        right=f"{_size(theirs)}, sha256 {theirs.sha256.hex[:12]}…",
        context=context,
        cause=cause,
    )


def _manifest_values(package: str, left: JsonValue, right: JsonValue, path: str = "") -> Iterator[Change]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in (*left, *(key for key in right if key not in left)):
            inner = f"{path}.{key}" if path else key
            if key in left and key in right:
                yield from _manifest_values(package, left[key], right[key], inner)
            else:
                shown = [_shown(side[key]) if key in side else ABSENT for side in (left, right)]
                yield _value_change(package, inner, *shown)
    elif left != right:
        yield _value_change(package, path, _shown(left), _shown(right))


def _value_change(package: str, path: str, left: str, right: str) -> Change:
    return Change(layer=Layer.MANIFEST, package=package, path=f"{MANIFEST}: {path}", left=left, right=right)


def _shown(value: JsonValue) -> str:
    if isinstance(value, JsonNumber):
        return value.token
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{encode_basestring(key)}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return {True: "true", False: "false", None: "null"}[value]


def _container(left: Side, right: Side) -> Change:
    only_left = [text for text in left.container if text not in right.container]
    only_right = [text for text in right.container if text not in left.container]
    return Change(
        layer=Layer.CONTAINER,
        package=left.package,
        path="",
        left="; ".join(only_left) or "as canon-v1",
        right="; ".join(only_right) or "as canon-v1",
        cause="equal files, in a tar that was written differently",
    )
