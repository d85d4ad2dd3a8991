"""The program called pnpm that builds see."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from samebytes.package_managers.pnpm_build import _write_starter
from samebytes.package_managers.pnpm_fetch import FetchedPnpm


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A starter of a program that prints its arguments, one a line."""
    program = tmp_path / "copy" / "program"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = tmp_path / "pnpm"
    fetched = FetchedPnpm(folder=str(tmp_path), program="program", is_native=True, integrity="")
    _write_starter(path, program.parent, fetched)
    return path


def given(starter: Path, *arguments: str) -> list[str]:
    """The arguments that reach the program."""
    return subprocess.run([starter, *arguments], check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize("flag", ["--version", "-v"])
def test_a_question_for_the_version_is_passed_on_alone(starter: Path, flag: str) -> None:
    """The program of pnpm 9.4.0 knows `--version` only as its first argument: `Unknown option: 'version'`."""
    assert given(starter, flag) == [flag]


def test_everything_else_gets_our_settings_first(starter: Path) -> None:
    """Flags overrule the repository's own settings; the command's own arguments stay as they are."""
    arguments = given(starter, "run", "build", "--", "a b")
    assert arguments[-4:] == ["run", "build", "--", "a b"]
    assert "--config.manage-package-manager-versions=false" in arguments
