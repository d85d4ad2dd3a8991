"""Starts a program of the tests that kills, stops and repeats others, and gives back what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cached import ROOT

_TIMEOUT_S = 280


def outcome_of(module: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """The JSON object that a module of the tests prints when it works in this folder."""
    result = subprocess.run(
        (sys.executable, "-m", module, str(folder), *arguments),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    outcome: dict[str, Any] = json.loads(result.stdout)
    return outcome
