"""The README's first command, end to end: the script behind `make demo`, in a folder of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_TIMEOUT_S = 840


def _demo(folder: Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(ROOT / "examples" / "demo.py"), "--dir", str(folder))
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )


@pytest.mark.timeout(900)
def test_demo_releases_proves_and_refuses(tmp_path: Path) -> None:
    """The demo holds every claim it makes and closes with what was proven, what was varied and what to try next."""
    result = _demo(tmp_path / "demo")

    assert result.returncode == 0, result.stdout + result.stderr
    story, _, closing = result.stdout.partition("\nProven, in ")
    assert "[7/7]" in story
    assert "v1.0.0: 10 packages, the same bytes at corp and home" in closing
    assert "v1.1.0: exactly one package" in closing
    assert "Varied between corp and home" in closing
    assert f"{tmp_path}/demo/sites/" in closing
    assert re.search(r"fingerprint of v1\.0\.0 is (?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}:", closing)
    assert "Try next:" in closing
    readmes = [path.read_text(encoding="utf-8") for path in (tmp_path / "demo").rglob("README.md")]
    assert any("This repository ships with samebytes as" in text for text in readmes)
    assert not any("](../../README.md)" in text for text in readmes)


def test_demo_refuses_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    """A folder with someone's files in it is left alone."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")

    result = _demo(tmp_path)

    assert result.returncode == 1
    assert "--dir" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
