"""SHA512SUMS: one line per asset, as `sha512sum` writes them and `sha512sum -c` checks them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from samebytes.errors import FormatError
from samebytes.model.digests import Digest, from_hex

LIMIT_BYTES = 4 * 1024 * 1024
_CODE = "SB-4060"
_LINE = re.compile(r"(?P<digest>[0-9a-f]{128})  (?P<name>.+)")
# No folder, nothing that coreutils would write escaped, nothing that a terminal would act on.
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f-\x9f]+")
_NOT_FILES = frozenset({".", ".."})


def write(digests: Mapping[str, Digest]) -> bytes:
    """The lines `<sha512>  <file name>`, sorted by the bytes of the name.

    Raises FormatError (SB-4060) for a name that is not a plain file name and for a digest that is not sha512.
    """
    for name, digest in digests.items():
        _check_name(name, "SHA512SUMS")
        if digest.algorithm != "sha512":
            raise FormatError(_CODE, f"{name} has a {digest.algorithm} digest", place="SHA512SUMS")
    # Code point order is the order of UTF-8 bytes.
    return "".join(f"{digests[name].hex}  {name}\n" for name in sorted(digests)).encode("utf-8")


def read(data: bytes, place: str) -> dict[str, Digest]:
    """File name to digest, in the order of the file, which must be exactly what `write` makes of them.

    Raises FormatError (SB-4060) with `place:line`; an empty file is refused, for it would vouch for nothing.
    """
    if len(data) > LIMIT_BYTES:
        raise FormatError(_CODE, f"{len(data)} bytes are more than the limit of {LIMIT_BYTES}", place=place)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(_CODE, "not UTF-8", place=place) from error
    if not text.endswith("\n"):
        raise FormatError(_CODE, "is empty or ends in the middle of a line", place=place)
    digests: dict[str, Digest] = {}
    previous = ""
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise FormatError(_CODE, "not a line of the form '<sha512>  <file name>'", place=f"{place}:{number}")
        name = match["name"]
        _check_name(name, f"{place}:{number}")
        if name <= previous:
            raise FormatError(_CODE, f"{name!r} is out of order or there twice", place=f"{place}:{number}")
        digests[name] = from_hex("sha512", match["digest"])
        previous = name
    return digests


def _check_name(name: str, place: str) -> None:
    if not _NAME.fullmatch(name) or name in _NOT_FILES:
        raise FormatError(_CODE, f"{name!r} is not a plain file name", place=place)
