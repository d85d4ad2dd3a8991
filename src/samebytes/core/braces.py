"""Brace sets in glob patterns, expanded as JavaScript's brace-expansion 2 does: `a{b,c}` is `ab` and `ac`."""

from __future__ import annotations

import re
from collections.abc import Callable

# Without a pair of braces that holds no opening one there is nothing to expand (minimatch's own shortcut).
_WORTH_EXPANDING = re.compile(r"\{[^{\n]*\}")
_NUMBERS = re.compile(r"-?[0-9]+\.\.-?[0-9]+(?:\.\.-?[0-9]+)?")
_LETTERS = re.compile(r"[a-zA-Z]\.\.[a-zA-Z](?:\.\.-?[0-9]+)?")
_PADDED = re.compile(r"-?0[0-9]")
# Escaped characters travel as private control sequences while braces are taken apart; patterns cannot hold NUL.
_ESCAPED = {"\\\\": "\0s", "\\{": "\0o", "\\}": "\0c", "\\,": "\0k", "\\.": "\0p"}
# A pattern such as {1..9999999} would cost memory for nothing: no repository lists its files that way.
_MOST_EXPANSIONS = 10_000
_MOST_SETS = 100


def expand_braces(pattern: str) -> tuple[str, ...]:
    """The patterns that a pattern with brace sets stands for, itself where it has none."""
    if not _WORTH_EXPANDING.search(pattern) or pattern.count("{") > _MOST_SETS:
        return (pattern,)
    text = "\\{\\}" + pattern[2:] if pattern.startswith("{}") else pattern
    for escaped, token in _ESCAPED.items():
        text = text.replace(escaped, token)
    expanded = _expand(text, is_top=True)
    return tuple(dict.fromkeys(_unescape(one) for one in expanded))


def _unescape(text: str) -> str:
    for escaped, token in _ESCAPED.items():
        text = text.replace(token, escaped[1])
    return text


def _balanced(text: str) -> tuple[int, int] | None:
    """The first outermost pair of braces, as balanced-match finds it."""
    opened: list[int] = []
    outermost = None
    for index, character in enumerate(text):
        if character == "{":
            opened.append(index)
        elif character == "}" and opened:
            start = opened.pop()
            if not opened:
                return start, index
            if outermost is None or start < outermost[0]:
                outermost = start, index
    return outermost


def _expand(text: str, *, is_top: bool) -> list[str]:
    pair = _balanced(text)
    if pair is None:
        return [text]
    before, body, after = text[: pair[0]], text[pair[0] + 1 : pair[1]], text[pair[1] + 1 :]
    tails = _expand(after, is_top=False) if after else [""]
    if before.endswith("$"):
        return [f"{before}{{{body}}}{tail}" for tail in tails]
    if _NUMBERS.fullmatch(body) or _LETTERS.fullmatch(body):
        return _products(before, _sequence(body), tails)
    if "," not in body:
        # {a},b} is one set with a brace in it, {a} is none.
        reread = re.search(r",.*\}", after)
        return _expand(f"{before}{{{body}\0c{after}", is_top=False) if reread else [text]
    parts = _comma_parts(body)
    if len(parts) > 1:
        inner = [one for part in parts for one in _expand(part, is_top=False)]
        return [one for one in _products(before, inner, tails) if one or not is_top]
    # x{{a,b}}y is x{a}y and x{b}y.
    return _products(before, [f"{{{one}}}" for one in _expand(parts[0], is_top=False)], tails)


def _products(before: str, inner: list[str], tails: list[str]) -> list[str]:
    return [before + one + tail for one in inner for tail in tails][:_MOST_EXPANSIONS]


def _comma_parts(body: str) -> list[str]:
    """The members of a set: split at commas that no inner set holds."""
    pair = _balanced(body)
    if pair is None:
        return body.split(",")
    parts = body[: pair[0]].split(",")
    parts[-1] += body[pair[0] : pair[1] + 1]
    rest = body[pair[1] + 1 :]
    if rest:
        first, *others = _comma_parts(rest)
        parts[-1] += first
        parts += others
    return parts


def _sequence(body: str) -> list[str]:
    """The members of `a..e`, `1..9` or `01..10..3`."""
    first, last, *step = body.split("..")
    numeric = _NUMBERS.fullmatch(body) is not None
    value: Callable[[str], int] = int if numeric else ord
    start, end = value(first), value(last)
    increment = (abs(int(step[0])) if step else 1) or 1
    stop = min(abs(end - start) // increment + 1, _MOST_EXPANSIONS)
    values = (start + (increment if end >= start else -increment) * index for index in range(stop))
    if not numeric:
        return ["" if one == ord("\\") else chr(one) for one in values]
    width = max(len(first), len(last)) if any(_PADDED.match(one) for one in (first, last, *step)) else 0
    return [str(one).zfill(width) for one in values]
