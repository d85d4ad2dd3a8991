"""Read one samebytes.toml strictly: every mistake becomes one clear error with its line and a suggestion."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from samebytes.config.locate import line_of
from samebytes.config.schema import ConfigFile, SiteTable
from samebytes.errors import FormatError

CONFIG_NAME = "samebytes.toml"
_LIMIT_BYTES = 1_000_000
_CUTOFF = 0.6


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
        raise FormatError("SB-1001", f"this is not TOML: {error}", place=place) from error
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
    path = [str(part) for part in problem["loc"] if part != "[key]"]
    line = line_of(text, path)
    where = f"{place}:{line}" if line else place
    dotted = ".".join(path)
    if problem["type"] == "extra_forbidden":
        close = difflib.get_close_matches(path[-1], known_keys(path[:-1]), n=1, cutoff=_CUTOFF)
        hint = f"did you mean `{close[0]}`?" if close else f"known keys here: {', '.join(known_keys(path[:-1]))}"
        return FormatError("SB-1002", f"`{dotted}` is not a key samebytes knows", place=where, hint=hint)
    if problem["type"] == "missing":
        return FormatError(
            "SB-1003", f"`{dotted}` is missing", place=where, hint=f"add `{path[-1]} = …` to [{'.'.join(path[:-1])}]"
        )
    shown = repr(problem["input"]) if not isinstance(problem["input"], dict) else "a table"
    return FormatError(
        "SB-1003",
        f"`{dotted}` cannot be {shown}: {_sentence(problem['msg'])}",
        place=where,
        hint="samebytes config schema tells what each key may be",
    )


def _sentence(message: str) -> str:
    return (message[0].lower() + message[1:]).replace("an object", "a table")


def known_keys(path: Sequence[str]) -> list[str]:
    """The keys that the table at this path may have."""
    table: type[BaseModel] = ConfigFile
    for part in path:
        if table is ConfigFile and part == "sites":
            return sorted(SiteTable.model_fields) if len(path) > 1 else []
        field = table.model_fields.get(part)
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return []
        table = field.annotation
    return sorted(table.model_fields)
