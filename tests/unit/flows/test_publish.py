"""The seven steps: what is refused before the first write, what is written in which order, and what is held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.policy import UNPROVEN, Policy
from samebytes.errors import BytesDifferError, ConfigError, RefusedError, SiteError, UsageError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.survey import NO_RELEASES, NO_STATE
from samebytes.model.action import HOLD_TAG
from samebytes.model.digests import sha256
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedVersion
from samebytes.model.outcome import MemberOutcome, Promotion
from samebytes.model.settings import PromoteWhen
from samebytes.model.site import ReadBack
from samebytes.testing.memory_site import MemorySite
from tests.publishing.runs import after_call, latest, new_site, registry_only, run
from tests.small_releases import LAMPS, Tiny, built_release, bumped, changed

WICK, GLOW = PackageName("@acme/wick"), PackageName("@acme/glow")


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """Release v1.0.0 of three members."""
    return built_release(tmp_path / "built")


@pytest.fixture
def other(tmp_path: Path) -> BuiltRelease:
    """Another build of the same tag: one file differs."""
    members = changed(LAMPS, "@acme/glow", "index.js", b"built at /build/lamps\n")
    return built_release(tmp_path / "other", members=members)


def test_a_release_is_uploaded_stored_and_promoted_in_order(built: BuiltRelease) -> None:
    """Uploads dependencies first, SHA512SUMS behind what it lists, the journal around the tags, `latest` last."""
    site = new_site()
    outcome = run(built, site)
    assert [call.rsplit(" ", 1)[0] if call.startswith("create") else call for call in site.writes] == [
        "add statement",
        "remember v1.0.0",
        "upload @acme/wick@1.0.0",
        "upload @acme/glow@1.0.0",
        "upload lantern@1.0.0",
        "create v1.0.0",
        "put v1.0.0 acme__glow-1.0.0.tgz",
        "put v1.0.0 acme__wick-1.0.0.tgz",
        "put v1.0.0 lantern-1.0.0.tgz",
        "put v1.0.0 release.json",
        "put v1.0.0 SHA512SUMS",
        "put v1.0.0 build-record-corp.json",
        "add build-record",
        "write_journal v1.0.0 begun",
        "set_tag @acme/wick latest 1.0.0",
        "set_tag @acme/glow latest 1.0.0",
        "set_tag lantern latest 1.0.0",
        "delete_tag @acme/wick samebytes-hold",
        "delete_tag @acme/glow samebytes-hold",
        "delete_tag lantern samebytes-hold",
        "write_journal v1.0.0 done",
    ]
    assert {member.value for _, member in outcome.members} == {"published"}
    assert (outcome.promotion, outcome.why_held, outcome.partial, outcome.changed) == (
        Promotion.PROMOTED,
        "",
        False,
        True,
    )
    assert outcome.notes == (UNPROVEN,)
    assert outcome.statement_sha256 == sha256(built.statement).hex
    assert {name: package.dist_tags for name, package in site.packages.items()} == {
        PackageName(tiny.name): {"latest": "1.0.0"} for tiny in LAMPS
    }


def test_a_second_run_writes_nothing_and_says_so(built: BuiltRelease) -> None:
    """Everything is the same: read back again, nothing written."""
    site = new_site(built)
    outcome = run(built, site)
    assert site.writes == []
    assert (outcome.changed, outcome.promotion) == (False, Promotion.ALREADY)
    assert {member for _, member in outcome.members} == {MemberOutcome.ALREADY_SAME}
    assert sum(call.startswith("tarball") for call in site.calls) == 3


def test_levels_follow_each_other_when_uploads_run_in_parallel(tmp_path: Path) -> None:
    """No member is uploaded before everything it depends on is there."""
    members = tuple(Tiny(name=f"p{number}", level=number // 4) for number in range(12))
    built = built_release(tmp_path / "many", members=members)
    site = new_site()
    run(built, site, site.open(concurrency=4))
    levels = [int(call.split("p", 2)[2].split("@")[0]) // 4 for call in site.writes if call.startswith("upload")]
    assert levels == [0] * 4 + [1] * 4 + [2] * 4


def test_a_snapshot_is_refused_before_anything(tmp_path: Path) -> None:
    """Without a tag nothing is even read."""
    site = new_site()
    with pytest.raises(RefusedError) as caught:
        run(built_release(tmp_path / "snapshot", tag=""), site)
    assert (caught.value.code, site.calls) == ("SB-6002", [])


def test_a_filter_narrows_only_what_is_uploaded(built: BuiltRelease) -> None:
    """A partial run uploads and reads back what was asked for; no release, no promotion, until all are there."""
    site = new_site()
    outcome = run(built, site, only=("@acme/w*",))
    assert (outcome.partial, outcome.promotion) == (True, Promotion.HELD)
    assert "not all members" in outcome.why_held
    assert [member.value for _, member in outcome.members] == ["left-out", "published", "left-out"]
    assert site.stored == {}
    assert latest(site) == {}
    site.next_process()
    rest = run(built, site, only=("lantern", "@acme/glow"))
    assert (rest.partial, rest.promotion) == (False, Promotion.PROMOTED)
    assert site.final_state() == new_site(built).final_state()


def test_a_filter_that_matches_nothing_is_an_error(built: BuiltRelease) -> None:
    """A typo must not look like a run that had nothing to do."""
    with pytest.raises(ConfigError) as caught:
        run(built, new_site(), only=("@acme/glow", "lantren"))
    assert (caught.value.code, "lantern" in caught.value.hint) == ("SB-6003", True)


def test_an_asset_that_has_gone_is_put_back(built: BuiltRelease) -> None:
    """Even behind SHA512SUMS: a re-run is the repair."""
    site = new_site(built)
    del site.stored["v1.0.0"]["lantern-1.0.0.tgz"]
    outcome = run(built, site)
    assert site.writes == ["put v1.0.0 lantern-1.0.0.tgz"]
    assert outcome.changed
    assert site.final_state() == new_site(built).final_state()


def test_the_first_build_record_stays(built: BuiltRelease) -> None:
    """A re-run has another record; the stored one is kept, and kept as evidence."""
    site = new_site(built)
    later = replace(built, record=replace(built.record, started="2027-01-01T00:00:00Z"))
    assert not run(later, site).changed
    site.documents = {key: value for key, value in site.documents.items() if key[0] != "build-record"}
    site.next_process()
    assert run(later, site).changed
    assert site.final_state() == new_site(built).final_state()


def test_a_lost_tarball_is_stored_again(built: BuiltRelease) -> None:
    """A re-run is the repair: the listed version gets its bytes back, and no dist-tag moves."""
    site = new_site(built)
    undisturbed = site.final_state()
    del site.packages[GLOW].tarballs["1.0.0"]
    shown = run(built, site, dry_run=True)
    assert [(str(one.id), one.dist_tag) for one in shown.plan.uploads] == [("@acme/glow@1.0.0", "")]
    done = run(built, site)
    assert (done.plan, done.changed, site.final_state()) == (shown.plan, True, undisturbed)
    assert [call for call in site.writes if "tag" in call] == []


def test_a_lost_tarball_of_another_build_stays_lost(built: BuiltRelease, tmp_path: Path) -> None:
    """The packument says which bytes were out: others are a difference, not a repair."""
    site = new_site(built)
    del site.packages[GLOW].tarballs["1.0.0"]
    other = built_release(tmp_path / "other", members=changed(LAMPS, "@acme/glow", "index.js", b"other\n"))
    with pytest.raises(BytesDifferError):
        run(other, site)
    assert "1.0.0" not in site.packages[GLOW].tarballs


def garble_tarball(site: MemorySite) -> None:
    """The storage serves other bytes than the packument says."""
    site.packages[GLOW].tarballs["1.0.0"] = b"rotten"


def drop_tarball(site: MemorySite) -> None:
    """The storage has lost the tarball."""
    del site.packages[GLOW].tarballs["1.0.0"]


def garble_manifest(site: MemorySite) -> None:
    """The server has rewritten the manifest."""
    version = site.packages[GLOW].versions["1.0.0"]
    manifest = {**version.manifest, "bin": {"evil": "x.js"}}
    site.packages[GLOW].versions["1.0.0"] = ObservedVersion(integrity=version.integrity, manifest=manifest)


def drop_version(site: MemorySite) -> None:
    """Somebody has deleted the version."""
    site.packages[GLOW].versions.clear()


def hide_package(site: MemorySite) -> None:
    """The packument cannot be read any more."""
    site.unreadable.add(GLOW)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (garble_tarball, "SB-6031"),
        (garble_manifest, "SB-6031"),
        (drop_tarball, "SB-6030"),
        (drop_version, "SB-6030"),
        (hide_package, "SB-6030"),
    ],
)
def test_what_is_read_back_otherwise_is_never_released_or_promoted(
    built: BuiltRelease, spoil: object, code: str
) -> None:
    """Whatever happens to an upload behind our back is found before the release and before `latest`."""
    assert callable(spoil)
    site = new_site()
    site.next_process(after_call("upload lantern", lambda: spoil(site)))
    with pytest.raises((BytesDifferError, SiteError)) as caught:
        run(built, site)
    assert caught.value.code == code
    assert (site.stored, latest(site)) == ({}, {})


def test_tarballs_are_downloaded_only_where_the_site_wants_bytes(built: BuiltRelease) -> None:
    """`read_back = packument` trusts the registry's digests."""
    site = new_site()
    run(built, site, site.open(read_back=ReadBack.PACKUMENT))
    assert not any(call.startswith("tarball") for call in site.calls)


