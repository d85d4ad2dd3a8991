"""Listing a member's files: what the golden packages of tests/golden/packing.py do not show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from samebytes.core.list_files import list_files
from samebytes.dialects.profiles import PROFILES, Profile, RootLicense, profile
from samebytes.errors import ConfigError
from tests.contract.packing_tree import Content, Folder, Link, Program
from tests.unit.core.memory_source import MemorySource, Other

_HOME = "packages/main"
OLD, NEW = profile("pnpm-9.r1"), profile("pnpm-12.r1")
each_profile = pytest.mark.parametrize("rules", PROFILES.values(), ids=PROFILES)


def listed(
    files: Mapping[str, Content | Other],
    rules: Profile,
    manifest: Mapping[str, Any] | None = None,
    *,
    outside: Mapping[str, Content | Other] | None = None,
    directory: str = _HOME,
) -> dict[str, str]:
    """Stored path to source path, `*` in front of a program's, without package.json."""
    own = {f"{_HOME}/{path}": content for path, content in {"package.json": "{}", **files}.items()}
    source = MemorySource({**own, **(outside or {})}, directory)
    found = list_files(source, {"name": "main", "version": "1.0.0", **(manifest or {})}, rules)
    return {
        file.stored_path: ("*" if file.executable else "") + file.source_path.removeprefix("/repository/")
        for file in found
        if file.stored_path != "package.json"
    }


@each_profile
def test_files_are_sorted_by_bytes(rules: Profile) -> None:
    """Whatever order the disk has them in."""
    names = ["z", "é", "a/b", "a-b", "A", "a0", "\udcff"]
    assert list(listed(dict.fromkeys(names, "x"), rules)) == sorted(
        names, key=lambda name: name.encode("utf-8", "surrogateescape")
    )


@each_profile
def test_root_package_gets_no_licence(rules: Profile) -> None:
    """The package at the root has the root's files already, and nothing of a nested member is special."""
    files = {"package.json": "{}", "LICENSE": "l", ".gitignore": "x\n", "x": "x", f"{_HOME}/a": "a"}
    found = list_files(MemorySource(files), {"name": "main", "files": ["packages"]}, rules)
    assert [file.stored_path for file in found] == ["LICENSE", "package.json", f"{_HOME}/a"]


def test_root_licence_may_be_a_link_up_to_11_9() -> None:
    """Followed inside the repository; later versions take regular files only."""
    outside: dict[str, Content] = {
        "LICENSE": Link("docs/L"),
        "docs/L": "l",
        "LICENCE.md": Link("/etc/x"),
        "LICENSE.d": Folder(),
        "License": "l",
    }
    assert listed({}, OLD, outside=outside) == {"LICENSE": "docs/L"}
    assert listed({}, NEW, outside=outside) == {"License": "License"}
    assert listed({}, NEW, outside={"LICENCE.txt": "l"}) == {"LICENCE.txt": "LICENCE.txt"}


def test_pnpm_12_takes_the_licence_of_the_root_in_any_case() -> None:
    """A root's `License` goes into packages of pnpm 12, and of no older one."""
    outside = {"License": "l"}
    assert "License" in listed({}, profile("pnpm-12.r1"), outside=outside)
    assert "License" not in listed({}, profile("pnpm-11.28.r1"), outside=outside)


def test_own_licence_keeps_the_roots_out() -> None:
    """Up to 11.27 any path that mentions the word will do; since then it must be a file's name."""
    outside = {"LICENSE": "l"}
    assert "LICENSE" not in listed({"lib/license-check.js": "x"}, OLD, outside=outside)
    assert "LICENSE" in listed({"lib/license-check.js": "x"}, NEW, outside=outside)
    assert "LICENSE" not in listed({"lib/licence.txt": "x"}, NEW, outside=outside)


def test_profile_may_add_no_licence() -> None:
    """Npm adds none."""
    rules = replace(NEW, root_license=RootLicense.NEVER)
    assert listed({}, rules, outside={"LICENSE": "l"}) == {}


