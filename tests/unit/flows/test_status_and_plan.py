"""Where a release stands, and what publishing would do, without a write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samebytes.core.policy import UNPROVEN, Policy
from samebytes.errors import ExitStatus, SiteError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.plan import plan
from samebytes.flows.promote import PromoteOptions, undo
from samebytes.flows.status import exit_status, known_tags, status
from samebytes.flows.survey import NO_RELEASES, NO_STATE
from samebytes.flows.tarball_manifests import TarballManifests
from samebytes.model.action import HOLD_TAG, DropTag, SetTag
from samebytes.model.json_value import JsonValue
from samebytes.model.names import PackageId, PackageName
from samebytes.model.outcome import MemberPresence, SiteOutlook, SiteState, SiteStatus
from samebytes.model.settings import PromoteWhen
from samebytes.testing.memory_site import Killed, MemorySite, kill_at
from tests.publishing.runs import POLICY, after_call, new_site, quiet, registry_only, run, store_as_stranger
from tests.small_releases import LAMPS, built_release, bumped, changed

GLOW = PackageName("@acme/glow")


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """Release v1.0.0 of three members."""
    return built_release(tmp_path / "built")


def standing(built: BuiltRelease, site: MemorySite | OpenSite, dist_tag: str = "latest") -> SiteStatus:
    """The status at one site, with the members known from git."""
    at = site.open() if isinstance(site, MemorySite) else site
    ids: list[PackageId] = [subject.id for subject in built.release.subjects]
    (found,) = status(built.release.tag, lambda: ids, [at], dist_tag, TarballManifests())
    return found


def outlook(built: BuiltRelease, site: MemorySite | OpenSite, policy: Policy = POLICY) -> SiteOutlook:
    """The outlook at one site."""
    at = site.open() if isinstance(site, MemorySite) else site
    (found,) = plan(built.selection, built.commit, [at], policy, "latest")
    return found


def test_a_release_goes_through_its_states(built: BuiltRelease) -> None:
    """Absent, then uploading wherever it is cut, then held, then promoted; never anything else."""
    probe = new_site()
    run(built, probe)
    seen: list[SiteState] = []
    for number in range(1, len(probe.calls) + 1):
        site = new_site()
        site.next_process(kill_at(number, "after"))
        with pytest.raises(Killed):
            run(built, site)
        site.next_process()
        found = standing(built, site)
        assert site.writes == []
        if not seen or seen[-1] is not found.state:
            seen.append(found.state)
    assert seen == [SiteState.ABSENT, SiteState.UPLOADING, SiteState.HELD, SiteState.PROMOTED]


def test_a_promotion_that_was_cut_short_is_told(built: BuiltRelease) -> None:
    """Held, because not every member has the tag, and why."""
    probe = new_site()
    run(built, probe)
    site = new_site()
    site.next_process(kill_at(probe.calls.index("set_tag @acme/wick latest 1.0.0") + 1, "after"))
    with pytest.raises(Killed):
        run(built, site)
    site.next_process()
    found = standing(built, site)
    assert (found.state, "cut short" in found.why) == (SiteState.HELD, True)


def test_members_are_listed_with_their_tags(built: BuiltRelease) -> None:
    """Each member's presence and dist-tags, and the statement's digest."""
    site = new_site()
    run(built, site, promote=False)
    found = standing(built, site)
    assert found.state is SiteState.HELD
    assert {member.presence for member in found.members} == {MemberPresence.SAME}
    assert {member.dist_tags for member in found.members} == {(HOLD_TAG,)}
    assert len(found.statement_sha256) == 64


def test_an_older_release_stays_promoted_when_a_newer_one_is(built: BuiltRelease, tmp_path: Path) -> None:
    """Its tag has only gone forwards; once undone it is held."""
    newer = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    site = new_site(built, newer)
    assert standing(built, site).state is SiteState.PROMOTED
    undo("v1.1.0", site.open(), PromoteOptions(holder="a test"), site.clock, quiet)
    assert standing(newer, site).state is SiteState.HELD
    assert standing(built, site).state is SiteState.PROMOTED


def test_other_bytes_are_diverged(built: BuiltRelease) -> None:
    """The registry serves something else than the site's own statement says."""
    site = new_site(built)
    store_as_stranger(site, changed(LAMPS, "@acme/glow", "index.js", b"evil\n")[1])
    found = standing(built, site)
    assert (found.state, "@acme/glow" in found.why) == (SiteState.DIVERGED, True)


