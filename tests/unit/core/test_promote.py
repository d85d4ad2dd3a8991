"""Which dist-tags move, when they must not, and how a promotion is finished or undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.promote import Ask, Pass, check_dist_tag, plan_hold, plan_pass, plan_undo
from samebytes.errors import RefusedError, UsageError
from samebytes.model.action import HOLD_TAG, DropTag, SetTag
from samebytes.model.local_state import PromotionEntry
from samebytes.model.names import PackageId, PackageName
from samebytes.model.versions import Version

A, B = PackageName("a"), PackageName("b")
ENTRY = PromotionEntry(
    release_tag="v2", dist_tag="latest", before={"a": "1.0.0", "b": ""}, after={"a": "2.0.0", "b": "0.1.0"}, done=False
)
DONE = replace(ENTRY, done=True)
UNDOING = replace(ENTRY, before=ENTRY.after, after=ENTRY.before)

Tags = dict[PackageName, Mapping[str, str]]


def ask(a: str = "2.0.0", b: str = "0.1.0", **more: bool) -> Ask:
    """Release v2 wants `latest` at these versions."""
    targets = (PackageId(A, Version(a)), PackageId(B, Version(b)))
    return Ask(release_tag="v2", dist_tag="latest", targets=targets, **{"asked": False, **more})


def tags(a: Mapping[str, str], b: Mapping[str, str]) -> Tags:
    """What the site has."""
    return {A: a, B: b}


def applied(now: Tags, moves: tuple[SetTag | DropTag, ...]) -> Tags:
    """The tags after some moves."""
    after = {name: dict(at) for name, at in now.items()}
    for move in moves:
        if isinstance(move, SetTag):
            after[move.name][move.dist_tag] = move.version
        else:
            after[move.name].pop(move.dist_tag)
    return {name: dict(at) for name, at in after.items()}


def test_all_tags_move_then_the_holding_tags_go() -> None:
    """The entry for the journal holds where every tag was and goes."""
    now = tags({"latest": "1.0.0", HOLD_TAG: "2.0.0"}, {HOLD_TAG: "0.1.0"})
    assert plan_pass(ask(), now, None) == Pass(
        moves=(
            SetTag(name=A, dist_tag="latest", version="2.0.0", previous="1.0.0"),
            SetTag(name=B, dist_tag="latest", version="0.1.0", previous=""),
            DropTag(name=A, dist_tag=HOLD_TAG, version="2.0.0"),
            DropTag(name=B, dist_tag=HOLD_TAG, version="0.1.0"),
        ),
        entry=ENTRY,
    )


def test_a_promoted_release_has_nothing_to_do() -> None:
    """When all stands where it should, nothing moves and nothing is journalled."""
    now = tags({"latest": "2.0.0"}, {"latest": "0.1.0"})
    assert plan_pass(ask(), now, DONE) == Pass(moves=(), entry=None)
    assert plan_pass(ask(), now, None) == Pass(moves=(), entry=None)


def test_a_forgotten_holding_tag_goes_without_a_journal() -> None:
    """Holding tags that are left are dropped; another release's holding tag stays."""
    now = tags({"latest": "2.0.0", HOLD_TAG: "2.0.0"}, {"latest": "0.1.0", HOLD_TAG: "0.2.0"})
    assert plan_pass(ask(), now, DONE) == Pass(moves=(DropTag(name=A, dist_tag=HOLD_TAG, version="2.0.0"),), entry=None)


def test_a_half_made_pass_is_finished_with_its_first_journal() -> None:
    """What had moved stays, the rest follows, and an undo can still lead back to where it all began."""
    now = tags({"latest": "2.0.0", HOLD_TAG: "2.0.0"}, {HOLD_TAG: "0.1.0"})
    found = plan_pass(ask(), now, ENTRY)
    assert found.entry == ENTRY
    assert found.moves[0] == SetTag(name=B, dist_tag="latest", version="0.1.0", previous="")


def test_a_pass_that_only_lacks_its_last_line_is_closed() -> None:
    """Killed between the last move and the journal: nothing moves, the entry comes back to be closed."""
    now = tags({"latest": "2.0.0"}, {"latest": "0.1.0"})
    assert plan_pass(ask(), now, ENTRY) == Pass(moves=(), entry=ENTRY)


