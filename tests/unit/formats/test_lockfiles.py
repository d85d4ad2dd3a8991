"""pnpm-lock.yaml is read strictly: importers, catalogs and the tools that pnpm 11 pins."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats.lockfiles import Locked, read_pinned_package_managers, read_pnpm_lockfile
from samebytes.model.workspace import DependencyKind
from tests.cached import ROOT

_LOCKFILE = b"""lockfileVersion: '9.0'
catalogs:
  default:
    react:
      specifier: ^18
      version: 18.2.0
importers:
  .: {}
  packages/a:
    dependencies:
      b:
        specifier: workspace:*
        version: link:../b
      c:
        specifier: 1
        version: 1.0.0
    devDependencies: {}
"""
_TOOLS = b"""---
lockfileVersion: '9.0'
importers:
  .:
    configDependencies: {}
    packageManagerDependencies:
      pnpm:
        specifier: ^12
        version: 12.1.0
---
"""


def test_reads_importers_and_catalogs() -> None:
    """By directory, map and alias; a number is the text it was written as."""
    lockfile = read_pnpm_lockfile(_LOCKFILE, "pnpm-lock.yaml")
    assert lockfile.importers["."] == {}
    assert lockfile.importers["packages/a"] == {
        DependencyKind.RUNTIME: {
            "b": Locked(specifier="workspace:*", version="link:../b"),
            "c": Locked(specifier="1", version="1.0.0"),
        },
        DependencyKind.DEV: {},
    }
    assert lockfile.catalogs == {"default": {"react": Locked(specifier="^18", version="18.2.0")}}
    assert lockfile.package_managers == {}


def test_reads_the_tools_of_the_first_document() -> None:
    """Pnpm 11 writes a document of its own before the lockfile."""
    lockfile = read_pnpm_lockfile(_TOOLS + _LOCKFILE, "pnpm-lock.yaml")
    assert lockfile.package_managers == {"pnpm": "12.1.0"}
    assert "packages/a" in lockfile.importers
    assert read_pinned_package_managers(_TOOLS + _LOCKFILE, "f") == {"pnpm": "12.1.0"}


def test_a_document_for_tools_may_name_none() -> None:
    """A first document without pinned package managers, or without a root, pins none."""
    for tools in (b"importers: {.: {}}\n---\n", b"importers: {}\n---\n"):
        assert read_pnpm_lockfile(tools + _LOCKFILE, "f").package_managers == {}


def test_does_not_parse_a_lockfile_without_tools_for_its_tools() -> None:
    """A large lockfile costs nothing where there is nothing to find."""
    assert read_pinned_package_managers(b"not: [a lockfile", "f") == {}


def test_reads_the_lockfile_of_the_example() -> None:
    """The example's own lockfile, written by pnpm 9.12.0."""
    data = (ROOT / "examples" / "lanterns" / "pnpm-lock.yaml").read_bytes()
    assert "packages/color" in read_pnpm_lockfile(data, "pnpm-lock.yaml").importers


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "f:1"),
        (b"- a\n", "f:1"),
        (b"a: b\n", "f:1"),
        (b"importers: {}\nlockfileVersion: '6.0'\n", "f:2"),
        (b"lockfileVersion: 5.4\n", "f:1"),
        (b"lockfileVersion: '9.0'\nimporters: []\n", "f:2"),
        (b"lockfileVersion: '9.0'\nimporters:\n  a: x\n", "f:3"),
        (b"lockfileVersion: '9.0'\nimporters:\n  a:\n    dependencies: x\n", "f:4"),
        (b"lockfileVersion: '9.0'\nimporters:\n  a:\n    dependencies:\n      b: 1.0\n", "f:5"),
        (b"lockfileVersion: '9.0'\nimporters:\n  a:\n    dependencies:\n      b: {specifier: x}\n", "f:5"),
        (b"lockfileVersion: '9.0'\ncatalogs: {default: {a: {version: x}}}\n", "f:2"),
    ],
)
def test_refuses_another_shape_with_the_line(data: bytes, place: str) -> None:
    """Each refusal points at the line."""
    with pytest.raises(FormatError) as caught:
        read_pnpm_lockfile(data, "f")
    assert (caught.value.code, caught.value.place) == ("SB-2021", place)