def retold(site: MemorySite, **fields: JsonValue) -> None:
    """The registry tells clients something else about glow than its tarball does."""
    version = site.packages[GLOW].versions["1.0.0"]
    site.packages[GLOW].versions["1.0.0"] = replace(version, manifest={**version.manifest, **fields})


def test_another_manifest_is_diverged(built: BuiltRelease) -> None:
    """The bytes are equal, but clients are told to install something else: the tarball says what is right."""
    site = new_site(built)
    retold(site, dependencies={"evil": "1.0.0"})
    found = standing(built, site)
    presences = {member.id.name.text: member.presence for member in found.members}
    assert (found.state, "dependencies" in found.why) == (SiteState.DIVERGED, True)
    assert presences["@acme/glow"] is MemberPresence.MANIFEST_DIFFERS
    assert presences["lantern"] is MemberPresence.SAME


def test_manifests_are_compared_within_a_limit(built: BuiltRelease) -> None:
    """Beyond it a member is `same-bytes` and says why; no tarball is read twice for two sites."""
    site = new_site(built)
    retold(site, dependencies={"evil": "1.0.0"})
    for none in (TarballManifests(limit_bytes=0), TarballManifests(limit_tarballs=0)):
        (found,) = status("v1.0.0", tuple, [site.open()], "latest", none)
        assert (found.state, {one.presence for one in found.members}) == (
            SiteState.PROMOTED,
            {MemberPresence.SAME_BYTES},
        )
        assert all("not compared" in one.why for one in found.members)
    home = new_site(built, id="home")
    both = status("v1.0.0", tuple, [site.open(), home.open()], "latest", TarballManifests())
    assert [one.state for one in both] == [SiteState.DIVERGED, SiteState.PROMOTED]
    assert [call for call in home.calls if call.startswith("tarball")] == []


def test_a_tarball_that_is_gone_or_rotten_is_found(built: BuiltRelease) -> None:
    """Where no site serves the stated bytes, what this one serves decides; another site's tarball says the manifest."""
    site, whole = new_site(built), new_site(built, id="home")
    del site.packages[GLOW].tarballs["1.0.0"]
    assert (standing(built, site).state, "tarball" in standing(built, site).why) == (SiteState.UPLOADING, False)
    site.packages[GLOW].tarballs["1.0.0"] = b"rotten"
    assert standing(built, site).state is SiteState.DIVERGED
    # Most registries do not show that a tarball is gone: here it goes after it was shown.
    site.next_process(after_call("observe", site.packages[GLOW].tarballs.clear))
    assert standing(built, site).state is SiteState.UPLOADING
    site.packages[GLOW].tarballs["1.0.0"] = b"rotten"
    both = status("v1.0.0", tuple, [site.open(), whole.open()], "latest", TarballManifests())
    assert [one.state for one in both] == [SiteState.PROMOTED, SiteState.PROMOTED]

    def fault(number: int, moment: str, call: str) -> None:
        if call.startswith("tarball"):
            raise SiteError("SB-5001", "the disk is gone")

    site.next_process(fault)
    found = standing(built, site)
    assert (found.state, "no site serves" in found.why) == (SiteState.UNREADABLE, True)


def test_sites_with_different_statements_are_told_apart(built: BuiltRelease, tmp_path: Path) -> None:
    """Each holds what it states; that they state different things is said beside the states."""
    other = built_release(tmp_path / "other", members=changed(LAMPS, "@acme/glow", "index.js", b"other\n"))
    corp, home = new_site(built), new_site(other, id="home")
    both = status("v1.0.0", tuple, [corp.open(), home.open()], "latest", TarballManifests())
    assert [one.state for one in both] == [SiteState.PROMOTED, SiteState.PROMOTED]
    assert len({one.statement_sha256 for one in both}) == 2


def test_an_unreadable_site_is_a_value(built: BuiltRelease) -> None:
    """A failing journal or packument makes the site unreadable, with the code."""
    site = new_site(built)
    site.unreadable.add(GLOW)
    assert standing(built, site).state is SiteState.UNREADABLE
    site.unreadable.clear()

    def fault(number: int, moment: str, call: str) -> None:
        if call.startswith("journal"):
            raise SiteError("SB-5001", "the disk is gone")

    site.next_process(fault)
    found = standing(built, site)
    assert (found.state, found.why, found.members) == (SiteState.UNREADABLE, "the disk is gone (SB-5001)", ())