def test_outer_ignore_files_count_since_11_13() -> None:
    """As if they stood in the member, .npmignore before .gitignore in each folder."""
    outside: dict[str, Content] = {
        ".npmignore": "a\n",
        ".gitignore": "b\n",
        "packages/.gitignore": Link("../rules"),
        "rules": "c\n!a/keep\n",
    }
    files = {"a": "x", "b": "x", "c": "x"}
    assert set(listed(files, NEW, outside=outside)) == {"b"}
    assert set(listed(files, OLD, outside=outside)) == {"a", "b", "c"}
    assert set(listed({**files, ".npmignore": "b\n"}, NEW, outside=outside)) == {"a", "c"}
    assert set(listed(files, NEW, {"files": ["a", "c"]}, outside=outside)) == {"a", "c"}
    odd: dict[str, Content] = {".npmignore": Folder(), ".gitignore": Link("."), "packages/.npmignore": Link("nowhere")}
    assert set(listed(files, NEW, outside=odd)) == {"a", "b", "c"}
    rules = replace(NEW, walk=replace(NEW.walk, outer_ignore_files=False))
    assert set(listed(files, rules, outside=outside)) == {"a", "b", "c"}


def test_x_bit_on_disk_counts_since_11_28() -> None:
    """Before, only `bin` and `executableFiles` make a program; a bin is one in any case."""
    files: dict[str, Content] = {"run": Program(), "cli.js": "x", "lib": Program()}
    manifest = {"bin": {"main": "./cli.js"}}
    assert [path for path, source in listed(files, OLD, manifest).items() if source.startswith("*")] == ["cli.js"]
    assert len([path for path, source in listed(files, NEW, manifest).items() if source.startswith("*")]) == 3


@each_profile
def test_sockets_and_devices_are_left_out(rules: Profile) -> None:
    """Only files are packed."""
    assert set(listed({"a": "x", "pipe": Other()}, rules)) == {"a"}
    assert set(listed({"a": "x", "pipe": Other()}, rules, {"files": ["a", "pipe"]})) == {"a"}


@pytest.mark.parametrize("pattern", ["../other/x", "lib/../a", "lib/../../other/x"])
def test_pattern_to_no_plain_path_is_refused(pattern: str) -> None:
    """Pnpm 9 would store `..` in the tarball."""
    with pytest.raises(ConfigError) as caught:
        listed({"a": "a", "lib/b": "b"}, OLD, {"files": [pattern]}, outside={"packages/other/x": "x"})
    assert caught.value.code == "SB-4523"


@pytest.mark.parametrize(
    "pattern", ["../other/x", "../other", "..", "lib/../../other/x", "/../../x", "../../../x", "{/x,y}"]
)
def test_pattern_that_leads_out_finds_nothing(pattern: str) -> None:
    """Newer tools look at the member alone, and nothing is found outside the repository."""
    outside = {"packages/other/x": "x", "x": "x"}
    assert listed({"a": "a"}, NEW, {"files": [pattern]}, outside=outside) == {}


@pytest.mark.parametrize("wanted", ["lib", 1, True, {"a": "b"}, ["a", 1]])
def test_files_must_be_a_list_of_strings(wanted: Any) -> None:
    """Newer tools crash or read it letter by letter; older ones take what is no list for nothing."""
    with pytest.raises(ConfigError) as caught:
        listed({"a": "a"}, NEW, {"files": wanted})
    assert caught.value.code == "SB-4522"
    if isinstance(wanted, list):
        with pytest.raises(ConfigError):
            listed({"a": "a"}, OLD, {"files": wanted})
    else:
        assert set(listed({"a": "a"}, OLD, {"files": wanted})) == {"a"}


@each_profile
@pytest.mark.parametrize("wanted", [None, False, ""])
def test_no_files_field_means_all(rules: Profile, wanted: Any) -> None:
    """Null, false and the empty string are no list."""
    assert set(listed({"a": "a"}, rules, {"files": wanted})) == {"a"}


def test_missing_directory_is_refused() -> None:
    """`publishConfig.directory` must be there when it is packed."""
    with pytest.raises(ConfigError) as caught:
        listed({}, NEW, directory=f"{_HOME}/dist")
    assert caught.value.code == "SB-4524"


