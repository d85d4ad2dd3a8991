"""RFC 8785, the JSON canonicalisation scheme, for our own documents: equal values are equal bytes.

Only what our documents hold is written: no floating point numbers, integers up to 2^53 - 1. A document is one value
and one LF.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import TypeAlias

from samebytes.errors import FormatError
from samebytes.formats.json_reader import LIMIT_BYTES, parse_json
from samebytes.model.json_value import JsonNumber, JsonValue

CanonicalValue: TypeAlias = bool | str | int | Sequence["CanonicalValue"] | Mapping[str, "CanonicalValue"] | None
# RFC 8785, section 3.2.2.3: numbers are IEEE 754 doubles; beyond this integers are not exact.
_MAX_INTEGER = 2**53 - 1
_INTEGER = re.compile(r"-?[0-9]{1,16}")


def write(value: CanonicalValue) -> bytes:
    """The canonical bytes of a value.

    Raises FormatError (SB-4014) for what has no canonical form here: floats, integers beyond 2^53 - 1, lone surrogates.
    """
    parts: list[str] = []
    _append(value, parts)
    try:
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError as error:
        raise FormatError("SB-4014", "a lone surrogate has no canonical JSON", place="") from error


def write_document(value: CanonicalValue) -> bytes:
    """The canonical bytes of a value, and one LF."""
    return write(value) + b"\n"


def read_document(data: bytes, place: str, *, limit_bytes: int = LIMIT_BYTES) -> CanonicalValue:
    """The value of a document, which must be exactly what `write_document` makes of it.

    Raises FormatError: SB-4010 to SB-4013 as `parse_json`, SB-4014 for numbers we do not write, SB-4015 for bytes that
    are not canonical.
    """
    value = _plain(parse_json(data, place, limit_bytes=limit_bytes), place)
    canonical = write_document(value)
    if canonical != data:
        at = next((i for i, (a, b) in enumerate(zip(canonical, data, strict=False)) if a != b), len(canonical))
        at = min(at, len(data))
        raise FormatError("SB-4015", f"not canonical JSON (RFC 8785) with one LF, first at byte {at}", place=place)
    return value


def _append(value: object, parts: list[str]) -> None:
    if isinstance(value, str):
        # The same escapes as JSON.stringify: the two-character ones, \u00xx for other controls, all else as it is.
        parts.append(encode_basestring(value))
    elif value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise FormatError("SB-4014", f"the integer {value} is beyond 2^53 - 1", place="")
        parts.append(str(value))
    elif isinstance(value, Mapping):
        _append_object(value, parts)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        _append_array(value, parts)
    else:
        raise FormatError("SB-4014", f"a {type(value).__name__} has no canonical JSON here", place="")


def _append_object(value: Mapping[str, object], parts: list[str]) -> None:
    separator = "{"
    # RFC 8785, section 3.2.3: names are sorted by their UTF-16 code units.
    for key in sorted(value, key=_utf16):
        parts.append(separator)
        parts.append(encode_basestring(key))
        parts.append(":")
        _append(value[key], parts)
        separator = ","
    parts.append("}" if value else "{}")


def _append_array(value: Sequence[object], parts: list[str]) -> None:
    separator = "["
    for item in value:
        parts.append(separator)
        _append(item, parts)
        separator = ","
    parts.append("]" if value else "[]")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _plain(value: JsonValue, place: str) -> CanonicalValue:
    """The same value with integers in place of number tokens."""
    if isinstance(value, JsonNumber):
        if not _INTEGER.fullmatch(value.token):
            raise FormatError("SB-4014", f"the number {value.token} is not an integer we write", place=place)
        return int(value.token)
    if isinstance(value, dict):
        return {key: _plain(item, place) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, place) for item in value]
    return value  # type: ignore[return-value]
