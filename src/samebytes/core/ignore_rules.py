"""Ignore rules as JavaScript's ignore-walk applies them: in order, the last rule that matches decides.

Neighbouring rules of one sign are compiled into one expression, since any of them decides alike; that is what makes listing
cheap. Paths are relative to the directory that holds the rules, without a leading slash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from samebytes.core.glob_parts import EMPTY, GLOBSTAR, Part, alternatives

_LINES = re.compile(r"\r?\n")
# What String.prototype.trim removes (ECMA-262, WhiteSpace and LineTerminator), the byte order mark included.
_JS_SPACE = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
# `**` stands for no part that is `.` or `..`; such a part can only be the first one here.
_NO_DOT_PART = r"(?!\.\.?(?:/|\Z))"
_FLAGS = re.IGNORECASE | re.DOTALL

Test = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRun:
    """Rules of one sign in a row; `includes` is the verdict of a match.

    `name` tests the last component, `path` the whole path (with a slash behind it for a directory), `above` whether a
    directory leads to something that is included, `nested` a directory's name with a slash, where the rules stand above
    its parent (ignore-walk 8). None where no rule asks.
    """

    includes: bool
    name: Test | None
    path: Test | None
    above: Test | None
    nested: Test | None


Rules = tuple[RuleRun, ...]


def lines_of(data: bytes) -> tuple[str, ...]:
    """The rules in an ignore file: no comments, no empty lines, no space around them."""
    lines = (line.strip(_JS_SPACE) for line in _LINES.split(data.decode("utf-8", "replace")))
    return tuple(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=1024)
def compiled(lines: tuple[str, ...], *, empty_parts: bool = False) -> Rules:
    """Rules ready to be applied; each line is one, with a `!` in front where it includes.

    `empty_parts` is whether `lib/!(a)` matches the folder `lib/` too, and `!(a)/b` what is called `b` at the top, because
    `!(a)` lets an empty part pass (minimatch 10).
    """
    signed = [_signed(line) for line in lines]
    return tuple(
        _run(sign, [parts for _, pattern in run for parts in _readings(pattern, empty_parts=empty_parts)])
        for sign, run in groupby(signed, lambda one: one[0])
    )


def _signed(line: str) -> tuple[bool, str]:
    pattern = line.lstrip("!")
    return (len(line) - len(pattern)) % 2 == 1, pattern


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a pattern; `relative` is whether the pattern may stand for a directory's name alone."""

    parts: tuple[Part, ...]
    relative: bool


def _readings(pattern: str, *, empty_parts: bool) -> list[_Reading]:
    found = [_collapsed(parts) for parts in alternatives(pattern)]
    relative = any(len(parts) <= (2 if parts[-1] is EMPTY else 1) for parts in found)
    readings: list[_Reading] = []
    for parts in found:
        at = 1 if parts[0] is GLOBSTAR else 0
        if empty_parts and len(parts) > at + 1 and parts[at].may_be_empty:
            readings.append(_Reading((EMPTY, *parts[at + 1 :]), relative=False))
        guarded = parts if empty_parts else tuple(_guarded(part) for part in parts)
        readings.append(_Reading(guarded, relative))
    return readings


def _guarded(part: Part) -> Part:
    return Part(f"(?=[^/]){part.source}") if part.may_be_empty else part


def _run(includes: bool, readings: Iterable[_Reading]) -> RuleRun:  # noqa: FBT001  the sign is the run's key
    names: list[str] = []
    paths: list[str] = []
    above: list[str] = []
    nested: list[str] = []
    for reading in readings:
        parts = reading.parts
        anchored = parts[1:] if parts[0] is EMPTY else parts
        if len(parts) == 1:
            # matchBase: a pattern without a slash is about the name, wherever it is.
            names += [".*" if parts[0] is GLOBSTAR else parts[0].source] if parts[0] is not EMPTY else []
        elif anchored != (EMPTY,):
            paths.append(path_source(anchored))
            above.append(_leading_source(anchored))
            nested += [path_source(parts)] if reading.relative and parts[0] is not EMPTY else []
    return RuleRun(
        includes=includes,
        name=_test(names),
        path=_test(paths),
        above=_test(above) if includes else None,
        nested=_test(nested),
    )


def _collapsed(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Neighbouring `**` are one."""
    return tuple(part for at, part in enumerate(parts) if part is not GLOBSTAR or at == 0 or parts[at - 1] is not part)


def _test(sources: list[str]) -> Test | None:
    return re.compile("|".join(dict.fromkeys(sources)), _FLAGS).fullmatch if sources else None


def path_source(parts: tuple[Part, ...]) -> str:
    """An expression for a whole path; one for a directory ends in a slash, which the last part lets pass."""
    last = len(parts) - 1
    source = "".join(
        (".*" if index == last else "(?:.*/)?") if part is GLOBSTAR else part.source + ("" if index == last else "/")
        for index, part in enumerate(parts)
    )
    start = _NO_DOT_PART if parts[0] is GLOBSTAR else ""
    return start + (source if parts[-1] in {GLOBSTAR, EMPTY} else source + "/?")


def _leading_source(parts: tuple[Part, ...]) -> str:
    """An expression for the directories that may hold a match (minimatch's partial mode)."""
    if parts[0] is GLOBSTAR:
        return f"{_NO_DOT_PART}.*"
    source = ""
    for part in reversed(parts[1:]):
        source = "(?:/.*)?" if part is GLOBSTAR else f"(?:/{part.source}{source})?"
    return parts[0].source + source


def verdict(rules: Rules, included: bool, path: str, *, slash: bool, partial: bool, nested: bool) -> bool:  # noqa: FBT001
    """Whether a path is included, given what was decided before these rules.

    `slash` is whether the path is tested with a slash behind it, as a directory; `partial` is whether leading to something
    that is included is enough; `nested` is whether the entry lies deeper than the rules' own directory, in tools where that
    matters.
    """
    name = path[path.rfind("/") + 1 :]
    whole = path + "/" if slash else path
    for run in rules:
        if run.includes is not included and (
            (run.name is not None and run.name(name))
            or (run.path is not None and run.path(whole))
            or (
                partial
                and (
                    (run.above is not None and run.above(path))
                    or (nested and run.nested is not None and run.nested(name + "/"))
                )
            )
        ):
            included = run.includes
    return included
