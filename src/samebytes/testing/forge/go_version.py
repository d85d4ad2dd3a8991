"""Versions as the servers' library reads them (hashicorp/go-version): what is one, its normal form and its order."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERS = r"(?P<numbers>[0-9]+(?:\.[0-9]+)*?)"
_BUILD = r"(?:\+(?P<build>[0-9A-Za-z\-~]+(?:\.[0-9A-Za-z\-~]+)*))?"
_REST = r"[0-9A-Za-z\-~]*(?:\.[0-9A-Za-z\-~]+)*"
_STRICT = re.compile(rf"v?{_NUMBERS}(?:-(?P<pre>[0-9A-Za-z\-~]{_REST}))?{_BUILD}")
# Loosely, a letter may follow a number at once; newer versions of the library take a dot before it too, and ignore
# words before the number. Which server has which is in the recordings of dist-tags.
_LOOSE = re.compile(rf"v?{_NUMBERS}(?:-[0-9]+{_REST}|-?[A-Za-z\-~]+{_REST})?{_BUILD}")
_LOOSE_AFTER_WORDS = re.compile(rf"(?:\w+-)*[vV]?{_NUMBERS}(?:-[0-9]+{_REST}|[-.]?[A-Za-z\-~]+{_REST})?{_BUILD}")
_LEAST_NUMBERS = 3

OrderKey = tuple[tuple[int, ...], bool, tuple[tuple[int, int, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoVersion:
    """A version; missing numbers are 0."""

    numbers: tuple[int, ...]
    pre: str
    build: str

    def __str__(self) -> str:
        text = ".".join(str(number) for number in self.numbers)
        return text + (f"-{self.pre}" if self.pre else "") + (f"+{self.build}" if self.build else "")

    def order_key(self) -> OrderKey:
        """A key that sorts as the library does; build metadata does not count."""
        parts = tuple(
            (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in self.pre.split(".") if self.pre
        )
        return self.numbers, not self.pre, parts


def parse(text: str) -> GoVersion | None:
    """A package's version, or None where it is none."""
    found = _STRICT.fullmatch(text)
    if found is None:
        return None
    numbers = [int(number) for number in found["numbers"].split(".")]
    numbers += [0] * (_LEAST_NUMBERS - len(numbers))
    return GoVersion(numbers=tuple(numbers), pre=found["pre"] or "", build=found["build"] or "")


def looks_like_version(tag: str, *, after_words: bool) -> bool:
    """Whether a dist-tag is refused because the library reads a version in it."""
    return (_LOOSE_AFTER_WORDS if after_words else _LOOSE).fullmatch(tag) is not None
