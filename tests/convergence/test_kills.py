"""Killed at any request and any git command, a release of twelve members is the same after one more run.

A part of the points in every test run, by the session's seed; with SAMEBYTES_SLOW=1 every point of the quickest kind
and a quarter of the others', with SAMEBYTES_CONVERGENCE=full every point of each.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.convergence.conftest import TrialsAt

KINDS = ("gitea-1.25", "gitea-1.26", "forgejo-11", "verdaccio")
# The others differ from the first in few answers: a quarter of the points in every run.
MAIN = ("gitea-1.25", "verdaccio")
# So that workers share them.
PARTS = 8
_POINTS_OF_A_PART = 5
_IS_FULL = os.environ.get("SAMEBYTES_CONVERGENCE") == "full"


def some_parts(count: int) -> list[tuple[str, int]]:
    """Each kind with the parts that every run tries."""
    return [(kind, part) for kind in KINDS for part in range(count if kind in MAIN else count // 4)]


@pytest.mark.parametrize(("kind", "part"), some_parts(PARTS))
def test_killed_at_some_point_one_more_run_gives_the_same(
    trials_at: TrialsAt, kind: str, part: int, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """At the moment of the kill nothing is wrong, and one more run ends as an undisturbed one."""
    trials = trials_at(kind)
    points = random.Random(f"{seed}:{kind}").sample(trials.points, PARTS * _POINTS_OF_A_PART)
    seen = trials.killed(points[part::PARTS])
    with capsys.disabled():
        print(f"\n{kind}: killed at {seen.tried} points of {len(trials.points)}")  # noqa: T201
    assert seen.wrong == []
    # Threads make the number of requests vary a little: the last ones may not come.
    assert seen.tried >= _POINTS_OF_A_PART - 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("kind", "part"),
    [(kind, part) for kind in KINDS for part in range(PARTS if _IS_FULL or kind == "verdaccio" else PARTS // 4)],
)
def test_killed_at_every_point_one_more_run_gives_the_same(
    trials_at: TrialsAt, kind: str, part: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before and after each request and each git command."""
    trials = trials_at(kind)
    points = trials.points[part::PARTS]
    seen = trials.killed(points)
    with capsys.disabled():
        print(f"\n{kind}: killed at {seen.tried} points of {len(points)}")  # noqa: T201
    assert seen.wrong == []
    assert seen.tried >= len(points) * 0.9
