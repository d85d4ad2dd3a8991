"""Die before or after every single git process of a run, then run again: the same refs as an undisturbed run has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.stores.git_refs import GitRefsState
from samebytes.stores.git_refs_evidence import GitRefsEvidence
from samebytes.system.process import Runner
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.memory_world import Killed
from tests.contract.test_state_contract import DONE, ENTRY, MEMORY
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import LOCK, REQUEST_S, SITE, Watched, bare, killed_at, late, refs, remote


def _run(place: Path, runner: Runner) -> None:
    """What a publish run does with a site's state."""
    clock = FakeClock()
    at = remote(place, runner, clock=clock)
    state, evidence = GitRefsState(at, SITE, clock, SystemRandomness(), REQUEST_S), GitRefsEvidence(at)
    lease = state.lock.acquire("run", 60, 600)
    bound = {memory.tag for memory in state.all_remembered()}
    journal = state.journal("v1")
    evidence.add("statement", b"statement")
    if "v1" not in bound:
        state.remember(MEMORY, lease)
    lease.renew()
    if evidence.get("build-record", evidence.add("build-record", b"record"), 100) is None:
        raise AssertionError
    if journal is None or not journal.done:
        state.write_journal(ENTRY, lease)
        state.write_journal(DONE, lease)
    state.remember(replace(MEMORY, roots=()), lease)
    lease.release()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    """The refs of a run that nothing happens to, and how many processes it takes."""
    place, runner = bare(tmp_path_factory.mktemp("undisturbed") / "r.git"), Watched()
    _run(place, runner)
    return refs(place), len(runner.verbs)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_everywhere_then_run_again(tmp_path: Path, undisturbed: tuple[dict[str, str], int], moment: str) -> None:
    """The second run waits for the dead one's lease, finishes the work, and leaves what an undisturbed run leaves."""
    expected, steps = undisturbed
    assert steps > 10
    assert LOCK not in expected
    for number in range(1, steps + 1):
        place = bare(tmp_path / f"{number}.git")
        with pytest.raises(Killed):
            _run(place, killed_at(number, moment))
        _run(place, Watched())
        assert refs(place) == expected, f"killed {moment} process {number}"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_every_process_may_fail_three_times(
    tmp_path: Path, undisturbed: tuple[dict[str, str], int], moment: str
) -> None:
    """Three failures in a row, of pushes and of readings, change nothing about the result."""
    expected, _ = undisturbed
    for verb in ("push", "fetch", "ls-remote"):
        place = bare(tmp_path / f"{verb}.git")
        _run(place, late(Watched(), verb, times=3, moment=moment))
        assert refs(place) == expected
