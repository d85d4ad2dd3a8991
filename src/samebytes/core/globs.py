"""Globs of package directories and package names, as picomatch reads them (pnpm 9 to 11, changesets).

Only what means the same in every version of the tools is read; the rest is refused instead of guessed. Differential tests
hold the results to the real pnpm.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest

from samebytes.core.braces import expand_braces
from samebytes.errors import FormatError

_BRACE_RANGE = re.compile(r"\{[^{},/]*\.\.[^{},/]*\}")
_LONELY_BRACE = re.compile(r"\{[^{},]*\}")
# Eighteen of them can stand for 729 patterns; a person writes five.
_MAX_BRACES = 18
_EXTGLOB = {"?": "?", "*": "*", "+": "+", "@": ""}
_NO_DOT = r"(?!\.)"


def glob_matches(pattern: str, path: str, *, dot: bool = False) -> bool:
    """Whether a whole path or name matches; `dot` lets wildcards match names that start with a dot.

    Raises FormatError (SB-2011) for a pattern that is not read.
    """
    return _compiled(pattern, dot).fullmatch(path) is not None


def check_glob(pattern: str) -> None:
    """Raises FormatError (SB-2011) when this pattern is not read."""
    _compiled(pattern, False)  # noqa: FBT003  the cache wants it by position


@lru_cache(maxsize=1024)
def _compiled(pattern: str, dot: bool) -> re.Pattern[str]:  # noqa: FBT001  ditto
    alternatives = [_path(one, pattern, dot=dot) for one in _expanded(pattern)]
    return re.compile("|".join(alternatives), re.DOTALL)


def _error(pattern: str, problem: str) -> FormatError:
    return FormatError(
        "SB-2011",
        f"the pattern {pattern!r} is not read by samebytes: {problem}",
        place="",
        hint="use *, **, ?, [a-z], {a,b}, @(a|b), ?(a), +(a), *(a) and a leading !",
    )


def _expanded(pattern: str) -> tuple[str, ...]:
    if _BRACE_RANGE.search(pattern):
        raise _error(pattern, "ranges in braces differ between versions")
    if _LONELY_BRACE.search(pattern):
        raise _error(pattern, "braces without a comma differ between versions")
    if "***" in pattern:
        raise _error(pattern, "*** differs between versions")
    # Counted first, because the expansion itself takes memory.
    if pattern.count(",") + pattern.count("{") > _MAX_BRACES:
        raise _error(pattern, f"it has more than {_MAX_BRACES} braces and commas")
    return expand_braces(pattern)


def _path(pattern: str, whole: str, *, dot: bool) -> str:
    segments = [segment for segment in pattern.split("/") if segment != "."]
    no_dot = "" if dot else _NO_DOT
    parts: list[str] = []
    for segment, following in zip_longest(segments, segments[1:]):
        if segment == "**" and following is None:
            parts.append(rf"(?:{no_dot}[^/]+(?:/{no_dot}[^/]+)*)?")
        elif segment == "**":
            parts.append(rf"(?:{no_dot}[^/]+/)*")
        else:
            parts.append(_segment(segment, whole, no_dot) + ("" if following is None else "/"))
    return "".join(parts)


def _segment(segment: str, pattern: str, no_dot: str) -> str:
    starts_wild = segment[:1] in {"*", "?", "["} or segment[1:2] == "("
    scanner = _Scanner(segment, pattern)
    body = scanner.translate(closing="")
    # A whole segment is never empty, whatever its wildcards would allow.
    return (no_dot if starts_wild else "") + ("(?=[^/])" if starts_wild else "") + body


class _Scanner:
    """Translates one segment into a regular expression."""

    def __init__(self, text: str, pattern: str) -> None:
        self._text = text
        self._pattern = pattern
        self._at = 0
        self._repeats = 0

    def translate(self, closing: str) -> str:
        """Up to `closing` (`)` inside an extglob), or to the end."""
        parts: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            following = self._text[self._at : self._at + 1]
            if closing and character == closing:
                return "".join(parts)
            if following == "(" and character in _EXTGLOB:
                self._at += 1
                parts.append(self._group(character))
            elif character in "!(" and (character == "(" or following == "("):
                raise _error(self._pattern, "negations and groups inside a pattern differ between versions")
            else:
                parts.append(self._one(character, inside=bool(closing)))
        if closing:
            raise _error(self._pattern, "a parenthesis is not closed")
        return "".join(parts)

    def _group(self, kind: str) -> str:
        repeats = kind in "*+"
        self._repeats += repeats
        body = self.translate(closing=")")
        self._repeats -= repeats
        return f"(?:{body}){_EXTGLOB[kind]}"

    def _one(self, character: str, *, inside: bool) -> str:
        if character == "*":
            if self._repeats:
                # A repetition of repetitions can take a regular expression exponential time.
                raise _error(self._pattern, "a * inside of *(…) or +(…)")
            while self._text[self._at : self._at + 1] == "*":
                self._at += 1
            return "[^/]*"
        if character == "?":
            return "[^/]"
        if character == "[":
            return self._bracket()
        if character == "|" and inside:
            return "|"
        if character == "\\":
            character = self._text[self._at : self._at + 1]
            self._at += 1
        return re.escape(character)

    def _bracket(self) -> str:
        end = self._text.find("]", self._at + 1)
        inner = self._text[self._at : end] if end > 0 else ""
        if not re.fullmatch(r"[!^]?[A-Za-z0-9_.,@+-]+", inner):
            raise _error(self._pattern, "a class in brackets is not closed or has other than plain characters")
        self._at = end + 1
        negated = inner[0] in "!^"
        expression = f"[{'^/' if negated else ''}{inner[1:] if negated else inner}]"
        try:
            re.compile(expression)
        except re.error as error:
            raise _error(self._pattern, f"bad class in brackets: {error}") from error
        return expression
