"""Globs find what JavaScript's glob 8 finds, with `dot` and `nocase`."""

from __future__ import annotations

import pytest

from samebytes.core.file_view import FileView
from samebytes.core.glob_files import glob_files
from tests.contract.packing_tree import Content, Folder, Link
from tests.unit.core.memory_source import MemorySource

_FILES: dict[str, Content] = {
    "src/lib/L": "l",
    "src/a.js": "a",
    "linked": Link("src"),
    "7/8": "n",
    ".x": "x",
    "empty": Folder(),
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**/", ["7/", "empty/", "linked/", "src/", "src/lib/"]),
        ("**/lib", ["linked/lib", "src/lib"]),
        ("**/lib/", ["linked/lib/", "src/lib/"]),
        ("**/*/", ["7/", "empty/", "linked/", "linked/lib/", "src/", "src/lib/"]),
        ("**/**/L", ["linked/lib/L", "src/lib/L"]),
        ("linked/**", ["linked", "linked/a.js", "linked/lib", "linked/lib/L"]),
        ("SRC/*.JS", ["src/a.js"]),
        ("7/8", ["7/8"]),
        ("7/8/", []),
        ("7/", ["7/"]),
        ("7/9", []),
        ("7/8/9", []),
        (".*", [".x"]),
        ("/7/8", []),
        ("{7,src}/{8,a.js}", ["7/8", "src/a.js"]),
        ("", []),
    ],
)
def test_finds_like_glob(pattern: str, expected: list[str]) -> None:
    """Directories are results, a slash behind asks for one, links are followed one step below `**`."""
    found = glob_files(FileView(MemorySource(_FILES), "."), pattern, "")
    assert sorted(found) == expected


def test_search_may_start_below() -> None:
    """Paths are relative to where it starts."""
    assert sorted(glob_files(FileView(MemorySource(_FILES), "."), "**/*.js", "src")) == ["a.js"]
    assert glob_files(FileView(MemorySource(_FILES), "."), "**/x/y", "empty") == []
