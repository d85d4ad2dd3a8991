"""Promoting and undoing by hand: all members or none, from what the site itself states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samebytes.errors import BytesDifferError, EvidenceMissingError, RefusedError, SamebytesError, SiteError, UsageError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.promote import PromoteOptions, promote, undo
from samebytes.model.names import PackageName
from samebytes.model.outcome import PromoteOutcome, Promotion
from samebytes.testing.memory_site import Killed, MemorySite, kill_at
from tests.publishing.runs import latest, new_site, quiet, registry_only, run, store_as_stranger
from tests.small_releases import LAMPS, built_release, bumped, changed

GLOW = PackageName("@acme/glow")


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """Release v1.0.0 of three members."""
    return built_release(tmp_path / "built")


@pytest.fixture
def newer(tmp_path: Path) -> BuiltRelease:
    """Release v1.1.0, which bumps one."""
    return built_release(tmp_path / "newer", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))


def promoted(site: MemorySite, tag: str = "v1.0.0", *, back: bool = False, **options: Any) -> PromoteOutcome:
    """Promote, or undo, in a process of its own."""
    chosen = PromoteOptions(holder="a test", **options)
    return (undo if back else promote)(tag, site.open(), chosen, site.clock, quiet)


def held_site(built: BuiltRelease, *earlier: BuiltRelease) -> MemorySite:
    """A site that holds a release."""
    site = new_site(*earlier)
    run(built, site, promote=False)
    site.next_process()
    return site


def test_a_held_release_is_promoted(built: BuiltRelease) -> None:
    """All members move, the holding tags go; a second time nothing moves."""
    site = held_site(built)
    outcome = promoted(site)
    assert (len(outcome.moves), outcome.undone, outcome.dry_run) == (6, False, False)
    assert site.packages[GLOW].dist_tags == {"latest": "1.0.0"}
    site.next_process()
    assert promoted(site).moves == ()
    assert site.writes == []


def test_a_tag_that_moved_in_this_clone_is_refused(built: BuiltRelease) -> None:
    """Which release is meant is not clear; an undo goes by the site's journal alone."""
    site = held_site(built)
    with pytest.raises(RefusedError) as caught:
        promoted(site, commit="9e" * 20)
    assert (caught.value.code, caught.value.details["in this clone"], site.writes) == ("SB-6101", "9e" * 20, [])
    assert promoted(site, commit=built.commit.commit).moves
    assert promoted(site, back=True, commit="9e" * 20).undone


def test_a_dry_run_shows_the_moves(built: BuiltRelease) -> None:
    """The same moves, no lock, no write."""
    site = held_site(built)
    shown = promoted(site, dry_run=True)
    assert (site.writes, "acquire" in site.calls) == ([], False)
    site.next_process()
    assert promoted(site).moves == shown.moves


def test_another_tag_may_follow(built: BuiltRelease) -> None:
    """`next` moves, `latest` stays; a tag that servers refuse is a usage error."""
    site = held_site(built)
    assert promoted(site, dist_tag="next").dist_tag == "next"
    assert site.packages[GLOW].dist_tags == {"next": "1.0.0"}
    with pytest.raises(UsageError):
        promoted(site, dist_tag="1.0")


def test_backwards_needs_a_person_to_say_so(built: BuiltRelease, newer: BuiltRelease) -> None:
    """Refused with exit 12, moved with `backwards`."""
    site = new_site(built, newer)
    with pytest.raises(RefusedError) as caught:
        promoted(site)
    assert (caught.value.code, "--backwards" in caught.value.hint, site.writes) == ("SB-6302", True, [])
    promoted(site, backwards=True)
    assert latest(site)["@acme/glow"] == "1.0.0"


def test_undo_puts_back_what_was_there(built: BuiltRelease, newer: BuiltRelease) -> None:
    """The newer release goes back to the older; the first release goes back to nothing."""
    site = new_site(built, newer)
    outcome = promoted(site, "v1.1.0", back=True)
    assert (outcome.undone, outcome.dist_tag, len(outcome.moves)) == (True, "latest", 2)
    assert site.packages[PackageName("@acme/glow")].dist_tags == {"latest": "1.0.0", "samebytes-hold": "1.1.0"}
    promoted(site, "v1.0.0", back=True)
    assert latest(site) == {}
    site.next_process()
    assert promoted(site, "v1.0.0", back=True).moves == ()
    assert site.writes == []


def test_publishing_again_does_not_redo_what_was_undone(built: BuiltRelease) -> None:
    """It holds and says so; promoting by hand moves it again."""
    site = new_site(built)
    promoted(site, back=True)
    assert run(built, site).promotion is Promotion.HELD
    promoted(site)
    assert latest(site)["lantern"] == "1.0.0"


