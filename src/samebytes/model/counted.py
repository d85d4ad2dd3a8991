"""Numbers of things in words, for lines that people read."""

from __future__ import annotations


def plural(count: int, one: str, many: str = "") -> str:
    """`1 member`, `2 members`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
