"""Where in a JSON text something is that strict readers refuse; slow, and only asked once something was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},]|-?(?:Infinity|NaN)|[^\s"\[\]{},]++', re.DOTALL)
_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})


@dataclass(frozen=True, slots=True)
class Offence:
    """What is refused, and the index of its first character."""

    position: int
    code: str
    sentence: str


def line_and_column(text: str, position: int | None) -> tuple[int, int]:
    """Line and column of a character, both from 1, columns in characters; None means the end of the text."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def first_offence(text: str, max_depth: int) -> Offence | None:
    """The first duplicate key, lone surrogate, NaN, Infinity or container nested too deeply; None where there is none.

    The text must be well-formed JSON up to that place.
    """
    return next(_offences(text, max_depth), None)


def _offences(text: str, max_depth: int) -> Iterator[Offence]:
    open_containers: list[set[str] | None] = []
    previous = ""
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece in "{[":
            open_containers.append(set() if piece == "{" else None)
            if len(open_containers) > max_depth:
                yield Offence(match.start(), "SB-4013", f"nested more than {max_depth} deep")
        elif piece in "}]":
            open_containers.pop()
        elif piece in _CONSTANTS:
            yield Offence(match.start(), "SB-4010", f"not JSON: {piece} is no number")
        elif piece.startswith('"'):
            string = json.loads(piece)
            if not _is_well_formed(string):
                yield Offence(match.start(), "SB-4012", f"the string {piece} holds a lone surrogate")
            keys = open_containers[-1] if open_containers and previous in "{," else None
            if keys is not None:
                if string in keys:
                    yield Offence(match.start(), "SB-4011", f"the key {piece} is there twice")
                keys.add(string)
        previous = piece


def _is_well_formed(string: str) -> bool:
    try:
        string.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