def test_undo_refuses_what_has_moved_on(built: BuiltRelease, newer: BuiltRelease) -> None:
    """A newer release has the tag: undo that one first."""
    site = new_site(built, newer)
    with pytest.raises(RefusedError) as caught:
        promoted(site, back=True)
    assert (caught.value.code, site.writes) == ("SB-6303", [])


def test_an_unfinished_promotion_to_another_tag_comes_first(built: BuiltRelease) -> None:
    """Its journal must not be lost."""
    site = held_site(built)
    probe = held_site(built)
    promoted(probe, dist_tag="next")
    begun = next(number for number, call in enumerate(probe.calls, 1) if call.startswith("set_tag"))
    site.next_process(kill_at(begun, "after"))
    with pytest.raises(Killed):
        promoted(site, dist_tag="next")
    site.next_process()
    with pytest.raises(RefusedError):
        promoted(site)
    promoted(site, dist_tag="next")
    assert len(promoted(site).moves) == 3


def forget_sums(site: MemorySite) -> None:
    """The release is unfinished."""
    del site.stored["v1.0.0"]["SHA512SUMS"]


def forget_release(site: MemorySite) -> None:
    """There is no release."""
    site.stored.clear()


def forget_version(site: MemorySite) -> None:
    """A member is gone."""
    site.packages[GLOW].versions.clear()


def garble_statement(site: MemorySite) -> None:
    """The statement cannot be read."""
    site.stored["v1.0.0"]["release.json"] = b"{"


def garble_sums(site: MemorySite) -> None:
    """The sums are of something else."""
    sums = site.stored["v1.0.0"]["SHA512SUMS"]
    site.stored["v1.0.0"]["SHA512SUMS"] = sums.replace(b"lantern", b"lantexn")


def swap_version(site: MemorySite) -> None:
    """The registry serves other bytes."""
    store_as_stranger(site, changed(LAMPS, "@acme/glow", "index.js", b"evil\n")[1])


def swap_manifest(site: MemorySite) -> None:
    """The registry tells clients something else."""
    store_as_stranger(site, LAMPS[1], dependencies={"evil": "1"})


def hide_package(site: MemorySite) -> None:
    """The registry cannot be read."""
    site.unreadable.add(GLOW)


def rebind_tag(site: MemorySite) -> None:
    """The tag was bound to another statement."""
    memory = site.memories["v1.0.0"]
    site.memories["v1.0.0"] = type(memory)(
        tag=memory.tag, tag_object=memory.tag_object, commit=memory.commit, statement_sha256="5b" * 32
    )


@pytest.mark.parametrize(
    ("spoil", "error", "code"),
    [
        (forget_sums, EvidenceMissingError, "SB-7002"),
        (forget_release, EvidenceMissingError, "SB-7002"),
        (forget_version, EvidenceMissingError, "SB-7003"),
        (garble_statement, SiteError, "SB-6021"),
        (garble_sums, BytesDifferError, "SB-6023"),
        (swap_version, BytesDifferError, "SB-6020"),
        (swap_manifest, BytesDifferError, "SB-6020"),
        (hide_package, SiteError, "SB-6021"),
        (rebind_tag, RefusedError, "SB-6101"),
    ],
)
def test_only_a_complete_release_that_is_served_as_stated_is_promoted(
    built: BuiltRelease, spoil: Callable[[MemorySite], None], error: type[SamebytesError], code: str
) -> None:
    """Whatever is missing, unreadable or different stops the promotion before the first move."""
    site = held_site(built)
    spoil(site)
    with pytest.raises(error) as caught:
        promoted(site)
    assert (caught.value.code, site.writes) == (code, [])


def test_a_site_without_documents_cannot_be_promoted_by_tag(built: BuiltRelease) -> None:
    """Nothing says what the tag ships there, and no journal says what to undo."""
    site = held_site(built)
    options = PromoteOptions(holder="a test")
    for move in (promote, undo):
        with pytest.raises(EvidenceMissingError):
            move("v1.0.0", registry_only(site), options, site.clock, quiet)


def test_undo_without_a_promotion_is_missing_evidence(built: BuiltRelease) -> None:
    """There is no journal to go by."""
    with pytest.raises(EvidenceMissingError) as caught:
        promoted(held_site(built), back=True)
    assert caught.value.code == "SB-7004"


def test_undo_reads_before_it_writes(built: BuiltRelease) -> None:
    """A package that cannot be read stops it."""
    site = new_site(built)
    site.unreadable.add(GLOW)
    with pytest.raises(SiteError):
        promoted(site, back=True)
    assert site.writes == []


def test_a_release_without_one_of_its_tarballs_is_not_promoted(built: BuiltRelease) -> None:
    """Nobody could install it: publishing again stores it."""
    site = held_site(built)
    del site.packages[GLOW].tarballs["1.0.0"]
    with pytest.raises(EvidenceMissingError) as caught:
        promoted(site)
    assert caught.value.code == "SB-7003"