def test_a_lost_download_while_reading_back_is_a_site_error(built: BuiltRelease) -> None:
    """A tarball that cannot be read is not a tarball that is right."""
    site = new_site()

    def fault(number: int, moment: str, call: str) -> None:
        if call.startswith("tarball lantern") and moment == "before":
            raise SiteError("SB-5001", "the connection was lost")

    site.next_process(fault)
    with pytest.raises(SiteError) as caught:
        run(built, site)
    assert caught.value.code == "SB-6030"
    assert "the connection was lost (SB-5001)" in caught.value.summary


def test_no_promotion_was_asked_for(built: BuiltRelease) -> None:
    """The release is complete and held; a later run promotes it."""
    site = new_site()
    outcome = run(built, site, promote=False)
    assert outcome.promotion is Promotion.NOT_ASKED
    assert "SHA512SUMS" in site.stored["v1.0.0"]
    assert site.packages[WICK].dist_tags == {HOLD_TAG: "1.0.0"}
    site.next_process()
    assert run(built, site).promotion is Promotion.PROMOTED


def test_the_policy_can_hold(built: BuiltRelease) -> None:
    """With site keys and several sites the receipts of the others are waited for: done, exit 0, held."""
    policy = Policy(when=PromoteWhen.POLICY, configured_sites=2, site_keys=True)
    outcome = run(built, new_site(), policy=policy)
    assert (outcome.promotion, "receipts" in outcome.why_held) == (Promotion.HELD, True)


