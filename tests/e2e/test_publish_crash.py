"""The whole publish flow survives SIGKILL and SIGSTOP at any step; the independent checker decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash_program import outcome_of
from tests.directory_site.places import fast_folder


def _runs(folder: Path, *arguments: str) -> dict[str, Any]:
    return outcome_of("tests.publishing.crash_runs", folder, *arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the sites lie."""
    with fast_folder(tmp_path) as place:
        yield place


@pytest.mark.parametrize("which", ["first", "second"])
def test_killed_at_every_single_step_one_repeat_publishes_the_same(folder: Path, which: str) -> None:
    """SIGKILL before every system call that changes the disk: nothing half is ever seen, one repeat finishes it."""
    outcome = _runs(folder, "kill", which)
    assert outcome["wrong"] == []
    assert outcome["killed"] == outcome["steps"]
    assert outcome["steps"] > 80


def test_a_stopped_publisher_that_wakes_after_the_takeover_does_no_harm(folder: Path, seed: int) -> None:
    """SIGSTOP at random steps: another run takes over, and the woken one is told that it lost the lock."""
    outcome = _runs(folder, "stop", "12", str(seed))
    assert outcome["wrong"] == []
    assert outcome["taken over"] > 0
