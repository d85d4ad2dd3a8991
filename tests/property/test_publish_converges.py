"""Killed or failing at any call to a site, before or after it acted, a publish run is repaired by running it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.core.policy import Policy
from samebytes.errors import SamebytesError, SiteError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.promote import PromoteOptions, undo
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import Promotion, PublishOutcome
from samebytes.model.settings import PromoteWhen
from samebytes.testing.memory_site import Killed, MemorySite, fail_at, kill_at
from tests.directory_site.fake_clock import FakeClock
from tests.small_releases import LAMPS, built_release, bumped

OPTIONS = PublishOptions(holder="a test", policy=Policy(when=PromoteWhen.POLICY, configured_sites=1))
MOMENTS = ("before", "after")


def quiet(line: str) -> None:
    """Let progress go unheard."""


def run(built: BuiltRelease, site: MemorySite) -> PublishOutcome:
    """One publish run with a process of its own."""
    return publish(built, site.open(), OPTIONS, site.clock, quiet)


def failure_of(built: BuiltRelease, site: MemorySite) -> SamebytesError | None:
    """The error that a run ends with, or None."""
    try:
        run(built, site)
    except SamebytesError as error:
        return error
    return None


@pytest.fixture
def history(tmp_path: Path) -> tuple[BuiltRelease, BuiltRelease]:
    """A first release, and one that bumps a single member."""
    first = built_release(tmp_path / "one")
    second = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    return first, second


def site_with(*earlier: BuiltRelease) -> MemorySite:
    """A site that has these releases."""
    site = MemorySite(FakeClock())
    for built in earlier:
        run(built, site)
        site.next_process()
    return site


def calls_of(built: BuiltRelease, *earlier: BuiltRelease) -> int:
    """How many calls an undisturbed run makes."""
    site = site_with(*earlier)
    run(built, site)
    return len(site.calls)


def latest_is_whole(site: MemorySite) -> bool:
    """Whether every `latest` is at a version whose release lists it in a SHA512SUMS that is there."""
    complete = [assets for assets in site.stored.values() if "SHA512SUMS" in assets]
    return all(
        any(f"{name.text.removeprefix('@').replace('/', '__')}-{version}.tgz" in assets for assets in complete)
        for name, package in site.packages.items()
        if (version := package.dist_tags.get("latest"))
    )


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("second", [False, True], ids=["first release", "second release"])
def test_killed_at_every_call_one_more_run_gives_the_undisturbed_state(
    history: tuple[BuiltRelease, BuiltRelease], moment: str, second: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """At no moment is `latest` at an unfinished release, and one repeat ends where an undisturbed run ends."""
    built, earlier = (history[1], history[:1]) if second else (history[0], ())
    undisturbed = site_with(*earlier)
    run(built, undisturbed)
    count = len(undisturbed.calls)
    for number in range(1, count + 1):
        site = site_with(*earlier)
        site.next_process(kill_at(number, moment))
        with pytest.raises(Killed):
            run(built, site)
        assert latest_is_whole(site), f"{moment} call {number}"
        site.next_process()
        run(built, site)
        assert site.final_state() == undisturbed.final_state(), f"{moment} call {number}"
        site.next_process()
        assert (run(built, site).changed, site.writes) == (False, [])
    with capsys.disabled():
        print(f"[{count} kills {moment} a call]", end=" ")  # noqa: T201  the figure is part of the result
    assert count > 30


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_twice_it_still_converges(history: tuple[BuiltRelease, BuiltRelease], moment: str) -> None:
    """The repair may be killed as well, anywhere."""
    undisturbed = site_with()
    run(history[0], undisturbed)
    for number in range(5, len(undisturbed.calls), 7):
        for again in range(3, len(undisturbed.calls) - number, 11):
            site = site_with()
            for at in (number, again):
                site.next_process(kill_at(at, moment))
                with pytest.raises(Killed):
                    run(history[0], site)
            site.next_process()
            run(history[0], site)
            assert site.final_state() == undisturbed.final_state(), (number, again)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_lost_connection_at_any_call_is_read_back_or_said(
    history: tuple[BuiltRelease, BuiltRelease], moment: str
) -> None:
    """A call that fails is decided by reading: the run goes on when it had acted, else it stops with an error of ours."""
    undisturbed = site_with()
    run(history[0], undisturbed)
    survived = 0
    for number in range(1, len(undisturbed.calls) + 1):
        site = site_with()
        site.next_process(fail_at(number, moment))
        try:
            survived += run(history[0], site).promotion is Promotion.PROMOTED
        except SiteError:
            site.next_process()
            run(history[0], site)
        assert site.final_state() == undisturbed.final_state(), f"{moment} call {number}"
    uploads_assets_and_tags = 3 + 7 + 6
    assert survived >= (uploads_assets_and_tags if moment == "after" else 0)


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_undo_killed_at_every_call_is_finished_by_the_next(
    history: tuple[BuiltRelease, BuiltRelease], moment: str
) -> None:
    """An undo ends where an undisturbed one ends, and publishing again does not redo what was undone."""
    options = PromoteOptions(holder="a test")
    undisturbed = site_with(*history)
    undo("v1.1.0", undisturbed.open(), options, undisturbed.clock, quiet)
    for number in range(1, len(undisturbed.calls) + 1):
        site = site_with(*history)
        site.next_process(kill_at(number, moment))
        with pytest.raises(Killed):
            undo("v1.1.0", site.open(), options, site.clock, quiet)
        site.next_process()
        undo("v1.1.0", site.open(), options, site.clock, quiet)
        assert site.final_state() == undisturbed.final_state(), f"{moment} call {number}"
        site.next_process()
        held = run(history[1], site)
        assert (held.promotion, held.changed) == (Promotion.HELD, False)


def test_the_dry_run_shows_the_plan_that_apply_takes(history: tuple[BuiltRelease, BuiltRelease]) -> None:
    """At every stage of an interrupted run the dry run makes no write, and the next run carries out its very plan."""
    count = calls_of(history[0])
    for number in range(1, count + 1, 3):
        site = site_with()
        site.next_process(kill_at(number, "after"))
        with pytest.raises(Killed):
            run(history[0], site)
        site.next_process()
        dry = PublishOptions(holder="a test", policy=OPTIONS.policy, dry_run=True)
        shown = publish(history[0], site.open(), dry, site.clock, quiet)
        assert site.writes == []
        assert "acquire" not in site.calls
        site.next_process()
        done = run(history[0], site)
        assert done.plan == shown.plan
        uploads = [call for call in site.writes if call.startswith("upload ")]
        assert uploads == [f"upload {upload.id}" for upload in shown.plan.uploads]
        puts = [call.split()[2] for call in site.writes if call.startswith("put ")]
        assert puts == [asset.name for asset in shown.plan.assets]
        tags = [call for call in site.writes if call.startswith(("set_tag", "delete_tag"))]
        assert len(tags) == len(shown.plan.promotion)


def test_every_failure_is_one_of_ours(history: tuple[BuiltRelease, BuiltRelease]) -> None:
    """Whatever call fails, what comes out has a code, a sentence and an exit status."""
    for number in range(1, calls_of(history[0]) + 1):
        site = site_with()
        site.next_process(fail_at(number, "before"))
        outcome = failure_of(history[0], site)
        assert outcome is None or (outcome.code.startswith("SB-"), outcome.exit_status) == (True, 13)
