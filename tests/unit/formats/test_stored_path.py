"""A path that must not be packed or unpacked is recognised."""

from __future__ import annotations

import pytest

from samebytes.formats.stored_path import problem_with


@pytest.mark.parametrize(
    "path",
    ["a", "package/a", "a b", "..a", "a..", "a/...", "-", "\u00e9/\U0001f600", "a\\b", "con:x", ".hidden", "a/.b"],
)
def test_allows(path: str) -> None:
    """Ordinary and odd names are allowed."""
    assert not problem_with(path)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "is empty"),
        ("/a", "is absolute"),
        ("\\a", "is absolute"),
        ("C:\\a", "is absolute"),
        ("c:a", "is absolute"),
        ("..", "has a part `..`"),
        ("a/../b", "has a part `..`"),
        ("a/..", "has a part `..`"),
        ("a\\..\\b", "has a part `..`"),
        ("a//b", "has an empty part or a part `.`"),
        ("a/", "has an empty part or a part `.`"),
        ("./a", "has an empty part or a part `.`"),
        ("a/./b", "has an empty part or a part `.`"),
        ("a\0b", "has a control character"),
        ("a\nb", "has a control character"),
        ("a\x7f", "has a control character"),
        ("a\x9b", "has a control character"),
        ("a\udcff", "is not UTF-8"),
    ],
)
def test_refuses(path: str, problem: str) -> None:
    """What leads elsewhere, acts on a terminal or is no text is refused, with the reason."""
    assert problem_with(path) == problem