def test_a_held_version_that_lost_its_tag_gets_the_holding_tag_again(built: BuiltRelease) -> None:
    """A server stores a version before its tag: a crash in between leaves one that no client can name."""
    policy = Policy(when=PromoteWhen.POLICY, configured_sites=2, site_keys=True)
    site = new_site()
    run(built, site, policy=policy)
    site.packages[PackageName("@acme/wick")].dist_tags.clear()
    outcome = run(built, site, policy=policy)
    assert (outcome.promotion, outcome.changed) == (Promotion.HELD, True)
    assert site.packages[PackageName("@acme/wick")].dist_tags == {"samebytes-hold": "1.0.0"}
    assert not run(built, site, policy=policy).changed


def test_members_that_a_server_shows_early_are_named(built: BuiltRelease) -> None:
    """Only new packages, and only where the server invents `latest`."""
    site = new_site()
    site.invents_latest = True
    early = [note for note in run(built, site).notes if "as soon as it is uploaded" in note]
    assert [note.partition(": ")[2] for note in early] == ["@acme/wick@1.0.0, @acme/glow@1.0.0, lantern@1.0.0"]
    assert not any("as soon as" in note for note in run(built, site).notes)
    assert not any("as soon as" in note for note in run(built, new_site()).notes)


def test_an_older_release_is_published_and_held(built: BuiltRelease, tmp_path: Path) -> None:
    """A late fix of an old line is there for who asks for it, `latest` stays at the newer one."""
    newer = built_release(tmp_path / "new", tag="v2.0.0", members=bumped(LAMPS, "lantern", "2.0.0"))
    late = built_release(tmp_path / "late", tag="v1.0.1", members=bumped(LAMPS, "lantern", "1.0.1"))
    site = new_site(built, newer)
    outcome = run(late, site)
    assert outcome.promotion is Promotion.HELD
    assert "would go back from 2.0.0 to 1.0.1" in outcome.why_held
    assert latest(site)["lantern"] == "2.0.0"
    assert site.packages[PackageName("lantern")].dist_tags[HOLD_TAG] == "1.0.1"


