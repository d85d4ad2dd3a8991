"""Plain text columns: aligned, no borders, readable without colour and when piped."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from samebytes.model.counted import plural

__all__ = ["columns", "plural"]


def columns(rows: Sequence[Sequence[str]], *, indent: str = "") -> str:
    """Lay rows out in columns two blanks apart; the last column is not padded."""
    if not rows:
        return ""
    count = max(len(row) for row in rows)
    widths = [max((_width(row[index]) for row in rows if index < len(row)), default=0) for index in range(count)]
    return "\n".join(
        indent
        + "".join(
            text if index == len(row) - 1 else text + " " * (widths[index] - _width(text) + 2)
            for index, text in enumerate(row)
        ).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
