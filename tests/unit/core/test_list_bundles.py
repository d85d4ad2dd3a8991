"""Bundled dependencies: which packages come along, and under which paths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from samebytes.core.list_files import list_files
from samebytes.dialects.profiles import PROFILES, Profile, profile
from tests.contract.packing_tree import Content, Link
from tests.unit.core.memory_source import MemorySource
from tests.unit.core.test_list_files import each_profile, listed

OLD, EARLY, NEW = (profile(name) for name in ("pnpm-9.r1", "pnpm-11.r1", "pnpm-12.r1"))


def _package(name: str, *dependencies: str, optional: tuple[str, ...] = (), **manifest: Any) -> str:
    return json.dumps(
        {
            "name": name,
            "version": "1.0.0",
            "dependencies": dict.fromkeys(dependencies, "1"),
            "optionalDependencies": dict.fromkeys(optional, "1"),
            **manifest,
        }
    )


def _bundled(files: Mapping[str, Content], rules: Profile, manifest: Mapping[str, Any], **outside: Content) -> set[str]:
    around = {path.replace("__", "/"): content for path, content in outside.items()}
    found = listed(files, rules, {"files": [], **manifest}, outside=around)
    return {path.removesuffix("/package.json") for path in found if path.startswith("node_modules/")}


@each_profile
@pytest.mark.parametrize("field", ["bundleDependencies", "bundledDependencies"])
def test_named_packages_and_what_they_need(rules: Profile, field: str) -> None:
    """Runtime and optional dependencies come along, found beside or below; circles end."""
    files = {
        "node_modules/a/package.json": _package("a", "b", "c", optional=("d",), devDependencies={"e": "1"}),
        "node_modules/a/node_modules/b/package.json": _package("b", "a", "missing"),
        "node_modules/c/package.json": _package("c", "c"),
        "node_modules/d/package.json": _package("d"),
        "node_modules/e/package.json": _package("e"),
    }
    expected = {f"node_modules/{path}" for path in ("a", "a/node_modules/b", "c", "d")}
    assert _bundled(files, rules, {field: ["a", "nowhere"]}) == expected


@each_profile
@pytest.mark.parametrize("field", [None, False, "a", 1, []])
def test_nothing_is_bundled(rules: Profile, field: Any) -> None:
    """Without a list of names nothing is."""
    files = {"node_modules/a/package.json": _package("a")}
    assert _bundled(files, rules, {"bundleDependencies": field, "dependencies": {"a": "1"}}) == set()


@each_profile
def test_true_bundles_all_dependencies(rules: Profile) -> None:
    """`true` stands for the names under dependencies."""
    files = {"node_modules/@s/a/package.json": _package("@s/a"), "node_modules/@s/b/package.json": _package("@s/b")}
    manifest = {"bundleDependencies": True, "dependencies": {"@s/a": "1"}}
    assert _bundled(files, rules, manifest) == {"node_modules/@s/a"}


_OLD_NAMES = frozenset({"pnpm-9", "pnpm-10"})


def test_old_tools_bundle_the_keys_of_a_map() -> None:
    """Npm-bundled 2 reads a map as the list of its keys."""
    files: dict[str, Content] = {"node_modules/a/package.json": _package("a"), "node_modules/@x": Link("../empty")}
    assert _bundled(files, OLD, {"bundleDependencies": {"a": "1"}}) == {"node_modules/a"}
    assert _bundled(files, NEW, {"bundleDependencies": {"a": "1"}}) == set()


@each_profile
def test_manifest_that_cannot_be_read_brings_nothing_along(rules: Profile) -> None:
    """The files of such a package are bundled all the same."""
    for text in ("{", "[]", '{"dependencies": ["b"]}'):
        files = {"node_modules/a/package.json": text, "node_modules/b/package.json": _package("b")}
        assert _bundled(files, rules, {"bundleDependencies": ["a"]}) == {"node_modules/a"}


def test_linked_package_is_packed_by_its_own_rules() -> None:
    """Pnpm 9 and 10 follow links in node_modules, and read `files` of what they find; circles end."""
    outside: dict[str, Content] = {
        "packages__other__package.json": _package("other", files=["lib"]),
        "packages__other__lib__a": "a",
        "packages__other__b": "b",
        "packages__bad__package.json": "{",
        "packages__bad__c": "c",
    }
    files: dict[str, Content] = {
        "node_modules/other": Link("../../other"),
        "node_modules/bad": Link("../../bad"),
        "node_modules/me": Link(".."),
        "node_modules/gone": Link("nowhere"),
    }
    around = {path.replace("__", "/"): content for path, content in outside.items()}
    manifest = {"files": [], "bundleDependencies": ["other", "bad", "me", "gone"]}
    found = {
        path for path in listed(files, OLD, manifest, outside=around) if not path.startswith("node_modules/me/node_m")
    }
    assert found == {
        "node_modules/other/package.json",
        "node_modules/other/lib/a",
        "node_modules/bad/package.json",
        "node_modules/bad/c",
        "node_modules/me/package.json",
    }


def test_links_in_a_circle_end() -> None:
    """A scope's folder is walked whatever is bundled from it, so that a package may meet itself."""
    files: dict[str, Content] = {
        "package.json": _package("main", files=["**"]),
        "a": "a",
        "node_modules/@s/me": Link("../.."),
    }
    found = listed(files, OLD, {"files": ["**"], "bundleDependencies": ["@s/me"]})
    assert {"a", "node_modules/@s/me/a"} <= set(found)
    assert len(found) < 10


