"""Make releases of small repositories, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.flows.make_release import BuiltRelease, Workshop, make_release
from samebytes.model.settings import BuildSettings, PackSettings, Settings
from tests.monorepos import workshop


@pytest.fixture
def log() -> list[str]:
    """The lines of a build."""
    return []


@pytest.fixture
def make(tmp_path: Path, log: list[str]) -> Callable[..., BuiltRelease]:
    """Make a release of a repository in a folder of its own."""

    def made(
        repository: Path,
        commit_ish: str = "v1.0.0",
        build: BuildSettings | None = None,
        pack: PackSettings | None = None,
        using: Workshop | None = None,
    ) -> BuiltRelease:
        out = tmp_path / f"out{len(list(tmp_path.glob('out*')))}"
        out.mkdir()
        settings = Settings(build=build or BuildSettings(), pack=pack or PackSettings())
        return make_release(str(repository), commit_ish, settings, using or workshop(tmp_path, log.append), str(out))

    return made
