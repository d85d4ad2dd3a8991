"""Listing a member holds together for any tree, any pattern and any order of the disk."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.ignore_rules import compiled, lines_of, verdict
from samebytes.core.list_files import list_files
from samebytes.dialects.profiles import PROFILES, Profile
from samebytes.errors import ConfigError
from tests.contract.packing_chance import chance_package
from tests.contract.packing_tree import Content, Package
from tests.unit.core.memory_source import MemorySource

_PATTERNS = st.text("ab./*?![](){}|@+,\\^-# \x00\u00e9\U0001f600", max_size=30)
_PROFILES = st.sampled_from(list(PROFILES.values()))


def _paths(package: Package, rules: Profile, seed: int) -> list[tuple[str, str, bool]]:
    items: list[tuple[str, Content]] = [
        ("packages/main/package.json", "{}"),
        *((f"packages/main/{path}", content) for path, content in package.files.items()),
    ]
    random.Random(seed).shuffle(items)
    found = list_files(MemorySource(dict(items), "packages/main"), {"name": "main", **package.manifest}, rules)
    return [(file.stored_path, file.source_path, file.executable) for file in found]


@given(seed=st.integers(0, 2**32), order=st.integers(0, 2**32), rules=_PROFILES)
def test_order_of_the_disk_does_not_show(seed: int, order: int, rules: Profile) -> None:
    """The same files in another order give the same list: sorted, each path once, with the manifest in it."""
    package = chance_package(random.Random(seed), "main")
    listed = _paths(package, rules, 0)
    assert listed == _paths(package, rules, order)
    stored = [path for path, _, _ in listed]
    assert stored == sorted(set(stored), key=str.encode)
    assert "package.json" in stored


@given(patterns=st.lists(_PATTERNS, max_size=4), rules=_PROFILES)
def test_any_pattern_is_read_or_refused(patterns: list[str], rules: Profile) -> None:
    """Nothing in `files` or an ignore file breaks the listing; what is refused is refused with a code."""
    files: dict[str, Content] = {"a": "a", "b/a": "b", "b/.npmignore": "\n".join(patterns), ".hidden/[a]": "c"}
    try:
        listed = _paths(Package(label="main", manifest={"files": patterns}, files=files), rules, 0)
    except ConfigError as error:
        assert error.code == "SB-4523"  # noqa: PT017  both ways out are right
    else:
        assert {path for path, _, _ in listed} <= {"package.json", *files}


@given(data=st.binary(max_size=60), path=st.text("ab/.", min_size=1, max_size=12), directory=st.booleans())
def test_any_ignore_file_decides(data: bytes, path: str, directory: bool) -> None:
    """Rules from any bytes give one of two verdicts, and a rule after them that matches all has the last word."""
    lines = lines_of(data)
    for empty in (False, True):
        verdict(compiled(lines, empty_parts=empty), True, path, slash=directory, partial=directory, nested=False)
        last = compiled((*lines, "**", "!**"), empty_parts=empty)
        assert verdict(last, True, path, slash=directory, partial=directory, nested=False)
