"""What a real tag needs beside what it ships, and which repository it is of."""

from __future__ import annotations

from pathlib import Path

from samebytes.flows.select import select_release
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.model.settings import Settings
from samebytes.package_managers.pnpm import Pnpm
from samebytes.system.process import SystemRunner
from tests.history import new_history


def test_a_tag_that_ships_one_member_needs_the_other(tmp_path: Path) -> None:
    """What was released before has to be at the site; the first commit tells which repository this is."""
    history = new_history(tmp_path / "repo")
    glow = {"name": "glow", "version": "1.0.0", "dependencies": {"wick": "workspace:^"}}
    first = history.commit(
        {
            "package.json": {"name": "root", "private": True, "packageManager": "pnpm@9.12.0"},
            "pnpm-workspace.yaml": "packages: ['packages/*']\n",
            "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
            "packages/wick/package.json": {"name": "wick", "version": "1.1.0"},
            "packages/glow/package.json": glow,
        }
    )
    history.tag("v1.0.0")
    history.commit({"packages/glow/package.json": {**glow, "version": "1.2.0"}})
    history.tag("v1.2.0")
    managers = (Pnpm(SystemRunner(), "linux-x86_64"),)
    whole, _, everything = select_release(history.open(), "v1.0.0", Settings(), managers)
    commit, _, selection = select_release(history.open(), "v1.2.0", Settings(), managers)
    assert everything.needs == ()
    assert selection.needs == (Need(member="glow@1.2.0", name=PackageName("wick"), range="^1.1.0", version="1.1.0"),)
    assert (whole.roots, commit.roots) == ((first,), (first,))
