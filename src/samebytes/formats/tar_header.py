"""One tar header block taken apart: ustar, and the forms that other npm packers write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from samebytes.errors import FormatError

_OCTAL = re.compile(rb" *([0-7]*)[ \0]*")
_CHECKSUM = slice(148, 156)
_BASE_256 = 0x80
# Where each field of a header block starts (POSIX.1-2017, pax, "ustar Interchange Format").
_FIELDS = (
    (0, "name"),
    (100, "mode"),
    (108, "uid"),
    (116, "gid"),
    (124, "size"),
    (136, "mtime"),
    (148, "checksum"),
    (156, "typeflag"),
    (157, "linkname"),
    (257, "magic"),
    (263, "version"),
    (265, "uname"),
    (297, "gname"),
    (329, "devmajor"),
    (337, "devminor"),
    (345, "prefix"),
    (500, "unused bytes"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TarHeader:
    """The fields that mean something to us; `path` is prefix and name, as bytes."""

    path: bytes
    mode: int
    uid: int
    gid: int
    size_bytes: int
    mtime: int
    typeflag: bytes


def field_at(offset: int) -> str:
    """The name of the header field that holds this byte of a block."""
    return next(name for start, name in reversed(_FIELDS) if start <= offset)


def parse(block: bytes, place: str) -> TarHeader:
    """The header in a block of 512 bytes, its checksum checked.

    Raises FormatError (SB-4020) for a checksum that does not fit and for numbers that are none.
    """
    if _number(block[_CHECKSUM], "checksum", place) != sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" "):
        raise FormatError("SB-4020", "the checksum of a tar header is wrong", place=place)
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else b""
    return TarHeader(
        path=prefix + b"/" + name if prefix else name,
        mode=_number(block[100:108], "mode", place),
        uid=_number(block[108:116], "uid", place),
        gid=_number(block[116:124], "gid", place),
        size_bytes=_number(block[124:136], "size", place),
        mtime=_number(block[136:148], "mtime", place),
        typeflag=block[156:157],
    )


def pax_records(data: bytes, place: str) -> dict[bytes, bytes]:
    """The records of a PAX header, `<length> <key>=<value>` and LF each; a later one wins.

    Raises FormatError (SB-4020) when the lengths do not cover the data exactly.
    """
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        # Twenty digits are more than any length needs.
        digits, space, _ = data[position : position + 20].partition(b" ")
        end = position + int(digits) if digits.isdigit() else 0
        key, equals, value = data[position + len(digits) + 1 : end].partition(b"=")
        if not (space and equals and value.endswith(b"\n")) or end > len(data):
            raise FormatError("SB-4020", "a PAX header is malformed", place=place)
        records[key] = value[:-1]
        position = end
    return records


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _number(field: bytes, name: str, place: str) -> int:
    """Octal digits, or the base-256 form of GNU tar for what is too large for them; an empty field is 0."""
    if field[0] == _BASE_256:
        return int.from_bytes(field[1:], "big")
    match = _OCTAL.fullmatch(field)
    if match is None:
        raise FormatError("SB-4020", f"the field {name} of a tar header is not a number", place=place)
    return int(match[1] or b"0", 8)
