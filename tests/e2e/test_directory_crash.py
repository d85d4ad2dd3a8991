"""A directory site survives SIGKILL and SIGSTOP at any step of a publish run; the independent checker decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash_program import outcome_of
from tests.directory_site.places import fast_folder


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the sites lie."""
    with fast_folder(tmp_path) as place:
        yield place


def _matrix(folder: Path, *arguments: str) -> dict[str, Any]:
    return outcome_of("tests.directory_site.crash_matrix", folder, *arguments)


def test_killed_at_every_single_step_one_repeat_gives_the_undisturbed_state(folder: Path) -> None:
    """SIGKILL before every system call that changes the disk, then one repeat: same state, never a half file."""
    outcome = _matrix(folder, "every")
    assert outcome["wrong"] == []
    assert outcome["killed"] == outcome["steps"]
    assert outcome["steps"] > 150


def test_killed_again_and_again_it_still_converges(folder: Path, seed: int) -> None:
    """A run that is killed several times in a row at random steps ends in the same state when it comes through."""
    outcome = _matrix(folder, "chains", "12", str(seed))
    assert outcome["wrong"] == []
    assert outcome["killed"] > 0


def test_stopped_holder_that_wakes_after_the_takeover_does_no_harm(folder: Path, seed: int) -> None:
    """SIGSTOP at a random step: a run with a later release takes over, and loses nothing when the first one wakes."""
    outcome = _matrix(folder, "stops", "15", str(seed))
    assert outcome["wrong"] == []
    assert outcome["taken over"] > 0