def test_latest_never_goes_back_by_itself() -> None:
    """One member that would go back holds all of them; with `backwards` a person has said so."""
    now = tags({"latest": "2.0.1", HOLD_TAG: "2.0.0"}, {HOLD_TAG: "0.1.0"})
    held = plan_pass(ask(), now, None)
    assert held == Pass(moves=(), entry=None, why_held="latest of a would go back from 2.0.1 to 2.0.0")
    assert plan_pass(ask(asked=True), now, None) == held
    forced = plan_pass(ask(asked=True, backwards=True), now, None)
    assert forced.moves[0] == SetTag(name=A, dist_tag="latest", version="2.0.0", previous="2.0.1")


def test_a_version_without_any_tag_gets_the_holding_tag() -> None:
    """Where nothing is promoted; a holding tag that another version has stays, and who has any tag needs none."""
    ids = ask().targets
    repair = SetTag(name=A, dist_tag=HOLD_TAG, version="2.0.0", previous="")
    assert plan_hold("why", ids, tags({"latest": "2.0.1"}, {"next": "0.1.0"})) == Pass(
        moves=(repair,), entry=None, why_held="why"
    )
    assert plan_hold("why", ids, tags({HOLD_TAG: "3.0.0"}, {HOLD_TAG: "0.1.0"})).moves == ()
    assert plan_hold("why", ids[1:], tags({}, {"next": "0.1.0"})).moves == ()


def test_a_version_without_a_place_in_semver_holds() -> None:
    """Against a stranger's odd version nobody can say what forwards is."""
    held = plan_pass(ask(), tags({"latest": "2.0"}, {}), None)
    assert "has no place in semver order" in held.why_held


@pytest.mark.parametrize(
    ("current", "target", "held"),
    [
        ("1.0.0", "2.0.0-rc.1", True),
        ("2.0.0-rc.0", "2.0.0-rc.1", False),
        ("", "2.0.0-rc.1", False),
        ("2.0.0-rc.1", "2.0.0", False),
    ],
)
def test_latest_does_not_leave_a_release_for_a_prerelease(current: str, target: str, held: bool) -> None:
    """Who has only prereleases goes on with them; who has a release keeps `latest` at releases."""
    now = tags({"latest": current} if current else {}, {})
    assert bool(plan_pass(ask(a=target), now, None).why_held) is held


def test_another_tag_takes_prereleases() -> None:
    """Only `latest` is special: `next` is for prereleases."""
    now = tags({"next": "1.0.0"}, {"next": "0.0.9"})
    wanted = replace(ask(a="2.0.0-rc.1"), dist_tag="next")
    assert plan_pass(wanted, now, None).why_held == ""


def test_an_unfinished_promotion_to_another_tag_comes_first() -> None:
    """Its journal is the only way to finish or undo it, so it is not overwritten."""
    found = plan_pass(ask(asked=True), tags({}, {}), replace(ENTRY, dist_tag="next"))
    assert "promotion of v2 to next was not finished" in found.why_held


def test_an_undone_promotion_is_not_repeated_by_publishing() -> None:
    """A publish run respects an undo; a person's promotion starts anew, with a journal from where the tags stand."""
    now = tags({"latest": "1.0.0"}, {})
    undone = replace(UNDOING, done=True)
    assert "was undone" in plan_pass(ask(), now, undone).why_held
    assert plan_pass(ask(asked=True), now, undone).entry == ENTRY


def test_promoting_over_an_unfinished_undo_keeps_the_way_back() -> None:
    """Half of the tags are back already: the new entry still leads to where all of them were at first."""
    now = tags({"latest": "1.0.0"}, {"latest": "0.1.0"})
    assert plan_pass(ask(asked=True), now, UNDOING).entry == ENTRY


def test_a_finished_promotion_is_no_start_for_the_next() -> None:
    """Somebody has moved a tag since: an undo of the new pass leads back to where that one stood, not further."""
    found = plan_pass(ask(), tags({"latest": "1.5.0"}, {"latest": "0.1.0"}), DONE)
    assert found.entry == replace(ENTRY, before={"a": "1.5.0", "b": "0.1.0"})


def test_an_undo_of_another_tag_holds_nothing() -> None:
    """That `next` was put back says nothing about `latest`."""
    undone = replace(UNDOING, dist_tag="next", done=True)
    assert plan_pass(ask(), tags({}, {}), undone).why_held == ""


def targets() -> tuple[PackageId, ...]:
    """What release v2 ships."""
    return ask().targets


