"""What users install is the wheel, not the checkout: it is complete, holds nothing else, and runs alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cached import ROOT
from tests.unmeasured import unmeasured


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sources as they stand."""
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_exactly_the_package(wheel: Path) -> None:
    """Each file of the package that git would commit is in the wheel, and nothing beside it but metadata."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "src"),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    sources = {name.removeprefix("src/") for name in listed.stdout.decode().split("\0") if (ROOT / name).is_file()}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == sources


def test_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked anywhere, the program starts from there and answers."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    shown = subprocess.run(
        (
            sys.executable,
            "-P",
            "-c",
            "import samebytes; print(samebytes.__file__); from samebytes.cli.main import run; run(['--help'])",
        ),
        cwd=tmp_path,
        env={**unmeasured(), "PYTHONPATH": str(tmp_path / "site")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.startswith(str(tmp_path))
    assert "Usage: samebytes" in shown.stdout
