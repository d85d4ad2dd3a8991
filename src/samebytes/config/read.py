"""Read one samebytes.toml strictly: every mistake becomes one clear error with its line and a suggestion."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from samebytes.config.locate import line_of
from samebytes.config.schema import ConfigFile
from samebytes.config.site_tables import SITE_TABLES
from samebytes.errors import FormatError

CONFIG_NAME = "samebytes.toml"
_LIMIT_BYTES = 1_000_000
_CUTOFF = 0.6
_KIND_AT = 2  # sites.<id>.<kind>.<key>
_ID_RULE = "cannot be the id of a site: that has lower-case letters, digits and `-`, 63 at most, and no `-` in front"
_NEVER_SHOWN = frozenset({"credential", "url", "proxy"})
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_HINT_TOML = 'write a table as [sites.corp], and a value as "text", 60, true or ["a", "b"]; each table and key once'
_HINTS = {
    "credential": 'name a place, never the token itself: "env:NAME", "file:PATH", "secret:NAME", "npmrc" or "keyring"',
    "url": "write http(s)://host/path without user, password or query",
    "proxy": "write http(s)://host:port without user or password",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigDocument:
    """A file that was read: its parsed tables, the text for line numbers, and the name errors and sources use."""

    place: str
    text: str
    tables: ConfigFile
    given: frozenset[tuple[str, ...]]

    def source(self, path: tuple[str, ...]) -> str:
        """Where the value of a key path comes from: `file:line`, or `default`."""
        if path not in self.given:
            return "default"
        line = line_of(self.text, path)
        return f"{self.place}:{line}" if line else self.place


def read_document(data: bytes, place: str) -> ConfigDocument:
    """Parse and validate the bytes of a samebytes.toml.

    Raises FormatError: SB-1001 not TOML, SB-1002 unknown key, SB-1003 wrong value.
    """
    if len(data) > _LIMIT_BYTES:
        raise FormatError("SB-1001", f"the file is larger than {_LIMIT_BYTES} bytes", place=place)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise FormatError("SB-1001", f"byte {error.start} is not UTF-8", place=place) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT_LINE.search(str(error))
        raise FormatError(
            "SB-1001", f"this is not TOML: {error}", place=f"{place}:{at[1]}" if at else place, hint=_HINT_TOML
        ) from error
    try:
        tables = ConfigFile.model_validate_json(_as_json(raw, place))
    except ValidationError as error:
        raise _translated(error.errors()[0], text, place) from error
    return ConfigDocument(place=place, text=text, tables=tables, given=frozenset(_paths(raw)))


def _as_json(raw: dict[str, object], place: str) -> bytes:
    # Validating JSON keeps pydantic strict about types, yet lets a TOML array fill a tuple.
    try:
        return json.dumps(raw, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise FormatError("SB-1003", "dates, inf and nan have no meaning here", place=place) from error


def _paths(raw: dict[str, object], prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, value in raw.items():
        path = (*prefix, key)
        found.append(path)
        if isinstance(value, dict):
            found.extend(_paths(value, path))
    return found


def _translated(problem: ErrorDetails, text: str, place: str) -> FormatError:
    path, kind = _path_and_kind(problem)
    line = line_of(text, path)
    where = f"{place}:{line}" if line else place
    dotted = ".".join(path)
    known = known_keys(path[:-1], kind)
    if problem["type"] == "extra_forbidden":
        close = difflib.get_close_matches(path[-1], known, n=1, cutoff=_CUTOFF)
        hint = f"did you mean `{close[0]}`?" if close else f"known keys here: {', '.join(known)}"
        unknown = "is not a key samebytes knows" + (f" of kind {kind}" if kind else "")
        return FormatError("SB-1002", f"`{dotted}` {unknown}", place=where, hint=hint)
    if problem["type"] in {"missing", "union_tag_not_found"}:
        return FormatError(
            "SB-1003", f"`{dotted}` is missing", place=where, hint=f"add `{path[-1]} = …` to [{'.'.join(path[:-1])}]"
        )
    if problem["loc"][-1] == "[key]" and path[0] == "sites":
        return FormatError(
            "SB-1003", f"`{dotted}` {_ID_RULE}", place=where, hint=f"call it [{'.'.join(path[:-1])}.corp]"
        )
    return FormatError(
        "SB-1003",
        f"`{dotted}` cannot be {_shown(path[-1], problem['input'])}: {_sentence(path[-1], problem)}",
        place=where,
        hint=_hint(path[-1], problem),
    )


def _hint(key: str, problem: ErrorDetails) -> str:
    value = problem["input"]
    if problem["type"] == "union_tag_invalid" and isinstance(value, dict):
        close = difflib.get_close_matches(str(value.get("kind")), SITE_TABLES, n=1, cutoff=_CUTOFF)
        return f'did you mean "{close[0]}"?' if close else "samebytes config schema tells what each kind may have"
    if problem["type"] == "tuple_type" and isinstance(value, str):
        return f"write a list: {key} = [{json.dumps(value, ensure_ascii=False)}]"
    return _HINTS.get(key, "samebytes config schema tells what each key may be")


def _path_and_kind(problem: ErrorDetails) -> tuple[list[str], str]:
    """The keys to what is wrong, and the kind of site that it is in, if any: pydantic puts the one into the other."""
    path = [str(part) for part in problem["loc"] if part != "[key]"]
    if problem["type"] in {"union_tag_not_found", "union_tag_invalid"}:
        return [*path, "kind"], ""
    if path[:1] == ["sites"] and len(path) > _KIND_AT and path[_KIND_AT] in SITE_TABLES:
        return [*path[:_KIND_AT], *path[_KIND_AT + 1 :]], path[_KIND_AT]
    return path, ""


def _shown(key: str, value: object) -> str:
    # What was written where a credential is named may be the credential itself, and a URL may hold one.
    if key in _NEVER_SHOWN:
        return "what is written there"
    if key == "kind" and isinstance(value, dict):
        value = value.get("kind")
    return "a table" if isinstance(value, dict) else repr(value)


def _sentence(key: str, problem: ErrorDetails) -> str:
    if problem["type"] == "union_tag_invalid":
        return f"it is one of {', '.join(SITE_TABLES)}"
    message = "it has another form" if key in _NEVER_SHOWN else problem["msg"]
    return (message[0].lower() + message[1:]).replace("an object", "a table")


def known_keys(path: Sequence[str], kind: str = "") -> list[str]:
    """The keys that the table at this path may have; `kind` is that of the site it belongs to."""
    table: type[BaseModel] = ConfigFile
    for part in path:
        if table is ConfigFile and part == "sites":
            return sorted(SITE_TABLES[kind].model_fields) if kind in SITE_TABLES and len(path) > 1 else []
        field = table.model_fields.get(part)
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return []
        table = field.annotation
    return sorted(table.model_fields)
