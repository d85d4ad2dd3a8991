"""Ignore rules decide as ignore-walk's do: in order, the last match wins."""

from __future__ import annotations

import pytest

from samebytes.core.ignore_rules import compiled, lines_of, verdict


def _included(
    rules: list[str], path: str, *, directory: bool = False, nested: bool = False, empty: bool = False
) -> bool:
    runs = compiled(tuple(rules), empty_parts=empty)
    return verdict(runs, True, path, slash=directory, partial=directory, nested=nested)


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ([], "a", True),
        (["a"], "a", False),
        (["a"], "b/a", False),
        (["/a"], "b/a", True),
        (["/a"], "a", False),
        (["b/a"], "b/a", False),
        (["b/a"], "c/b/a", True),
        (["**/b/a"], "c/b/a", False),
        (["b/**"], "b/c/a", False),
        (["b/**"], "b", True),
        (["b/**/a"], "b/a", False),
        (["**/**/a"], "x/a", False),
        (["a", "!a"], "a", True),
        (["!a", "a"], "a", False),
        (["!!a"], "a", False),
        (["*", "!*.js"], "a.js", True),
        (["*", "!*.js"], "a.ts", False),
        (["a/"], "a", True),
        (["!"], "a", True),
        (["/"], "a", True),
        (["**/a"], "./x/a", True),
        (["**"], "x/a", False),
        (["/**"], "x/a", False),
    ],
)
def test_files(rules: list[str], path: str, expected: bool) -> None:
    """A file is included or not."""
    assert _included(rules, path) is expected


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        (["a/"], "a", False),
        (["a/"], "b/a", True),
        (["*"], "a", False),
        (["*", "!a/b/c.js"], "a", True),
        (["*", "!a/b/c.js"], "a/b", True),
        (["*", "!a/b/c.js"], "a/c", False),
        (["*", "!a/**/c.js"], "a/x/y", True),
        (["*", "!**/c.js"], "x", True),
        (["*", "!c.js"], "x", False),
        (["*", "!/a/b"], "a", True),
    ],
)
def test_directories(rules: list[str], path: str, expected: bool) -> None:
    """A directory is included when something below may be."""
    assert _included(rules, path, directory=True) is expected


def test_pattern_for_directories_counts_below_its_own() -> None:
    """`a/` means every directory called so, where the rules stand above its parent (ignore-walk 8)."""
    assert not _included(["a/"], "b/a", directory=True, nested=True)
    assert _included(["/a/"], "b/a", directory=True, nested=True)


def test_group_may_stand_for_an_empty_part() -> None:
    """In minimatch 10 `lib/!(a)` matches `lib/`, and `!(a)/b` what is called `b` at the top."""
    assert _included(["lib/!(a)"], "lib", directory=True)
    assert not _included(["lib/!(a)"], "lib", directory=True, empty=True)
    assert not _included(["@(x|)/b"], "b", empty=True)
    assert not _included(["**/@(x|)/b"], "b", empty=True)


def test_lines_are_read_as_javascript_reads_them() -> None:
    """No comments, no empty lines, no space or byte order mark around them; what is not UTF-8 is no error."""
    data = "\ufeffa\u00a0\r\n# no\n\n  b c \n  # no\n\\#d".encode() + b"\n\xff"
    assert lines_of(data) == ("a", "b c", "\\#d", "\ufffd")