@each_profile
def test_packed_directory_may_be_reached_through_a_link(rules: Profile) -> None:
    """What is packed is what the link leads to."""
    files: dict[str, Content] = {"dist": Link("build"), "build/package.json": "{}", "build/a": "a"}
    assert listed(files, rules, directory=f"{_HOME}/dist") == {"a": f"{_HOME}/build/a"}


@each_profile
def test_other_manifests_are_left_out(rules: Profile) -> None:
    """Pnpm packs package.yaml and package.json5 as package.json; there is one already."""
    assert set(listed({"package.yaml": "x", "package.json5": "x", "lib/package.yaml": "x"}, rules)) == {
        "lib/package.yaml"
    }


def test_links_are_copied_since_11_28() -> None:
    """A link stands for the packed file or files it leads to; without them it is left out, as is a circle."""
    files: dict[str, Content] = {
        "real": Program(),
        "dir/a": "a",
        "dir/sub/b": "b",
        "lib/file": Link("../real"),
        "lib/dir": Link("../dir"),
        "lib/chain": Link("file"),
        "lib/up": Link(".."),
        "dir/self": Link("."),
        "lib/out": Link("../../other/x"),
        "lib/none": Link("nowhere"),
        "lib/root": Link("../../.."),
    }
    found = listed(files, NEW, outside={"packages/other/x": "x"})
    assert found == {
        "real": f"*{_HOME}/real",
        "dir/a": f"{_HOME}/dir/a",
        "dir/sub/b": f"{_HOME}/dir/sub/b",
        "lib/file": f"*{_HOME}/real",
        "lib/chain": f"*{_HOME}/real",
        "lib/dir/a": f"{_HOME}/dir/a",
        "lib/dir/sub/b": f"{_HOME}/dir/sub/b",
    }
    assert set(listed(files, OLD)) == {"real", "dir/a", "dir/sub/b"}
    assert set(listed(files, NEW, {"files": ["lib/file"]})) == set()
    assert set(listed(files, NEW, {"files": ["real", "./lib/file", "!lib/chain"]})) == {"real", "lib/file"}


@each_profile
def test_links_out_of_the_repository_are_left_out(rules: Profile) -> None:
    """Absolute or with too many steps up, in `files` or not."""
    files: dict[str, Content] = {"a": "a", "abs": Link("/etc"), "up": Link("../../../x"), "loop": Link("loop")}
    assert set(listed(files, rules)) == {"a"}
    assert set(listed(files, rules, {"files": ["a", "abs/**", "up", "loop/*"]})) == {"a"}


def test_manifest_asked_for_and_refused_stays_out() -> None:
    """Npm-packlist 5 takes `/package.json` of `files` for its own, so that a later `!package.json` wins."""
    own = {f"{_HOME}/package.json": "{}", f"{_HOME}/a": "a", f"{_HOME}/.npmrc": "x"}
    manifest = {"files": ["/package.json", "!package.json", "a", ".npmrc"]}
    assert [file.stored_path for file in list_files(MemorySource(own, _HOME), manifest, OLD)] == ["a"]


def test_listing_reads_no_foreign_member() -> None:
    """The folder of all members is not read for each of them."""
    source = MemorySource(
        {f"{_HOME}/package.json": json.dumps({}), "packages/other/package.json": "{}", "LICENSE": "l"}, _HOME
    )
    list_files(source, {"name": "main"}, NEW)
    assert "packages" not in source.scanned


@pytest.mark.parametrize(
    ("wanted", "older", "newest"),
    [
        (["x", "!x"], {"x"}, set()),
        (["!x", "x"], set(), set()),
        (["d", "d/x", "!d/x"], {"d/x"}, set()),
        (["/d/x", "!./d/x", "!/d/x"], {"d/x"}, set()),
        (["!!x", "!x", "x"], {"x"}, set()),
    ],
)
def test_file_named_and_excluded_by_name(wanted: list[str], older: set[str], newest: set[str]) -> None:
    """In pnpm 11 the first word counts, in pnpm 12 the exclusion."""
    files = {"x": "x", "d/x": "x"}
    assert set(listed(files, profile("pnpm-11.28.r1"), {"files": wanted})) == older
    assert set(listed(files, NEW, {"files": wanted})) == newest
