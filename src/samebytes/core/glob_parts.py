"""Glob patterns as JavaScript's minimatch reads them, turned into regular expressions.

Options are those of npm-packlist throughout: letters match in either case, a leading dot is nothing special. Two versions
of minimatch are covered by one reading (5.1 in pnpm 9 and 10, 10.2 in pnpm 11): they differ only on malformed patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from samebytes.core.braces import expand_braces

_SLASHES = re.compile(r"/+")
_STAR: Final = "[^/]*"
_SOMETHING: Final = "[^/]+"
_ANY: Final = "[^/]"
_NOT_EMPTY: Final = "(?=[^/])"
_PART_ENDS: Final = r"(?:/|\Z)"
# Nobody writes a hundred groups into the name of a file; what does is taken as it is written.
_MOST_GROUPS = 100
_GROUPS = {"?": "?", "*": "*", "+": "+", "@": "", "!": "!"}
_POSIX = {
    "[:alnum:]": r"\w",
    "[:alpha:]": r"a-zA-Z",
    "[:ascii:]": r"\x00-\x7f",
    "[:blank:]": r" \t",
    "[:cntrl:]": r"\x00-\x1f\x7f",
    "[:digit:]": r"\d",
    "[:lower:]": r"a-z",
    "[:space:]": r"\s",
    "[:upper:]": r"A-Z",
    "[:word:]": r"\w",
    "[:xdigit:]": r"A-Fa-f0-9",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one component of a path must be: a regular expression, `plain` where it can only be this very text.

    `may_be_empty` is whether the expression lets a component pass that is empty, as there is one behind a last slash:
    minimatch 5 never does, minimatch 10 does for extended globs such as `!(a)`.
    """

    source: str
    plain: str | None = None
    may_be_empty: bool = False


GLOBSTAR: Final = Part("\0**")
EMPTY: Final = Part("", "")


@dataclass(frozen=True, slots=True)
class _Group:
    """An extended glob such as `@(a|b)`."""

    kind: str
    alternatives: tuple[tuple[str | _Group, ...], ...]


_Parsed = tuple[tuple[tuple[str | _Group, ...], ...], int]


@lru_cache(maxsize=4096)
def alternatives(pattern: str) -> tuple[tuple[Part, ...], ...]:
    """A pattern without its negation, as the lists of parts that its brace sets expand to; `**` is GLOBSTAR."""
    return tuple(tuple(part(text) for text in _SLASHES.split(expanded)) for expanded in expand_braces(pattern))


@lru_cache(maxsize=4096)
def part(text: str) -> Part:
    """One component of a pattern."""
    if not text.strip("*"):
        return {"": EMPTY, "**": GLOBSTAR}.get(text, Part(_SOMETHING))
    if text.count("(") > _MOST_GROUPS:
        return Part(re.escape(text), text)
    nodes, _ = _parse(text, 0, {}, in_group=False)
    source = _rendered(nodes[0], "")
    if any(not isinstance(node, str) for node in nodes[0]):
        return Part(source, may_be_empty=re.fullmatch(source, "") is not None)
    if re.search(r"(?<!\\)[*?\[]", text):
        return Part(_NOT_EMPTY + source)
    plain = re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
    return Part(source, plain if plain.upper() == plain.lower() else None)


def _parse(text: str, index: int, groups: dict[int, _Parsed], *, in_group: bool) -> _Parsed:
    """Alternatives up to the closing parenthesis, or one up to the end; the index behind, -1 for a group left open.

    `groups` keeps what was read from an index on: a group that is never closed is read again as plain text.
    """
    done: list[tuple[str | _Group, ...]] = []
    nodes: list[str | _Group] = []
    while index < len(text):
        character = text[index]
        if character in _GROUPS and text[index + 1 : index + 2] == "(":
            if index + 2 not in groups:
                groups[index + 2] = _parse(text, index + 2, groups, in_group=True)
            inner, behind = groups[index + 2]
            if behind > 0:
                nodes.append(_Group(character, inner))
                index = behind
                continue
        if in_group and character == ")":
            return (*done, tuple(nodes)), index + 1
        if in_group and character == "|":
            done.append(tuple(nodes))
            nodes = []
            index += 1
            continue
        source, index = _single(text, index)
        nodes.append(source)
    return (*done, tuple(nodes)), -1


def _single(text: str, index: int) -> tuple[str, int]:
    """One character, or one class in brackets."""
    character = text[index]
    if character == "*":
        return _STAR, index + 1
    if character == "?":
        return _ANY, index + 1
    if character == "\\" and index + 1 < len(text):
        return re.escape(text[index + 1]), index + 2
    if character == "[":
        found = _bracketed(text, index)
        if found is not None:
            return found
    return re.escape(character), index + 1


def _bracketed(text: str, start: int) -> tuple[str, int] | None:
    """A class such as `[a-z]` and the index behind it; None where the bracket is not closed."""
    index = start + 1
    negated = text[index : index + 1] in {"!", "^"}
    index += negated
    members: list[str] = []
    first = True
    while index < len(text):
        if text[index] == "]" and not first:
            body = "".join(members)
            if not body:
                return (_ANY if negated else r"(?!)"), index + 1
            return (f"[^{body}/]" if negated else f"[{body}]"), index + 1
        first = False
        named = next((name for name in _POSIX if text.startswith(name, index)), None)
        if named is not None:
            members.append(_POSIX[named])
            index += len(named)
            continue
        low, index = _member(text, index)
        if text[index : index + 1] == "-" and text[index + 1 : index + 2] not in {"", "]"}:
            high, index = _member(text, index + 1)
            members += [f"{re.escape(low)}-{re.escape(high)}"] if low <= high else []
        else:
            members.append(re.escape(low))
    return None


def _member(text: str, index: int) -> tuple[str, int]:
    escaped = text[index] == "\\" and index + 1 < len(text)
    return text[index + escaped], index + escaped + 1


def _rendered(nodes: tuple[str | _Group, ...], after: str) -> str:
    """The nodes as a regular expression; `after` is what follows them, which `!(…)` has to look at."""
    source = ""
    for node in reversed(nodes):
        if isinstance(node, str):
            source = node + source
            continue
        inner = "|".join(_rendered(one, source + after) for one in node.alternatives)
        if node.kind == "!":
            source = f"(?:(?!(?:{inner}){source}{after}{_PART_ENDS}){_STAR}){source}"
        else:
            source = f"(?:{inner}){_GROUPS[node.kind]}{source}"
    return source
