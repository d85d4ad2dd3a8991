"""pnpm-lock.yaml is read strictly for the tools that pnpm 11 pins."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats.lockfiles import check_lockfile, read_pinned_package_managers

_LOCKFILE = b"""lockfileVersion: '9.0'
importers:
  .: {}
  packages/a:
    dependencies:
      b:
        specifier: workspace:*
        version: link:../b
"""
_TOOLS = b"""---
lockfileVersion: '9.0'
importers:
  .:
    configDependencies: {}
    packageManagerDependencies:
      pnpm:
        specifier: ^12
        version: %s
---
"""


@pytest.mark.parametrize("version", ["12.1.0", "12"])
def test_reads_the_tools_of_the_first_document(version: str) -> None:
    """Pnpm 11 writes a document of its own before the lockfile; a number is the text it was written as."""
    data = _TOOLS % version.encode() + _LOCKFILE
    assert read_pinned_package_managers(data, "pnpm-lock.yaml") == {"pnpm": version}


def test_a_document_for_tools_may_name_none() -> None:
    """A first document without pinned package managers, or without a root, pins none."""
    for tools in (b"importers: {.: {}}\n---\n", b"importers: {}\n---\n"):
        assert read_pinned_package_managers(tools + _LOCKFILE + b"# packageManagerDependencies\n", "f") == {}


def test_does_not_parse_a_lockfile_without_tools_for_its_tools() -> None:
    """A large lockfile costs nothing where there is nothing to find."""
    assert read_pinned_package_managers(b"not: [a lockfile", "f") == {}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "f:1"),
        (b"- a\n", "f:1"),
        (b"- a\n---\nlockfileVersion: '9.0'\n", "f:1"),
        (b"a: b\n", "f:1"),
        (b"importers: {}\nlockfileVersion: '6.0'\n", "f:2"),
        (b"lockfileVersion: 5.4\n", "f:1"),
        (b"lockfileVersion: '9.0'\nimporters: []\n", "f:2"),
        (b"lockfileVersion: '9.0'\nimporters:\n  .: x\n", "f:3"),
        (b"lockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies: x\n", "f:4"),
        (b"lockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies:\n      pnpm: 1.0\n", "f:5"),
        (b"lockfileVersion: '9.0'\nimporters: {.: {packageManagerDependencies: {pnpm: {specifier: x}}}}\n", "f:2"),
    ],
)
def test_refuses_another_shape_with_the_line(data: bytes, place: str) -> None:
    """Each refusal points at the line."""
    with pytest.raises(FormatError) as caught:
        read_pinned_package_managers(data + b"# packageManagerDependencies\n", "f")
    assert (caught.value.code, caught.value.place) == ("SB-2021", place)


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b": : :\n", "SB-2201", "f:1:1"),
        (b"lockfileVersion: '9.0'\n<<<<<<< HEAD\na: b\n", "SB-2201", "f:3:1"),
        (b"lockfileVersion: '9.0'\na: 1\na: 2\n", "SB-2202", "f:3:1"),
        (b"settings: {}\nlockfileVersion: '6.0'\n", "SB-2021", "f:2"),
        (b"just words\n", "SB-2021", "f:1"),
        (b"", "SB-2021", "f:1"),
    ],
)
def test_a_broken_lockfile_is_told_with_its_place(data: bytes, code: str, place: str) -> None:
    """Not by whatever the package manager says of it after an install was started."""
    with pytest.raises(FormatError) as caught:
        check_lockfile(data, "f")
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_lockfile_with_a_document_for_tools_is_one() -> None:
    """The last document is the lockfile."""
    check_lockfile(_LOCKFILE, "f")
    check_lockfile(_TOOLS % b"12.1.0" + _LOCKFILE, "f")