def test_package_needed_twice_is_packed_twice() -> None:
    """Where two packages need one that the member has in another version, each gets it."""
    files: dict[str, Content] = {
        "node_modules/a/package.json": _package("a", "x"),
        "node_modules/b/package.json": _package("b", "x"),
        "node_modules/x/package.json": _package("x"),
        "node_modules/a/node_modules/x": Link("../../../store/x"),
        "node_modules/b/node_modules/x": Link("../../../store/x"),
        "store/x/package.json": _package("x"),
    }
    assert _bundled(files, NEW, {"bundleDependencies": ["x", "a", "b"]}) == {
        f"node_modules/{path}" for path in ("a", "a/node_modules/x", "b", "b/node_modules/x", "x")
    }


def test_packages_above_the_member_are_found_since_11_28() -> None:
    """Before, only the member's own node_modules counted; now they are placed as npm would install them."""
    files = {"node_modules/a": Link("../../../node_modules/.pnpm/a/node_modules/a")}
    outside: dict[str, Content] = {
        "node_modules__.pnpm__a__node_modules__a__package.json": _package("a", "b", "top"),
        "node_modules__.pnpm__a__node_modules__b__package.json": _package("b", "a"),
        "node_modules__top__package.json": _package("top"),
    }
    expected = {"node_modules/a", "node_modules/b", "node_modules/top"}
    assert _bundled(files, NEW, {"bundleDependencies": ["a"]}, **outside) == expected
    assert _bundled(files, EARLY, {"bundleDependencies": ["a", "top"]}, **outside) == {"node_modules/a"}


def test_two_versions_find_their_places() -> None:
    """The second of a name is packed below the package that needs it, and what the member depends on stays at the top."""
    files: dict[str, Content] = {
        "node_modules/a/package.json": _package("a", "x", "y"),
        "node_modules/x/package.json": _package("x"),
        "node_modules/b": Link("../store/b"),
        "store/b/package.json": _package("b", "x", "y"),
        "store/b/node_modules/x": Link("../../x2"),
        "store/x2/package.json": _package("x"),
        "store/b/node_modules/y": Link("../../y2"),
        "store/y2/package.json": _package("y"),
    }
    manifest = {"bundleDependencies": ["a", "b"], "dependencies": {"a": "1", "b": "1", "y": "2"}}
    assert _bundled(files, NEW, manifest) == {
        "node_modules/a",
        "node_modules/x",
        "node_modules/b",
        "node_modules/b/node_modules/x",
        "node_modules/b/node_modules/y",
    }


def test_package_without_a_free_place_is_left_out() -> None:
    """Another package of that name is already where it would have to go."""
    files = {
        "node_modules/a/package.json": _package("a"),
        "node_modules/b/package.json": _package("b", "a"),
        "node_modules/b/node_modules/a/package.json": _package("a"),
        "node_modules/@s/package.json": "{}",
    }
    assert _bundled(files, NEW, {"bundleDependencies": ["a", "b", "@s"]}) == {
        "node_modules/@s",
        "node_modules/a",
        "node_modules/b",
        "node_modules/b/node_modules/a",
    }


@pytest.mark.parametrize("name", ["../other", "a/b", "@s/a/b", "..", ".", "", "a\\b", "@s/.."])
def test_name_that_is_no_package_name_is_left_out(name: str) -> None:
    """Nothing outside a node_modules folder is bundled."""
    outside: dict[str, Content] = {"packages__other__package.json": _package("other")}
    assert _bundled({"a/b/package.json": "{}"}, NEW, {"bundleDependencies": [name]}, **outside) == set()


def test_endless_trees_end() -> None:
    """After 32 steps nothing more is looked for."""
    files = {f"{'node_modules/a/' * depth}package.json": _package("a", "a") for depth in range(1, 40)}
    assert len(_bundled(files, NEW, {"bundleDependencies": ["a"]})) == 33


def test_member_may_be_the_root() -> None:
    """The root's own node_modules is where its packages are packed."""
    files = {
        "package.json": "{}",
        "node_modules/@s/a/package.json": _package("@s/a", "b"),
        "node_modules/@s/a/node_modules/b/package.json": _package("b"),
        "node_modules/@t/readme": "x",
    }
    manifest = {"name": "root", "files": [], "bundleDependencies": ["@s/a"]}
    for rules in PROFILES.values():
        if rules.name not in _OLD_NAMES:
            found = [file.stored_path for file in list_files(MemorySource(files), manifest, rules)]
            assert found == sorted(path for path in files if "@t" not in path)
