"""The scripts that a profile names are those that the real `pnpm publish` runs, in that order."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.dialects.profiles import profile
from tests.contract.packing_tree import Package, PackageWorkspace, directory_of, write_workspace

_NAMES = (
    "preprepack",
    "prepack",
    "postprepack",
    "prepare",
    "prepublishOnly",
    "prepublish",
    "postpack",
    "pack",
    "build",
    "prebuild",
    "publish",
    "postpublish",
    "preinstall",
    "postinstall",
)
# Nobody listens there; packing is done by then.
_NO_REGISTRY = "--registry=http://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("client", "profile_id"),
    [
        ("pnpm_9", "pnpm-9.r1"),
        ("pnpm_10", "pnpm-10.r1"),
        ("pnpm_11_22", "pnpm-11.r1"),
        ("pnpm_11", "pnpm-11.28.r1"),
        ("pnpm_12", "pnpm-12.r1"),
    ],
)
def test_publish_runs_these_scripts(
    client: str, profile_id: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each script writes its name down; the upload fails, so that publish and postpublish never run."""
    pnpm = request.getfixturevalue(client)
    log = tmp_path / "log"
    package = Package(
        label="main", manifest={"scripts": {name: f"echo {name} >> '{log}'" for name in _NAMES}}, files={"a": "a"}
    )
    root = tmp_path / "workspace"
    write_workspace(root, PackageWorkspace(packages=(package,)))
    result = pnpm.run(
        *("publish", "--no-git-checks", _NO_REGISTRY),
        cwd=root / directory_of(package),
        env={"npm_config_fetch_retries": "0", "pnpm_config_fetch_retries": "0", "NPM_CONFIG_FETCH_RETRIES": "0"},
        check=False,
    )
    assert result.returncode != 0
    rules = profile(profile_id)
    assert log.read_text(encoding="utf-8").split() == [*rules.scripts_before, *rules.scripts_after]
