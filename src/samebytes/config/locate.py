"""Where in a TOML text a key stands, so that an error or a setting can name its line."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[\[?\s*(?P<path>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(
    r"\s*(?P<path>(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")


def line_of(text: str, path: Sequence[str]) -> int:
    """The line, counted from 1, of the longest part of this key path that the text names; 0 where it names none.

    A header such as `[sites.corp]` names `sites` too, where nothing before it does.

    A key inside an inline table or a list is found at the line of the key that holds it. Best effort: it reads lines,
    not TOML, and only ever decides what a message says.
    """
    best, best_length = 0, 0
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header["path"])
            key = table
        elif assignment := _ASSIGNMENT.match(line):
            key = table + _parts(assignment["path"])
        else:
            continue
        length = min(len(key), len(path))
        if length > best_length and tuple(path[:length]) == key[:length]:
            best, best_length = number, length
    return best


def _parts(text: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in _PART.findall(text))
