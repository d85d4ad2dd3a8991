"""The real clients of the tests are the pinned ones and see nothing of the developer's set-up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clients import pins
from tests.clients.client import Client
from tests.clients.install import PinError, installed

CLIENTS = ("pnpm_9", "pnpm_10", "pnpm_11_22", "pnpm_11", "pnpm_12", "npm")


@pytest.mark.parametrize("name", CLIENTS)
def test_client_is_the_pinned_version(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Each client runs, and states the version that its pin names."""
    client: Client = request.getfixturevalue(name)
    assert client.run("--version", cwd=tmp_path).stdout.strip() == client.version


@pytest.mark.parametrize("name", CLIENTS)
def test_client_stays_itself_where_another_is_pinned(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A `packageManager` field does not turn one client into another."""
    client: Client = request.getfixturevalue(name)
    project = tmp_path / "project"
    project.mkdir()
    scripts = {"own": f"{client.name} --version"}
    manifest = {"name": "a", "version": "1.0.0", "packageManager": "pnpm@9.11.0", "scripts": scripts}
    (project / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert client.run("--version", cwd=project).stdout.strip() == client.version
    assert client.run("run", "own", cwd=project).stdout.strip().endswith(client.version)


@pytest.mark.parametrize("name", CLIENTS)
def test_client_installs_from_the_registry(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Each client can install a package with nothing but its own home and store."""
    client: Client = request.getfixturevalue(name)
    project = tmp_path / "project"
    project.mkdir()
    manifest = {"name": "a", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}}
    (project / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    client.run("install", *([] if client.name == "npm" else ["--no-frozen-lockfile"]), cwd=project)
    assert (project / "node_modules" / "left-pad" / "package.json").is_file()


def test_client_with_another_digest_is_refused() -> None:
    """A tarball that is not the pinned one never reaches the cache."""
    wrong = replace(pins.PNPM_9, integrity="sha512-AAAA")
    with pytest.raises(PinError, match="pinned is sha512-AAAA"):
        installed(wrong)
