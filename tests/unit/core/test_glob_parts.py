"""One component of a glob matches the names that JavaScript's minimatch matches (5.1.6 and 10.2.6 agree on these)."""

from __future__ import annotations

import re

import pytest

from samebytes.core.glob_parts import EMPTY, GLOBSTAR, alternatives, part

MATCHES = [
    ("a", ["a", "A"], ["b", "aa"]),
    ("*", ["a", ".a"], [""]),
    ("*.js", ["a.js", ".js", "A.JS"], ["js", "a.jsx"]),
    ("a*", ["a", "ab"], ["ba"]),
    ("?", ["a", "é"], ["ab", ""]),
    ("a?", ["ab"], ["a"]),
    ("[ab]", ["a", "B"], ["c"]),
    ("[!a]", ["b"], ["a"]),
    ("[^a]", ["b"], ["a"]),
    ("[a-c]x", ["bx"], ["dx"]),
    ("[c-a]", [], ["a", "b", "c", "-"]),
    ("[!c-a]", ["a"], []),
    ("[]a]", ["]", "a"], ["b"]),
    ("[a-]", ["a", "-"], ["b"]),
    ("[\\]]", ["]"], ["\\"]),
    ("[a\\-c]", ["a", "-", "c"], ["b"]),
    ("[[:digit:]a]", ["1", "a"], ["b"]),
    ("[&~|^]", ["&", "~", "|", "^"], ["a"]),
    ("[a", ["[a"], ["a"]),
    ("\\*", ["*"], ["a"]),
    ("a\\", ["a\\"], ["a"]),
    ("!(a)", ["b", "aa"], ["a"]),
    ("!(a).js", ["b.js", "a.b.js"], ["a.js"]),
    ("@(a|b)", ["a", "b"], ["c", "ab"]),
    ("?(a)b", ["b", "ab"], ["aab"]),
    ("*(a|b)c", ["c", "abac"], ["d"]),
    ("+(a)b", ["ab", "aab"], ["b"]),
    ("@(a|!(b))", ["a", "c"], ["b"]),
    ("@(a", ["@(a"], ["a"]),
    ("*(a", ["x(a"], ["a"]),
    ("a|b", ["a|b"], ["a"]),
    ("a)", ["a)"], ["a"]),
    ("a.b", ["a.b"], ["axb"]),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), MATCHES)
def test_matches_like_minimatch(pattern: str, matching: list[str], others: list[str]) -> None:
    """Wildcards, classes, extended globs, escapes and what is left open."""
    expression = re.compile(part(pattern).source, re.IGNORECASE | re.DOTALL)
    assert [name for name in matching if not expression.fullmatch(name)] == []
    assert [name for name in others if expression.fullmatch(name)] == []


def test_pattern_is_split_at_slashes() -> None:
    """Each alternative is a list of parts; `**` and nothing are parts of their own kind."""
    assert [[one.plain for one in parts] for parts in alternatives("1//{2,3}/")] == [["1", "2", ""], ["1", "3", ""]]
    assert alternatives("**/")[0] == (GLOBSTAR, EMPTY)


@pytest.mark.parametrize(("text", "plain"), [("1.2", "1.2"), ("a", None), ("\\1", "1"), ("[1]", None), ("", "")])
def test_plain_text_is_what_has_no_case(text: str, plain: str | None) -> None:
    """Only text without letters can be looked up as it stands: names match in either case."""
    assert part(text).plain == plain


def test_many_groups_are_taken_as_written() -> None:
    """Nobody means a hundred groups; they cost no time and no stack."""
    text = "@(" * 200
    assert part(text).plain == text


def test_unclosed_groups_are_read_once() -> None:
    """Nested groups that are never closed take no exponential time."""
    assert re.compile(part("@(" * 90).source).fullmatch("@(" * 90)
