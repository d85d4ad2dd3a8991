"""Globs of directories and package names; what real pnpm finds by them is held in tests/contract."""

from __future__ import annotations

import pytest

from samebytes.core.globs import check_glob, glob_matches
from samebytes.errors import FormatError


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("packages/*", ["packages/a"], ["packages", "packages/a/b", "packages/.a", "packages/"]),
        ("packages/**", ["packages/a", "packages/a/b", "packages/"], ["packages/a/.b", "package/a"]),
        ("packages/**/x", ["packages/x", "packages/a/b/x"], ["packages/.a/x", "x"]),
        ("**", ["a", "a/b", ""], [".a", "a/.b"]),
        ("./a/*", ["a/b"], ["b"]),
        ("{a,b/{c,d}}", ["a", "b/c", "b/d"], ["b", "c"]),
        ("@scope/*", ["@scope/a"], ["@other/a", "scope/a"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("?", ["a"], [".", "ab"]),
        ("[ab]x", ["ax", "bx"], ["cx"]),
        ("[!a-c]x", ["dx"], ["ax", "/x"]),
        ("[^a]", ["b"], ["a"]),
        ("@(a|b)c", ["ac", "bc"], ["c", "abc"]),
        ("a?(b)", ["a", "ab"], ["abb"]),
        ("+(ab)", ["ab", "abab"], ["", "a"]),
        ("*(a|b)", ["a", "abba"], ["", "c"]),
        ("a*@(b*|?)c", ["abxc", "axyc"], ["ac"]),
        ("\\*a", ["*a"], ["xa"]),
        ("a|b", ["a|b"], ["a", "b"]),
        (".*", [".a"], ["a"]),
        ("*.js", ["x.js"], [".js"]),
        ("a**b", ["ab", "axb"], ["a/b"]),
        ("a\\", ["a"], ["a\\"]),
    ],
)
def test_matches_whole_paths(pattern: str, matching: list[str], other: list[str]) -> None:
    """Each pattern matches these and not those."""
    assert [path for path in matching if not glob_matches(pattern, path)] == []
    assert [path for path in other if glob_matches(pattern, path)] == []


def test_wildcards_match_names_with_a_leading_dot_only_when_asked() -> None:
    """Negations of pnpm see hidden directories, its patterns do not."""
    assert not glob_matches("**/a", ".x/a")
    assert glob_matches("**/a", ".x/a", dot=True)


@pytest.mark.parametrize(
    "pattern",
    [
        "a{1..3}",
        "{a}",
        "***",
        "!(a)",
        "a(b)",
        "@(a",
        "+(a*)",
        "*(+(a)*)",
        "[",
        "[]",
        "[a",
        "[[:alpha:]]",
        "[z-a]",
        "{a,b}" * 10,
        "a!(b)",
    ],
)
def test_refuses_what_versions_read_differently(pattern: str) -> None:
    """A pattern that is not read is an error, never a pattern that matches nothing."""
    with pytest.raises(FormatError) as caught:
        check_glob(pattern)
    assert caught.value.code == "SB-2011"
    assert repr(pattern) in caught.value.problem
