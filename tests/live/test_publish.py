"""Releases at real servers: published, repeated, killed, judged, moved back, and never over what others put there."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from samebytes.core.install_manifest import version_manifest
from samebytes.errors import BytesDifferError, DeadlineError, RefusedError
from samebytes.flows.promote import PromoteOptions, promote, undo
from samebytes.flows.verify import VerifyOptions, verify
from samebytes.model.observed import ObservedPackage
from samebytes.model.verdict import Proof
from samebytes.registries.base import UploadPackage
from samebytes.system.clock import SystemClock
from samebytes.system.http.base import Transport
from samebytes.testing.faults.schedule import Fault, Schedule, only
from samebytes.testing.faults.transport import FaultyTransport
from samebytes.testing.forge import setup
from samebytes.testing.memory_world import Killed
from samebytes.testing.server_checker import final_state, problems, unfinished
from tests.contract.forge.replay import send
from tests.live.program import Program
from tests.live.site import REPOSITORY, LiveSite, live_site, quiet
from tests.small_releases import LAMPS, bumped, changed

TAG = "v1.0.0"
_ASKED = PromoteOptions(holder="a live test")
_POINTS = 4


def test_a_release_is_published_proven_and_repeated(live: LiveSite) -> None:
    """All of it is there and promoted; a deep look proves it; a second run changes nothing; a bump comes on top."""
    built = live.build()
    assert live.publish(built).changed
    assert [*problems(live.stored()), *unfinished(live.stored(), TAG)] == []
    assert verify(TAG, [live.open()], VerifyOptions(deep=True), quiet).proof is Proof.PROVEN
    before = final_state(live.stored())
    assert not live.publish(built).changed
    assert final_state(live.stored()) == before
    live.publish(live.build("v1.1.0", bumped(LAMPS, "@acme/glow", "1.1.0")))
    assert [*problems(live.stored()), *unfinished(live.stored(), "v1.1.0")] == []


def test_a_release_is_held_promoted_and_undone(live: LiveSite) -> None:
    """Held it has no `latest`; promotion sets all, undo takes them back, and again."""
    live.publish(live.build(), promote=False)

    def latest() -> list[tuple[str, ...]]:
        return [tuple(package.dist_tags.get("latest", ())) for package in live.stored().packages.values()]

    assert latest() == [()] * 3
    promote(TAG, live.open(), _ASKED, SystemClock(), quiet)
    assert latest() == [("1.0.0",)] * 3
    undo(TAG, live.open(), _ASKED, SystemClock(), quiet)
    assert latest() == [()] * 3
    promote(TAG, live.open(), _ASKED, SystemClock(), quiet)
    assert [*problems(live.stored()), *unfinished(live.stored(), TAG)] == []


def test_bytes_of_others_are_reported_and_stay(live: LiveSite) -> None:
    """A version that somebody published before with other bytes stops the run before its first write."""
    built, other = live.build(), live.build("v0.9.0", changed(LAMPS, "@acme/glow", "index.js", b"other\n"))
    live.publish(other, promote=False)
    before = final_state(live.stored())
    with pytest.raises(BytesDifferError, match="@acme/glow"):
        live.publish(built)
    assert final_state(live.stored()) == before


def test_a_version_that_was_deleted_and_published_again_is_told(live: LiveSite) -> None:
    """The server lets others replace bytes; neither publishing nor verifying takes them for ours."""
    built = live.build()
    live.publish(built)
    path = f"/packages/{setup.OWNER}/npm/%40acme%2Fglow/1.0.0"
    live.forge.admin("DELETE", path)
    registry, state = live.open().registry, live.open().state
    assert state is not None
    member = next(
        one
        for one in live.build("v0.1.0", changed(LAMPS, "@acme/glow", "index.js", b"other\n")).packed
        if one.tarball.id.name.text == "@acme/glow"
    )
    lease = state.lock.acquire("a stranger", 60, 60)
    manifest = version_manifest(member.tarball)
    registry.upload(UploadPackage(packed=member, version_manifest=manifest, dist_tag="latest"), lease)
    lease.release()
    with pytest.raises(BytesDifferError, match="@acme/glow"):
        live.publish(built)
    assert verify(TAG, [live.open()], VerifyOptions(deep=True), quiet).proof is Proof.DIFFER


def test_a_moved_tag_is_refused(live: LiveSite) -> None:
    """A release of a commit that the server's tag does not name is not created there."""
    built = live.build()
    live.push("HEAD:refs/heads/other", f"HEAD:refs/tags/{TAG}")
    with pytest.raises(RefusedError):
        live.publish(built)
    assert live.stored().releases == {}


def test_duplicated_assets_are_cleaned_up(live: LiveSite) -> None:
    """Assets that a crashed run left twice are there once after the next run."""
    built = live.build()
    live.publish(built)
    release = live.forge.admin("GET", f"/repos/{REPOSITORY}/releases/tags/{TAG}")
    for name, data in live.stored().releases[TAG][:2]:
        path = f"/api/v1/repos/{REPOSITORY}/releases/{release['id']}/assets?name={name}"
        sent = send(live.forge, "POST", path, body=data, headers={"Content-Type": "application/octet-stream"})
        assert sent.status == 201, sent
    assert len(unfinished(live.stored(), TAG)) == 2
    live.publish(built)
    assert [*problems(live.stored()), *unfinished(live.stored(), TAG)] == []


def test_one_of_four_gets_the_lock(live: LiveSite) -> None:
    """Of several who ask at once one has the lock; the others are told who."""

    def ask(number: int) -> str:
        state = live.open().state
        assert state is not None
        try:
            state.lock.acquire(f"holder {number}", 60, 0)
        except DeadlineError as error:
            return error.summary
        return ""

    live.build()
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(ask, range(4)))
    assert ends.count("") == 1
    assert all(f"holder {ends.index('')}" in end for end in ends if end)


def test_a_run_killed_at_a_request_converges(program: Program, tmp_path: Path) -> None:
    """Killed before or after sampled requests acted, then run again once: the state of an undisturbed run."""
    with live_site(program, tmp_path / "undisturbed") as live:
        counted: list[FaultyTransport] = []
        live.publish(live.build(), live.open(partial(_faulty, Schedule(), counted)))
        expected, requests = final_state(live.stored()), counted[0].requests
    points = random.Random(4).sample(range(1, requests + 1), _POINTS)
    for number, point in enumerate(points):
        fault = Fault.KILL_AFTER if number % 2 else Fault.KILL_BEFORE
        with live_site(program, tmp_path / f"killed-{point}") as live:
            built = live.build()
            with pytest.raises(Killed):
                live.publish(built, live.open(partial(_faulty, only(point, fault), [])))
            assert problems(live.stored()) == []
            live.publish(built)
            assert [*problems(live.stored()), *unfinished(live.stored(), TAG)] == []
            assert final_state(live.stored()) == expected, (point, fault)
    print(f"killed at {len(points)} of {requests} requests")  # noqa: T201


def test_an_unknown_package_is_seen_as_empty(live: LiveSite) -> None:
    """What nobody published is not there, which is no error."""
    name = live.build().packed[0].tarball.id.name
    found = live.open().registry.observe([name])[name]
    assert isinstance(found, ObservedPackage)
    assert dict(found.versions) == {}


def _faulty(schedule: Schedule, made: list[FaultyTransport], real: Transport) -> Transport:
    made.append(FaultyTransport(inner=real, schedule=schedule))
    return made[-1]
