"""A directory site survives SIGKILL and SIGSTOP at any step of a publish run; the independent checker decides."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cached import ROOT

_TIMEOUT_S = 280


def _matrix(folder: Path, *arguments: str) -> dict[str, Any]:
    result = subprocess.run(
        (sys.executable, "-m", "tests.directory_site.crash_matrix", str(folder), *arguments),
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


def test_killed_at_every_single_step_one_repeat_gives_the_undisturbed_state(tmp_path: Path) -> None:
    """SIGKILL before every system call that changes the disk, then one repeat: same state, never a half file."""
    outcome = _matrix(tmp_path, "every")
    assert outcome["wrong"] == []
    assert outcome["killed"] == outcome["steps"]
    assert outcome["steps"] > 150


def test_killed_again_and_again_it_still_converges(tmp_path: Path, seed: int) -> None:
    """A run that is killed several times in a row at random steps ends in the same state when it comes through."""
    outcome = _matrix(tmp_path, "chains", "12", str(seed))
    assert outcome["wrong"] == []
    assert outcome["killed"] > 0


def test_stopped_holder_that_wakes_after_the_takeover_does_no_harm(tmp_path: Path, seed: int) -> None:
    """SIGSTOP at a random step: a run with a later release takes over, and loses nothing when the first one wakes."""
    outcome = _matrix(tmp_path, "stops", "15", str(seed))
    assert outcome["wrong"] == []
    assert outcome["taken over"] > 0
