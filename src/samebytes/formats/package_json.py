"""package.json: read strictly, and written as canon-v1 stores it in a tarball.

Keys keep their source order, except in the six maps whose order package managers do not agree about.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring

from samebytes.errors import FormatError
from samebytes.formats.json_reader import parse_json
from samebytes.model.json_value import JsonNumber, JsonObject, JsonValue

MANIFEST = "package.json"
LIMIT_BYTES = 4 * 1024 * 1024
# Some packers write these in random order (pnpm up to 11.22) or in an order of their own.
SORTED_MAPS = frozenset(
    {
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
        "peerDependenciesMeta",
        "dependenciesMeta",
    }
)


def read(data: bytes, place: str) -> JsonObject:
    """The manifest in these bytes.

    Raises FormatError: SB-4010 to SB-4013 as `parse_json`, SB-4016 when the document is not an object.
    """
    value = parse_json(data, place, limit_bytes=LIMIT_BYTES)
    if not isinstance(value, Mapping):
        raise FormatError("SB-4016", "a package.json must be an object", place=place)
    return value


def write(manifest: JsonObject) -> bytes:
    """The bytes of package/package.json in canon-v1: two spaces, the escapes of JSON.stringify, one LF at the end."""
    parts: list[str] = []
    _append({key: _in_order(key, value) for key, value in manifest.items()}, "\n", parts)
    parts.append("\n")
    return "".join(parts).encode("utf-8")


def _in_order(key: str, value: JsonValue) -> JsonValue:
    if key in SORTED_MAPS and isinstance(value, Mapping):
        # Python compares strings by code point, and UTF-8 keeps that order in its bytes.
        return {name: value[name] for name in sorted(value)}
    return value


def _append(value: JsonValue, newline: str, parts: list[str]) -> None:
    """Append the text of a value; `newline` is the LF and the indentation of the line it starts on."""
    if isinstance(value, str):
        # The C function behind json.dumps(ensure_ascii=False) escapes exactly what JSON.stringify does.
        parts.append(encode_basestring(value))
    elif isinstance(value, JsonNumber):
        parts.append(value.token)
    elif value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, Mapping):
        inner = newline + "  "
        separator = "{" + inner
        for key, item in value.items():
            parts += (separator, encode_basestring(key), ": ")
            _append(item, inner, parts)
            separator = "," + inner
        parts.append(newline + "}" if value else "{}")
    else:
        inner = newline + "  "
        separator = "[" + inner
        for item in value:
            parts.append(separator)
            _append(item, inner, parts)
            separator = "," + inner
        parts.append(newline + "]" if value else "[]")
