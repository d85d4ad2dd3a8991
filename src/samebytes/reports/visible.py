"""Text from tarballs, manifests and scripts made safe for a terminal: what would steer it is shown instead of sent."""

from __future__ import annotations

import re

# Escape, bell, carriage return and all other controls but tab and line feed; the marks that turn the direction of
# writing, with which text can look like other text; and halves of surrogate pairs, which cannot be written at all.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")


def visible(text: str) -> str:
    """The text with every unsafe character written as an escape; line feeds and tabs stay."""
    return _UNSAFE.sub(_escaped, text)


def one_line(text: str) -> str:
    """The same on one line: no name of a file can add a line of its own to a report."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def without_colours(text: str) -> str:
    """The text without colour sequences, as tools that were told to colour write them into a log."""
    return _COLOUR.sub("", text)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"  # noqa: PLR2004  one byte
