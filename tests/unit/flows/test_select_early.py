"""What a build would fail on is told by the selection, which also those see who only look."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from samebytes.errors import FormatError
from samebytes.flows.select import select_release
from samebytes.model.selection import Selection
from samebytes.model.settings import PackSettings, Settings
from samebytes.package_managers.pnpm import Pnpm
from samebytes.system.process import SystemRunner
from tests.history import Content, History, new_history

ROOT: Mapping[str, Content] = {
    "package.json": {"name": "root", "private": True, "packageManager": "pnpm@9.12.0"},
    "pnpm-workspace.yaml": "packages: ['packages/**']\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
}


def member(version: str) -> Mapping[str, Content]:
    """The one member, at a version."""
    return {"packages/a/package.json": {"name": "a", "version": version}}


def selected(history: History, commitish: str, settings: Settings | None = None) -> Selection:
    """What a commit ships."""
    managers = (Pnpm(SystemRunner(), "linux-x86_64"),)
    return select_release(history.open(), commitish, settings or Settings(), managers)[2]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """One member, released as v1.0.0."""
    made = new_history(tmp_path / "repo")
    made.commit({**ROOT, **member("1.0.0")})
    made.tag("v1.0.0")
    return made


def test_a_broken_lockfile_is_an_error_with_its_place(history: History) -> None:
    """Whoever only looks is told as well, before anything is cloned or installed."""
    history.commit({"pnpm-lock.yaml": ": : :\n"})
    history.tag("v1.1.0")
    with pytest.raises(FormatError) as caught:
        selected(history, "v1.1.0")
    assert (caught.value.code, caught.value.place) == ("SB-2201", "pnpm-lock.yaml:1:1")
    # The lockfile at the base decides nothing.
    history.commit({"pnpm-lock.yaml": ROOT["pnpm-lock.yaml"], **member("1.2.0")})
    history.tag("v1.2.0")
    assert [str(one.id) for one in selected(history, "v1.2.0").members] == ["a@1.2.0"]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        (Settings(), "package.json: packageManager pins pnpm 8.15.0, and no profile packs like it (SB-2018)"),
        (Settings(pack=PackSettings(profile="pnpm-0.r1")), "(SB-4501)"),
        (Settings(pack=PackSettings(profile="pnpm-9.r1")), ""),
    ],
)
def test_what_nothing_can_pack_is_told_before_packing(history: History, settings: Settings, what: str) -> None:
    """A version without a profile is a finding of the selection, unless the configuration names a profile."""
    root = {"name": "root", "private": True, "packageManager": "pnpm@8.15.0"}
    history.commit({"package.json": root, **member("1.1.0")})
    found = [one for one in selected(history, "HEAD", settings).findings if one.rule == "no-profile"]
    assert [what in one.message for one in found] == ([True] if what else [])
