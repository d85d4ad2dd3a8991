"""Eight publishers of one release at once: one copy, and a build that differs is told so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from samebytes.testing.site_checker import final_state, missing, problems
from tests.cached import ROOT
from tests.publishing.one_run import publish_to
from tests.small_releases import LAMPS, built_release, changed

_TIMEOUT_S = 120


def _publish_at_once(tmp_path: Path, flavours: list[str]) -> list[dict[str, Any]]:
    """One process a flavour, all let go when all are ready; what each printed."""
    processes = [
        subprocess.Popen(
            (
                sys.executable,
                "-m",
                "tests.publishing.one_run",
                str(tmp_path / "site"),
                str(tmp_path / f"w{n}"),
                flavour,
            ),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n, flavour in enumerate(flavours)
    ]
    outcomes = []
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            out, _ = process.communicate(timeout=_TIMEOUT_S)
            outcomes.append(json.loads(out))
    finally:
        for process in processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
    return outcomes


def test_eight_publishers_of_one_release_leave_one_copy(tmp_path: Path) -> None:
    """One publishes, seven wait for the lock and find everything the same."""
    outcomes = _publish_at_once(tmp_path, ["same"] * 8)
    assert [outcome["status"] for outcome in outcomes] == [0] * 8
    assert sorted(outcome["changed"] for outcome in outcomes) == [False] * 7 + [True]
    publisher = next(outcome for outcome in outcomes if outcome["changed"])
    assert publisher["members"] == ["published"] * 3
    built = built_release(tmp_path / "built")
    digests = {str(member.tarball.id): member.tarball.sha512.hex for member in built.packed}
    assert problems(tmp_path / "site", settled=True) == []
    assert missing(tmp_path / "site", "v1.0.0", digests, {str(m.tarball.id.name): "1.0.0" for m in built.packed}) == []


@pytest.mark.parametrize("published_before", [False, True])
def test_a_differing_build_is_told_so_and_overwrites_nothing(tmp_path: Path, published_before: bool) -> None:
    """Whoever comes first decides what the site holds; every build that differs from it ends with exit code 10."""
    site = tmp_path / "site"
    if published_before:
        publish_to(site, built_release(tmp_path / "first"))
    flavours = ["same"] * 4 + ["other"] + ["same"] * 3
    outcomes = _publish_at_once(tmp_path, flavours)
    other = built_release(
        tmp_path / "other", members=changed(LAMPS, "@acme/glow", "index.js", b"export const glow = 3;\n")
    )
    other_won = outcomes[flavours.index("other")]["status"] == 0
    assert not (published_before and other_won)
    for flavour, outcome in zip(flavours, outcomes, strict=True):
        agrees = (flavour == "other") is other_won
        assert outcome["status"] == (0 if agrees else 10), outcome
        if not agrees:
            assert outcome["code"] == "SB-6020"
            assert "content differs" in outcome["details"]["@acme/glow@1.0.0: index.js"]
    assert problems(site, settled=True) == []
    undisturbed = tmp_path / "undisturbed"
    publish_to(undisturbed, other if other_won else built_release(tmp_path / "again"))
    assert final_state(site) == final_state(undisturbed)