def test_the_second_release_moves_only_what_it_ships(built: BuiltRelease, tmp_path: Path) -> None:
    """The bumped member gets its new `latest`, nobody touches the others."""
    second = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    site = new_site(built)
    run(second, site)
    assert latest(site) == {"@acme/glow": "1.1.0", "@acme/wick": "1.0.0", "lantern": "1.0.0"}
    assert not any("wick" in call or "lantern" in call for call in site.writes)
    assert site.journals["v1.1.0"][-1].before == {"@acme/glow": "1.0.0"}


def test_another_dist_tag_can_be_promoted_to(built: BuiltRelease) -> None:
    """`latest` stays where it is."""
    site = new_site()
    run(built, site, dist_tag="next")
    assert site.packages[WICK].dist_tags == {"next": "1.0.0"}


def test_a_dist_tag_that_servers_refuse_is_a_usage_error(built: BuiltRelease) -> None:
    """Before anything is read."""
    site = new_site()
    with pytest.raises(UsageError):
        run(built, site, dist_tag="1.x")
    assert site.calls == []


def test_a_site_with_a_registry_alone_publishes_without_lock_or_undo(built: BuiltRelease) -> None:
    """And says what is missing."""
    site = new_site()
    outcome = run(built, site, registry_only(site))
    assert outcome.promotion is Promotion.PROMOTED
    assert outcome.notes == (UNPROVEN, NO_STATE, NO_RELEASES)
    assert latest(site) == {"@acme/glow": "1.0.0", "@acme/wick": "1.0.0", "lantern": "1.0.0"}
    assert {call.split()[0] for call in site.writes} == {"upload", "set_tag", "delete_tag"}
    site.next_process()
    assert not run(built, site, registry_only(site)).changed


def test_evidence_is_kept_without_releases_or_state(built: BuiltRelease) -> None:
    """A site that has an evidence store keeps statement and record there."""
    site = new_site()
    run(built, site, replace(site.open(), releases=None, state=None))
    assert sorted(kind for kind, _ in site.documents) == ["build-record", "statement"]


def test_a_server_that_invents_latest_is_taken_as_it_is(built: BuiltRelease) -> None:
    """A new package got `latest` on upload: the tag stands right already, the journal says where it was."""
    site = new_site()

    def invent() -> None:
        site.packages[WICK].dist_tags["latest"] = "1.0.0"

    site.next_process(after_call("upload @acme/wick", invent))
    assert run(built, site).promotion is Promotion.PROMOTED
    assert "set_tag @acme/wick latest 1.0.0" not in site.writes
    assert site.journals["v1.0.0"][-1].before["@acme/wick"] == "1.0.0"


def test_a_tag_that_does_not_stay_is_a_site_error(built: BuiltRelease) -> None:
    """Somebody else moves `latest` while we do: that is said, and the pass stays open for the next run."""
    site = new_site()

    def move() -> None:
        site.packages[WICK].dist_tags["latest"] = "0.0.1"

    site.next_process(after_call("set_tag lantern", move))
    with pytest.raises(SiteError) as caught:
        run(built, site)
    assert caught.value.code == "SB-6041"
    assert not site.journals["v1.0.0"][-1].done
    site.next_process()
    assert run(built, site).promotion is Promotion.PROMOTED


def test_a_tag_that_moved_ahead_meanwhile_holds_the_rest(built: BuiltRelease) -> None:
    """Somebody has promoted something newer while we uploaded: nothing moves, and the outcome says so."""
    site = new_site()

    def move() -> None:
        site.packages[WICK].dist_tags["latest"] = "2.0.0"

    site.next_process(after_call("upload lantern", move))
    outcome = run(built, site)
    assert (outcome.promotion, "would go back from 2.0.0" in outcome.why_held) == (Promotion.HELD, True)
    assert outcome.plan.promotion == ()
    assert latest(site) == {"@acme/wick": "2.0.0"}


def test_a_release_without_members_is_an_error(built: BuiltRelease) -> None:
    """Nothing to publish is not a published release."""
    site = new_site()
    empty = replace(built, packed=(), release=replace(built.release, subjects=()))
    with pytest.raises(ConfigError) as caught:
        run(empty, site)
    assert (caught.value.code, site.calls) == ("SB-6004", [])
