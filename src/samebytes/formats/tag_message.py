"""What samebytes writes into the message of an annotated tag: one line that names the base of the release.

samebytes-base-v1: v1.0.0 3f2a…(the commit's whole object id)
samebytes-base-v1: none
"""

from __future__ import annotations

import re

from samebytes.errors import FormatError
from samebytes.model.selection import Base

_KEY = "samebytes-base-"
_PREFIX = f"{_KEY}v1: "
_NONE = "none"
# A ref name has no blanks; object ids are SHA-1 or SHA-256.
_NAMED = re.compile(r"(?P<tag>[^\s\x00-\x1f\x7f]+) (?P<commit>[0-9a-f]{40}|[0-9a-f]{64})")


def base_line(base: Base) -> str:
    """The line that records this base, with its line end."""
    return f"{_PREFIX}{_NONE if base.is_first else f'{base.tag} {base.commit}'}\n"


def read_base(message: str, place: str) -> Base | None:
    """The base written into a tag's message, None where there is none.

    Raises FormatError (SB-2306) for a line that cannot be read, one of another version, or more than one.
    """
    lines = [(number, line) for number, line in enumerate(message.split("\n"), 1) if line.startswith(_KEY)]
    if not lines:
        return None
    number, line = lines[0]
    if len(lines) > 1:
        raise _wrong(f"{place}: line {lines[1][0]}", "the base is written twice")
    if not line.startswith(_PREFIX):
        raise _wrong(f"{place}: line {number}", "the base is written in another version of the format")
    text = line.removeprefix(_PREFIX)
    if text == _NONE:
        return Base(tag="", commit="", inferred=False)
    match = _NAMED.fullmatch(text)
    if match is None:
        raise _wrong(f"{place}: line {number}", "the base must be a tag and a whole commit id, or none")
    return Base(tag=match["tag"], commit=match["commit"], inferred=False)


def _wrong(place: str, problem: str) -> FormatError:
    return FormatError("SB-2306", problem, place=place, hint="tag again with a message that names the base correctly")
