"""What a person types wrong, and what they read then: a code, what is wrong, and what to type instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.cli.main import run
from tests.monorepos import commit_all, git, member, write_files

SITES = '[sites.corp]\nkind = "directory"\npath = "../corp"\n\n[sites.home]\nkind = "directory"\npath = "../home"\n'
_FILES = {
    "samebytes.toml": SITES,
    "package.json": '{"name": "root", "private": true, "packageManager": "pnpm@9.15.9"}\n',
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n  packages/bulb: {}\n",
    "packages/bulb/package.json": member("@s/bulb"),
    "packages/bulb/index.js": "exports.colour = 'white'\n",
}

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One member, two sites, and the tag v1.0.0; nothing here is ever built."""
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    write_files(folder, _FILES)
    commit_all(folder, "one")
    git(folder, "tag", "-a", "v1.0.0", "-m", "one")
    return folder


@pytest.fixture
def cli(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line in the repository; gives exit status, stdout and stderr."""
    monkeypatch.chdir(repository)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("plan",), 3, "SB-2302"),
        (("publish", "v1.1.0"), 3, "SB-2302"),
        (("publish", "HEAD"), 12, "SB-6002"),
        (("publish", "main", "--site", "corp"), 12, "SB-6002"),
        (("plan", "--site", "nope"), 2, "SB-1011"),
        (("publish", "HEAD", "--site", "nope"), 2, "SB-1011"),
    ],
)
def test_a_forgotten_bump_does_not_hide_other_mistakes(
    cli: Cli, repository: Path, arguments: tuple[str, ...], status: int, code: str
) -> None:
    """Usage comes first, then that only tags are published, then what the tag ships: nothing, and why."""
    write_files(repository, {"packages/bulb/index.js": "exports.colour = 'warm'\n"})
    commit_all(repository, "two")
    git(repository, "tag", "-a", "v1.1.0", "-m", "two")
    found, out, err = cli(*arguments)
    assert (found, out, err.partition(":")[0]) == (status, "", f"error[{code}]")
    assert ("although these changed: @s/bulb" in err) is (code == "SB-2302")
