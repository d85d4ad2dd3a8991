"""Fields of a package.json, typed: each error says which file and which key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from samebytes.errors import FormatError
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.workspace import Dependency, DependencyKind


def wrong_field(place: str, key: str, problem: str) -> FormatError:
    """The error for a field of the wrong kind."""
    return FormatError("SB-2013", problem, place=f"{place}: {key}", hint="correct the field and commit")


def text_field(manifest: JsonObject, key: str, place: str) -> str:
    """A text, empty where the field is absent. Raises FormatError (SB-2013)."""
    value = manifest.get(key, "")
    if not isinstance(value, str):
        raise wrong_field(place, key, "must be text")
    return value


def object_field(manifest: JsonObject, key: str, place: str) -> JsonObject:
    """An object, empty where the field is absent. Raises FormatError (SB-2013)."""
    value = manifest.get(key, {})
    if not isinstance(value, Mapping):
        raise wrong_field(place, key, "must be an object")
    return value


def objects_field(manifest: JsonObject, key: str, place: str) -> Sequence[JsonObject]:
    """An object or a list of objects, as a list; empty where the field is absent. Raises FormatError (SB-2013)."""
    value: JsonValue = manifest.get(key, [])
    values = [value] if isinstance(value, Mapping) else value
    if not isinstance(values, list) or not all(isinstance(one, Mapping) for one in values):
        raise wrong_field(place, key, "must be an object or a list of objects")
    return values


def is_private(manifest: JsonObject, place: str) -> bool:
    """Whether `private` is true. Raises FormatError (SB-2013) for anything but true and false."""
    value = manifest.get("private", False)
    if not isinstance(value, bool):
        raise wrong_field(place, "private", "must be true or false")
    return value


def dependencies_of(manifest: JsonObject, place: str) -> tuple[Dependency, ...]:
    """All entries of the four dependency maps, in source order. Raises FormatError (SB-2013)."""
    found: list[Dependency] = []
    for kind in DependencyKind:
        for alias, specifier in object_field(manifest, kind, place).items():
            if not isinstance(specifier, str):
                raise wrong_field(place, f"{kind}.{alias}", "must be text")
            found.append(Dependency(alias=alias, specifier=specifier, kind=kind))
    return tuple(found)
