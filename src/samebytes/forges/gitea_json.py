"""Reading the JSON of Gitea and Forgejo: unknown fields are ignored, wrong ones are an unreadable answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samebytes.errors import SiteError
from samebytes.model.json_value import JsonNumber, JsonObject, JsonValue
from samebytes.system.http.base import Response
from samebytes.system.http.json_answer import read_json

API_LIMIT_BYTES = 16 * 1024 * 1024
_HINT = "check that the url of the site is the forge itself, not a login page or a proxy's own answer"
# Ids are 64 bit signed integers of a database.
_MAX_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of an answer; `place` names it in errors, all of which are SiteError (SB-8004)."""

    value: JsonObject
    place: str

    def text(self, key: str, default: str = "") -> str:
        """A string; absent and null are the default."""
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise unreadable(self.place, f"{key} is not a string")
        return value

    def number(self, key: str) -> int:
        """An integer from 0 that must be there."""
        value = self.value.get(key)
        if not isinstance(value, JsonNumber) or not value.token.isdecimal() or len(value.token) > _MAX_DIGITS:
            raise unreadable(self.place, f"{key} is not a number from 0")
        return int(value.token)

    def number_or(self, key: str, default: int) -> int:
        """An integer from 0; absent and null are the default."""
        return default if self.value.get(key) is None else self.number(key)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false; absent and null are the default."""
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise unreadable(self.place, f"{key} is not true or false")
        return value

    def object(self, key: str) -> Fields:
        """An object; absent and null are an empty one."""
        return as_object(self.value.get(key) or {}, f"{self.place}: {key}")

    def objects(self, key: str) -> tuple[Fields, ...]:
        """The objects of an array; absent and null are none."""
        return as_objects(self.value.get(key) or (), f"{self.place}: {key}")


def json_of(response: Response, place: str) -> JsonValue:
    """The JSON of an answer; SiteError (SB-5003, SB-5130) where it is none, or too much; `place` is told along."""
    try:
        return read_json(response, limit_bytes=API_LIMIT_BYTES)
    except SiteError as error:
        raise SiteError(error.code, f"{place}: {error.summary}", hint=_HINT) from error


def object_of(response: Response, place: str) -> Fields:
    """The JSON object of an answer."""
    return as_object(json_of(response, place), place)


def objects_of(response: Response, place: str) -> tuple[Fields, ...]:
    """The JSON array of objects of an answer."""
    return as_objects(json_of(response, place), place)


def as_object(value: JsonValue, place: str) -> Fields:
    """This value, which must be an object."""
    if not isinstance(value, Mapping):
        raise unreadable(place, "not an object")
    return Fields(value, place)


def as_objects(value: JsonValue, place: str) -> tuple[Fields, ...]:
    """The items of this value, which must be an array of objects."""
    if not isinstance(value, list | tuple):
        raise unreadable(place, "not an array")
    return tuple(as_object(item, place) for item in value)


def unreadable(place: str, problem: str) -> SiteError:
    """The error for an answer that is not what the API promises."""
    return SiteError(
        "SB-8004",
        f"{place} cannot be read: {problem}",
        hint=_HINT,
    )
