"""The class that stands for pnpm: when it takes a tree for its own, and which profile packs like a version."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from samebytes.errors import ConfigError
from samebytes.model.workspace import ToolPin
from samebytes.package_managers import KINDS
from samebytes.package_managers.pnpm import Pnpm, create
from samebytes.system.process import SystemRunner
from tests.unit.package_managers.trees import TextTree

_PNPM = Pnpm(SystemRunner(), "linux-x86_64")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"package.json": {"packageManager": "pnpm@9.12.0"}}, True),
        ({"package.json": {"packageManager": "yarn@4.0.0"}, "pnpm-workspace.yaml": ""}, False),
        ({"package.json": {"devEngines": {"packageManager": {"name": "pnpm"}}}}, True),
        ({"package.json": {}, "pnpm-workspace.yaml": ""}, True),
        ({"pnpm-lock.yaml": ""}, True),
        ({"pnpm-workspace.yml": ""}, True),
        ({"package.json": {"packageManager": "nonsense"}, "pnpm-lock.yaml": ""}, True),
        ({"package.json": "{", "pnpm-lock.yaml": ""}, True),
        ({"package.json": {}, "package-lock.json": "{}"}, False),
        ({}, False),
    ],
)
def test_recognises_its_workspaces(files: Mapping[str, object], expected: bool) -> None:
    """A declaration wins over files; a broken one leaves it to the files."""
    assert _PNPM.recognises(TextTree(files)) is expected


def test_reads_a_workspace() -> None:
    """The reader behind it is `pnpm_workspace`."""
    tree = TextTree({"package.json": {"name": "a", "version": "1.0.0"}})
    assert [str(member.id) for member in _PNPM.read_workspace(tree).members] == ["a@1.0.0"]


@pytest.mark.parametrize(
    ("version", "profile"),
    [("9.12.0", "pnpm-9.r1"), ("10.30.0", "pnpm-10.r1"), ("11.0.0", "pnpm-11.r1"), ("12.4.2", "pnpm-12.r1")],
)
def test_each_version_has_its_profile(version: str, profile: str) -> None:
    """By major version."""
    pin = ToolPin(name="pnpm", version=version, digest=None, source="here")
    assert _PNPM.profile_for(pin) == profile


@pytest.mark.parametrize(
    ("pin", "message"),
    [
        (None, "no version of pnpm is pinned"),
        (ToolPin(name="pnpm", version="^9", digest=None, source="here"), "here pins pnpm@^9, which is not one version"),
        (ToolPin(name="npm", version="10.0.0", digest=None, source="here"), "here pins npm@10.0.0"),
        (ToolPin(name="pnpm", version="8.0.0", digest=None, source="here"), "no profile packs like it"),
    ],
)
def test_refuses_to_guess_a_profile(pin: ToolPin | None, message: str) -> None:
    """How to pack decides the bytes."""
    with pytest.raises(ConfigError) as caught:
        _PNPM.profile_for(pin)
    assert caught.value.code == "SB-2018"
    assert message in caught.value.summary


def test_the_table_leads_to_it() -> None:
    """One line a kind."""
    assert KINDS["pnpm"] == "samebytes.package_managers.pnpm"
    assert create(SystemRunner(), "linux-x86_64").kind == "pnpm"