def test_a_site_with_a_registry_alone_has_a_status(built: BuiltRelease) -> None:
    """Versions are present, nothing says which bytes they should have."""
    site = new_site(built)
    found = standing(built, registry_only(site))
    assert found.state is SiteState.PROMOTED
    assert {member.presence for member in found.members} == {MemberPresence.PRESENT}


def test_what_a_tag_ships_is_only_asked_where_no_site_says_it(built: BuiltRelease) -> None:
    """Reading it from git is slow: once at most, and never where every site has a statement."""
    asked: list[str] = []

    def shipped() -> list[PackageId]:
        asked.append("git")
        return [subject.id for subject in built.release.subjects]

    complete = new_site(built)
    status("v1.0.0", shipped, [complete.open(), complete.open()], "latest", TarballManifests())
    assert asked == []
    found = status(
        "v1.0.0", shipped, [new_site().open(), complete.open(), new_site().open()], "latest", TarballManifests()
    )
    assert [one.state for one in found] == [SiteState.ABSENT, SiteState.PROMOTED, SiteState.ABSENT]
    assert asked == ["git"]


def test_a_run_that_shows_nothing_known_does_not_end_well(built: BuiltRelease) -> None:
    """A typo is 11, an unreadable site 13; absent at a site is fine where this clone knows the tag."""
    site = new_site(built).open()
    typo = status("v77.0", tuple, [site], "latest", TarballManifests())
    assert "cannot tell which packages" in typo[0].why
    assert exit_status(typo, [site], "v77.0") is ExitStatus.EVIDENCE_MISSING
    assert exit_status(typo, [site], "") is ExitStatus.DONE
    assert (
        exit_status(status("v1.0.0", tuple, [site], "latest", TarballManifests()), [site], "v1.0.0") is ExitStatus.DONE
    )
    # Bound and nothing more: the site has heard of the tag.
    assert exit_status(typo, [site], "v1.0.0") is ExitStatus.DONE
    unreadable = replace(typo[0], state=SiteState.UNREADABLE)
    assert exit_status([typo[0], unreadable], [site], "v77.0") is ExitStatus.SITE


def test_known_tags_are_those_that_any_site_has_bound(built: BuiltRelease, tmp_path: Path) -> None:
    """Sorted, each once; a site without memory knows none."""
    newer = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    corp, home = new_site(built, newer), new_site(built)
    assert known_tags([corp.open(), home.open(), registry_only(corp)]) == ("v1.0.0", "v1.1.0")
    assert known_tags([registry_only(corp)]) == ()


def test_an_unreadable_site_hides_no_tags_of_the_others(built: BuiltRelease) -> None:
    """But where nothing else is known, `no release yet` would be a lie."""

    def fault(number: int, moment: str, call: str) -> None:
        raise SiteError("SB-5001", "the disk is gone")

    corp, broken = new_site(built), new_site(built)
    broken.next_process(fault)
    assert known_tags([broken.open(), corp.open()]) == ("v1.0.0",)
    with pytest.raises(SiteError):
        known_tags([broken.open(), new_site().open()])


def test_the_plan_of_a_new_release_is_what_publishing_does(built: BuiltRelease) -> None:
    """Without a build the outlook has the uploads, assets and moves of the run that follows, and writes nothing."""
    site = new_site()
    found = outlook(built, site)
    assert site.writes == []
    assert {member.presence for member in found.members} == {MemberPresence.ABSENT}
    done = run(built, site)
    assert found.plan.uploads == done.plan.uploads
    assert set(found.plan.assets) == set(done.plan.assets)
    assert set(found.plan.promotion) == set(done.plan.promotion)
    assert found.notes == (UNPROVEN,)


def test_the_plan_of_a_published_release_is_empty(built: BuiltRelease) -> None:
    """Everything is there, and the site's own statement vouches for it."""
    found = outlook(built, new_site(built))
    assert (found.plan.uploads, found.plan.assets, found.plan.promotion) == ((), (), ())
    assert {member.presence for member in found.members} == {MemberPresence.SAME_BYTES}