HOLD_A = SetTag(name=A, dist_tag=HOLD_TAG, version="2.0.0", previous="")
HOLD_B = SetTag(name=B, dist_tag=HOLD_TAG, version="0.1.0", previous="")


def test_undo_puts_back_what_the_journal_says() -> None:
    """A tag that was new goes, a tag that moved goes back; what would have no tag then is held again."""
    now = tags({"latest": "2.0.0"}, {"latest": "0.1.0"})
    assert plan_undo(targets(), now, DONE) == Pass(
        moves=(
            HOLD_A,
            HOLD_B,
            SetTag(name=A, dist_tag="latest", version="1.0.0", previous="2.0.0"),
            DropTag(name=B, dist_tag="latest", version="0.1.0"),
        ),
        entry=UNDOING,
    )


def test_undo_of_a_half_made_pass_puts_back_the_half() -> None:
    """What had not moved yet stays where it is."""
    found = plan_undo(targets(), tags({"latest": "2.0.0", "next": "2.0.0"}, {HOLD_TAG: "0.1.0"}), ENTRY)
    assert found.moves == (SetTag(name=A, dist_tag="latest", version="1.0.0", previous="2.0.0"),)


def test_an_undo_that_was_cut_short_is_finished() -> None:
    """Its own entry goes on."""
    now = tags({"latest": "1.0.0", HOLD_TAG: "2.0.0"}, {"latest": "0.1.0"})
    found = plan_undo(targets(), now, UNDOING)
    assert found == Pass(
        moves=(
            HOLD_B,
            DropTag(name=B, dist_tag="latest", version="0.1.0"),
        ),
        entry=UNDOING,
    )


def test_undoing_twice_changes_nothing() -> None:
    """A finished undo is not undone by another one."""
    found = plan_undo(targets(), tags({"latest": "1.0.0"}, {}), replace(UNDOING, done=True))
    assert found == Pass(moves=(), entry=None)


@pytest.mark.parametrize("stranger", [{"latest": "3.0.0"}, {}])
def test_undo_refuses_when_a_tag_has_moved_on(stranger: Mapping[str, str]) -> None:
    """Putting back would throw away what somebody did since."""
    with pytest.raises(RefusedError) as caught:
        plan_undo(targets(), tags(stranger, {"latest": "0.1.0"}), DONE)
    assert caught.value.code == "SB-6303"
    assert list(caught.value.details) == ["a"]


@pytest.mark.parametrize("tag", [HOLD_TAG, "1.0.0", "v1", "V2", "x", "X.1", "", "-x", "a b", "@s", "a/b"])
def test_tags_that_look_like_versions_are_refused(tag: str) -> None:
    """Servers refuse them, some after the upload; the holding tag is ours."""
    with pytest.raises(UsageError) as caught:
        check_dist_tag(tag)
    assert caught.value.code == "SB-6301"


@pytest.mark.parametrize("tag", ["latest", "next", "beta2", "rc", "node18", "xyz", "a.b"])
def test_words_are_fine_as_tags(tag: str) -> None:
    """What every server takes."""
    check_dist_tag(tag)


_VERSIONS = st.sampled_from(["", "0.9.0", "1.0.0", "2.0.0-rc.1", "2.0.0", "3.0.0"])


@given(_VERSIONS, _VERSIONS, st.booleans(), st.integers(0, 10), st.booleans())
def test_a_pass_cut_anywhere_is_finished_and_undone(a: str, b: str, hold: bool, cut: int, backwards: bool) -> None:
    """However many moves were made, the next pass ends where an undisturbed one does, and undo leads back to the start."""
    start = tags({**({"latest": a} if a else {}), **({HOLD_TAG: "2.0.0"} if hold else {})}, {"latest": b} if b else {})
    wanted = ask(asked=True, backwards=backwards)
    whole = plan_pass(wanted, start, None)
    end = applied(start, whole.moves)
    half = applied(start, whole.moves[:cut])
    rest = plan_pass(wanted, half, whole.entry)
    if whole.entry is None:
        return
    assert applied(half, rest.moves) == end
    assert rest.entry == whole.entry
    assert plan_pass(wanted, end, replace(whole.entry, done=True)) == Pass(moves=(), entry=None)
    back = applied(end, plan_undo(wanted.targets, end, replace(whole.entry, done=True)).moves)
    assert {name: at.get("latest") for name, at in back.items()} == {
        name: at.get("latest") for name, at in start.items()
    }
