"""Strict JSON: bytes in, values with keys in source order and numbers as they were written out.

The work is done by the standard library's C scanner. What it lets through (duplicate keys, NaN, lone surrogates, depth)
is refused here; only then is the text looked at a second time, to say where (`json_place`).
"""

from __future__ import annotations

import json
import re

from samebytes.errors import FormatError
from samebytes.formats.json_place import first_offence, line_and_column
from samebytes.model.json_value import JsonNumber, JsonValue

LIMIT_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
_BOM = b"\xef\xbb\xbf"
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _OffenceError(Exception):
    """Something the C scanner accepts and we do not; where it is, is looked up afterwards."""


def parse_json(data: bytes, place: str, *, limit_bytes: int = LIMIT_BYTES, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The one JSON value (RFC 8259) in UTF-8 bytes; one byte order mark at the start is removed.

    Raises FormatError with `place:line:column`: SB-4010 not well-formed (encoding, syntax, NaN and Infinity, anything
    after the value), SB-4011 duplicate key, SB-4012 lone surrogate, SB-4013 larger or deeper than the limits.
    """
    if len(data) > limit_bytes:
        raise FormatError("SB-4013", f"{len(data)} bytes are more than the limit of {limit_bytes}", place=place)
    text = _decoded(data.removeprefix(_BOM), place)
    try:
        value: JsonValue = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise FormatError("SB-4010", f"not JSON: {error.msg}", place=f"{place}:{error.lineno}:{error.colno}") from error
    except (_OffenceError, RecursionError) as error:
        raise _located(text, place, max_depth) from error
    if _ESCAPED_SURROGATE.search(text):
        if first_offence(text, max_depth) is not None:
            raise _located(text, place, max_depth)
    elif text.count("[") + text.count("{") > max_depth and _deeper_than(max_depth, value):
        raise _located(text, place, max_depth)
    return value


def _decoded(data: bytes, place: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = line_and_column(data[: error.start].decode("utf-8"), None)
        raise FormatError("SB-4010", "not UTF-8", place=f"{place}:{line}:{column}") from error


def _located(text: str, place: str, max_depth: int) -> FormatError:
    offence = first_offence(text, max_depth)
    if offence is None:
        # Only where a caller allows more nesting than the interpreter's stack does.
        return FormatError("SB-4013", "nested too deeply to be read", place=place)
    line, column = line_and_column(text, offence.position)
    return FormatError(offence.code, offence.sentence, place=f"{place}:{line}:{column}")


def _deeper_than(max_depth: int, value: JsonValue) -> bool:
    """Whether containers are nested more than `max_depth` deep, counted level by level so that no stack can overflow."""
    containers: list[object] = [value]
    for _ in range(max_depth):
        containers = [
            child
            for container in containers
            for child in (container.values() if isinstance(container, dict) else container)  # type: ignore[attr-defined]
            if isinstance(child, dict | list)
        ]
        if not containers:
            return False
    return True


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _OffenceError
    return result


def _refuse_constant(token: str) -> JsonValue:
    raise _OffenceError(token)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_refuse_constant
)
