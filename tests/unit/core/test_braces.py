"""Brace sets are expanded as JavaScript's brace-expansion 2.0.1 does; the expected values are what it gave."""

from __future__ import annotations

import pytest

from samebytes.core.braces import expand_braces

EXPANDED = [
    ("plain", ["plain"]),
    ("a{b,c}d", ["abd", "acd"]),
    ("a{b,c{d,e}f}g", ["abg", "acdfg", "acefg"]),
    ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
    ("a{1..3}", ["a1", "a2", "a3"]),
    ("a{3..1}", ["a3", "a2", "a1"]),
    ("a{01..03}", ["a01", "a02", "a03"]),
    ("a{1..10..4}", ["a1", "a5", "a9"]),
    ("a{10..1..4}", ["a10", "a6", "a2"]),
    ("a{-1..1}", ["a-1", "a0", "a1"]),
    ("a{-01..1}", ["a-01", "a000", "a001"]),
    ("a{a..e..2}", ["aa", "ac", "ae"]),
    ("a{e..a}", ["ae", "ad", "ac", "ab", "aa"]),
    ("a{Z..a}", ["aZ", "a[", "a", "a]", "a^", "a_", "a`", "aa"]),
    ("a{b}c", ["a{b}c"]),
    ("a{}b", ["a{}b"]),
    ("{}a", ["{}a"]),
    ("{},b}", ["{},b}"]),
    ("a${b,c}d", ["a${b,c}d"]),
    ("x{{a,b}}y", ["x{a}y", "x{b}y"]),
    ("x{{a}}y", ["x{{a}}y"]),
    ("{a},b}", ["a}", "b"]),
    ("{a,b", ["{a,b"]),
    ("a},b{", ["a},b{"]),
    ("a{,b}", ["a", "ab"]),
    ("{,}", []),
    ("a\\{b,c\\}", ["a{b,c}"]),
    ("a{b\\,c,d}", ["ab,c", "ad"]),
    ("{a,{b,{c}}}d", ["ad", "bd", "{c}d"]),
    ("a{b,c}}", ["ab}", "ac}"]),
    ("a{{b,c}", ["a{b", "a{c"]),
    ("a{{b,c}{d,e}", ["a{bd", "a{be", "a{cd", "a{ce"]),
    ("a{x,y}{1..2}", ["ax1", "ax2", "ay1", "ay2"]),
]


@pytest.mark.parametrize(("pattern", "expected"), EXPANDED)
def test_expands_like_brace_expansion(pattern: str, expected: list[str]) -> None:
    """Sets, ranges and what looks like them come out in the same order."""
    assert list(expand_braces(pattern)) == expected


def test_number_of_patterns_is_bounded() -> None:
    """A range over millions gives ten thousand patterns, and a hundred nested sets are not taken apart."""
    assert len(expand_braces("{1..99999999}")) == 10_000
    nested = "{a," * 101 + "}" * 101
    assert expand_braces(nested) == (nested,)