def test_the_plan_says_what_it_cannot_know(built: BuiltRelease) -> None:
    """A version without a statement is only present: publishing will compare it."""
    site = new_site()
    store_as_stranger(site, LAMPS[0])
    found = outlook(built, site)
    assert [upload.id.name.text for upload in found.plan.uploads] == ["@acme/glow", "lantern"]
    assert found.notes[0].startswith("1 version is there already")


def test_the_plan_warns_of_what_will_be_refused(built: BuiltRelease) -> None:
    """A tag that moved, and bytes that differ from the site's own statement."""
    site = new_site(built)
    store_as_stranger(site, changed(LAMPS, "@acme/glow", "index.js", b"evil\n")[1])
    moved = replace(built, commit=replace(built.commit, commit="9e" * 20))
    found = outlook(moved, site)
    assert ["SB-6020" in found.notes[0], "SB-6101" in found.notes[1]] == [True, True]
    assert found.stop is ExitStatus.BYTES_DIFFER


@pytest.mark.parametrize(
    ("fields", "how"),
    [({"commit": "9e" * 20}, "has moved to another commit"), ({"tag_object": "9e" * 20}, "was made anew")],
)
def test_the_plan_says_how_a_tag_changed(built: BuiltRelease, fields: dict[str, Any], how: str) -> None:
    """At another commit or as another object: publishing would be refused, and the plan is there all the same."""
    found = outlook(replace(built, commit=replace(built.commit, **fields)), new_site(built))
    assert (found.stop, how in found.notes[0]) == (ExitStatus.REFUSED, True)
    assert outlook(built, new_site(built)).stop is ExitStatus.DONE


def test_the_plan_stores_a_lost_tarball_again(built: BuiltRelease) -> None:
    """The very upload that publishing makes."""
    site = new_site(built)
    del site.packages[GLOW].tarballs["1.0.0"]
    found = outlook(built, site)
    assert {one.presence for one in found.members} == {MemberPresence.SAME_BYTES, MemberPresence.ABSENT}
    assert found.plan == run(built, site).plan


def test_a_snapshot_is_planned_as_if_it_were_tagged(built: BuiltRelease) -> None:
    """With the remark that nothing can publish it."""
    snapshot = replace(built, commit=replace(built.commit, name="", tag_object=""))
    found = outlook(snapshot, new_site(built))
    assert (found.plan.uploads, found.notes[0].startswith("only release tags")) == ((), True)
    assert {member.presence for member in found.members} == {MemberPresence.PRESENT}


def test_the_plan_shows_moves_and_why_they_wait(built: BuiltRelease, tmp_path: Path) -> None:
    """A held promotion names its reason, whoever decided it."""
    newer = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    late = built_release(tmp_path / "late", tag="v1.0.1", members=bumped(LAMPS, "@acme/glow", "1.0.1"))
    site = new_site(built, newer)
    assert "would go back" in outlook(late, site).plan.why_held
    policy = Policy(when=PromoteWhen.POLICY, configured_sites=2, site_keys=True)
    held = outlook(late, new_site(), policy)
    assert (held.plan.promotion, "receipts" in held.plan.why_held) == ((), True)
    assert outlook(late, new_site()).plan.promotion == (
        SetTag(name=GLOW, dist_tag="latest", version="1.0.1", previous=""),
        DropTag(name=GLOW, dist_tag=HOLD_TAG, version="1.0.1"),
    )


def test_the_plan_of_an_unreadable_site_has_no_actions(built: BuiltRelease) -> None:
    """It says what cannot be read."""
    site = new_site()
    site.unreadable.add(GLOW)
    found = outlook(built, site)
    assert ("garbled" in found.unreadable, found.plan.uploads) == (True, ())

    def fault(number: int, moment: str, call: str) -> None:
        if call == "all_remembered":
            raise SiteError("SB-5001", "the disk is gone")

    site = new_site()
    site.next_process(fault)
    assert outlook(built, site).unreadable == "the disk is gone (SB-5001)"


def test_the_plan_for_a_registry_alone_says_what_it_lacks(built: BuiltRelease) -> None:
    """No lock, no undo, no documents."""
    found = outlook(built, registry_only(new_site()))
    assert (found.plan.assets, found.notes[-2:]) == ((), (NO_STATE, NO_RELEASES))
