"""Why two builds of one file may differ: the usual suspects, recognised in the bytes themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from samebytes.model.digests import Digest, sha256

_BOM = b"\xef\xbb\xbf"
_STAMP = re.compile(
    rb"(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    rb"|(?<![0-9A-Fa-f])1[0-9]{9}(?:\d{3})?(?![0-9A-Fa-f])"
)
_PATH = re.compile(rb"(?:file://)?(?:/[A-Za-z0-9._@+~-]+){2,}|[A-Za-z]:\\[^\s\"']+")


def cause_of(left: bytes, right: bytes) -> str:
    """A guess in words at what made these two files differ; empty where none of the usual suspects explains it all.

    Each suspect is taken out of both sides; it is the cause when nothing else remains.
    """
    for cause, normal in _NORMALISERS:
        if normal(left) == normal(right):
            return cause
    return ""


def suspects_in(data: bytes, facts: Mapping[str, str]) -> tuple[str, ...]:
    """Which facts of this build stand in a file, as `the build path /x/y`; for when the other side is only a digest.

    `facts` maps a description to the text that would give it away; short texts are ignored.
    """
    return tuple(
        f"it contains {name} ({text})"
        for name, text in facts.items()
        if len(text) >= _TELLING and text.encode() in data
    )


def cause_by_digest(data: bytes, expected: Digest) -> str:
    """The suspect that turns these bytes into the expected ones, where one of the exact transformations does."""
    for cause, transform in _EXACT:
        if sha256(transform(data)) == expected:
            return cause
    return ""


_TELLING = 5


def _lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _crlf(data: bytes) -> bytes:
    return _lf(data).replace(b"\n", b"\r\n")


def _without_bom(data: bytes) -> bytes:
    return data.removeprefix(_BOM)


def _without_final_newline(data: bytes) -> bytes:
    return data.rstrip(b"\r\n")


def _without_trailing_blanks(data: bytes) -> bytes:
    return b"\n".join(line.rstrip() for line in data.split(b"\n"))


def _without_stamps(data: bytes) -> bytes:
    return _STAMP.sub(b"<time>", data)


def _without_paths(data: bytes) -> bytes:
    return _PATH.sub(b"<path>", data)


def _without_both(data: bytes) -> bytes:
    return _without_stamps(_without_paths(data))


def _sorted_lines(data: bytes) -> bytes:
    return b"\n".join(sorted(line.rstrip(b",") for line in data.split(b"\n")))


_NORMALISERS = (
    ("only line ends differ (CRLF and LF)", _lf),
    ("only a byte order mark differs", _without_bom),
    ("only the end of the last line differs", _without_final_newline),
    ("only blanks at line ends differ", _without_trailing_blanks),
    ("only points in time differ: something writes the time of the build", _without_stamps),
    ("only absolute paths differ: something writes the place of the build", _without_paths),
    ("only absolute paths and points in time differ", _without_both),
    ("the same lines in another order: something lists files or keys without sorting", _sorted_lines),
)
_EXACT = (
    ("only line ends differ: here CRLF, expected LF", _lf),
    ("only line ends differ: here LF, expected CRLF", _crlf),
    ("a byte order mark is here and was not expected", _without_bom),
    ("a byte order mark was expected and is missing", lambda data: _BOM + data),
    ("the last line end was not expected", _without_final_newline),
    ("a last line end was expected and is missing", lambda data: data + b"\n"),
)
