"""What people read: each report from values, compared with the very text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from samebytes.errors import ExitStatus
from samebytes.model.action import HOLD_TAG, DropTag, PutAsset, SetTag, SitePlan, Upload
from samebytes.model.change import Change, Layer
from samebytes.model.finding import Finding, Severity
from samebytes.model.names import PackageId, PackageName
from samebytes.model.outcome import (
    MemberOutcome,
    MemberPresence,
    MemberStatus,
    PromoteOutcome,
    Promotion,
    PublishOutcome,
    SiteOutlook,
)
from samebytes.model.selection import Base, LeftOut, Selection, SelectionRule
from samebytes.model.tag import Commit
from samebytes.model.verdict import Cell, Documents, MemberAtSite, Proof, SiteDocuments, Verdict
from samebytes.model.versions import Version
from samebytes.model.workspace import Member
from samebytes.reports.changes_text import changes_document, changes_text
from samebytes.reports.columns import columns, plural
from samebytes.reports.findings_text import finding_documents, findings_text
from samebytes.reports.publish_text import (
    promote_document,
    promote_text,
    publish_document,
    publish_text,
    publishing_document,
    publishing_text,
)
from samebytes.reports.release_text import pack_plan_document, pack_plan_text
from samebytes.reports.selection_text import plan_document, plan_text
from samebytes.reports.verdict_text import verdict_document, verdict_text

BULB = PackageId(PackageName("@s/bulb"), Version("1.0.0"))
LAMP = PackageId(PackageName("@s/lamp"), Version("2.0.0"))
PLAN = SitePlan(
    site="corp",
    uploads=(Upload(id=BULB, dist_tag=HOLD_TAG, level=0),),
    assets=(PutAsset(tag="v1", name="s__bulb-1.0.0.tgz"),),
    promotion=(
        SetTag(name=BULB.name, dist_tag="latest", version="1.0.0", previous=""),
        DropTag(name=BULB.name, dist_tag=HOLD_TAG, version="1.0.0"),
    ),
    why_held="",
)
OUTCOME = PublishOutcome(
    site="corp",
    tag="v1",
    members=((BULB, MemberOutcome.PUBLISHED), (LAMP, MemberOutcome.ALREADY_SAME)),
    statement_sha256="00",
    fingerprint="AAAAA-BBBBB",
    plan=PLAN,
    promotion=Promotion.PROMOTED,
    why_held="",
    partial=False,
    changed=True,
    dry_run=False,
    notes=("unproven across sites",),
)


def member(id_: PackageId, directory: str) -> Member:
    """A member as the workspace has it."""
    return Member(
        name=id_.name,
        version=id_.version,
        directory=directory,
        publish_directory=directory,
        private=False,
        ignored="",
        manifest={},
        dependencies=(),
    )


SELECTION = Selection(
    rule=SelectionRule.NEW_VERSIONS,
    base=Base(tag="v0", commit="c0", inferred=True),
    members=(member(BULB, "packages/bulb"), member(LAMP, "packages/lamp")),
    levels=((BULB.name,), (LAMP.name,)),
    cycles=((BULB.name, LAMP.name),),
    left_out=(LeftOut(name=PackageName("@s/shop"), why="private"),),
    findings=(
        Finding(
            rule="changed-without-bump",
            severity=Severity.WARNING,
            place="packages/shop",
            message="changed since v0",
            remedy="bump it",
        ),
    ),
)
COMMIT = Commit(name="v1", tag_object="t", commit="c" * 40, tree="t", time_s=0, message="")
OUTLOOK = SiteOutlook(
    site="corp",
    plan=PLAN,
    members=(MemberStatus(id=BULB, presence=MemberPresence.ABSENT, dist_tags=(), why=""),),
    unreadable="",
    notes=("a note",),
)


def test_a_publish_run_ends_with_the_line_to_read() -> None:
    """A line a member, fingerprint, promotion, notes, and what it came to."""
    assert publish_text(OUTCOME).splitlines() == [
        "v1 at corp:",
        "  @s/bulb@1.0.0  published",
        "  @s/lamp@2.0.0  already-same",
        "fingerprint: AAAAA-BBBBB",
        "promotion: promoted",
        "note: unproven across sites",
        "done: 1 member published, 1 already the same",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"changed": False}, "nothing to do: the one member is already the same"),
        ({"partial": True}, "partial: 1 member published, 1 already the same; run again without a filter to finish"),
        ({"promotion": Promotion.HELD, "why_held": "receipts are missing"}, "promotion: held (receipts are missing)"),
        ({"promotion": Promotion.ALREADY}, "promotion: already promoted"),
        ({"promotion": Promotion.NOT_ASKED}, "promotion: not asked for"),
        ({"dry_run": True}, "dry run: 1 member would be published, 1 already the same; nothing was written"),
        ({"dry_run": True}, "promotion: would be promoted"),
        ({"dry_run": True}, "  @s/bulb  latest          none -> 1.0.0"),
        ({"dry_run": True, "plan": replace(PLAN, promotion=())}, "promotion: would be promoted"),
    ],
)
def test_each_way_a_publish_run_can_end_is_said(changes: dict[str, object], expected: str) -> None:
    """Held, partial, dry and idle runs are told apart in words."""
    assert expected in publish_text(replace(OUTCOME, **changes)).splitlines()  # type: ignore[arg-type]


def test_a_member_that_was_left_out_is_never_called_done() -> None:
    """A filtered run that is repeated has nothing to do, and is still partial."""
    left = replace(OUTCOME, members=((BULB, MemberOutcome.ALREADY_SAME), (LAMP, MemberOutcome.LEFT_OUT)), partial=True)
    assert publish_text(replace(left, changed=False)).splitlines()[-1] == (
        "partial: 0 members published, 1 already the same, 1 left out; run again without a filter to finish"
    )
    assert publish_text(replace(left, dry_run=True)).splitlines()[-1] == (
        "dry run: 0 members would be published, 1 already the same, 1 left out; nothing was written"
    )


def test_publishing_shows_what_people_should_know_first() -> None:
    """The findings of the build stand above the sites, in text and in JSON."""
    lines = publishing_text([OUTCOME, replace(OUTCOME, site="home")], SELECTION.findings).splitlines()
    assert lines[0] == "warning: packages/shop: changed since v0 [changed-without-bump]"
    assert [line for line in lines if line.endswith(":")] == ["v1 at corp:", "v1 at home:"]
    assert publishing_text([OUTCOME], ()) == publish_text(OUTCOME)
    assert publishing_document([OUTCOME], SELECTION.findings) == {
        "sites": [publish_document(OUTCOME)],
        "findings": finding_documents(SELECTION.findings),
    }


def test_a_dry_run_of_pack_shows_selection_and_names() -> None:
    """What would be packed, and the files that would be written."""
    files = ("SHA512SUMS", "s__bulb-1.0.0.tgz")
    lines = pack_plan_text(COMMIT, SELECTION, files, "out").splitlines()
    assert lines[1] == "  @s/bulb@1.0.0  level 0  packages/bulb"
    assert lines[-4:] == [
        "would be written to out:",
        "  SHA512SUMS",
        "  s__bulb-1.0.0.tgz",
        "dry run: 2 tarballs; nothing was built or written",
    ]
    document = pack_plan_document(COMMIT, SELECTION, files)
    assert (document["files"], document["dry_run"], "sites" in document) == (list(files), True, False)


def test_a_promotion_says_what_moved() -> None:
    """Moves, undoing and idleness are told apart."""
    outcome = PromoteOutcome(
        site="corp", tag="v1", dist_tag="latest", moves=PLAN.promotion, undone=False, dry_run=False, notes=("n",)
    )
    assert promote_text(outcome).splitlines()[-1] == "v1 at corp: 2 dist-tags moved"
    assert promote_text(replace(outcome, undone=True)).splitlines()[-1] == "v1 at corp: 2 dist-tags moved back"
    assert promote_text(replace(outcome, dry_run=True)).splitlines()[-1] == "v1 at corp: 2 dist-tags would move"
    assert promote_text(replace(outcome, moves=())).splitlines() == [
        "note: n",
        "v1 at corp: nothing to do, every dist-tag already stands there",
    ]
    assert promote_document(outcome)["moves"] == [
        {"name": "@s/bulb", "dist_tag": "latest", "from": "", "to": "1.0.0"},
        {"name": "@s/bulb", "dist_tag": HOLD_TAG, "from": "1.0.0", "to": ""},
    ]


def test_a_plan_shows_order_what_is_left_out_and_each_site() -> None:
    """Selection, levels, cycles, findings, and the actions of a site."""
    assert plan_text(COMMIT, SELECTION, [OUTLOOK]).splitlines() == [
        "v1 ships 2 members (new-versions, since v0, inferred from history):",
        "  @s/bulb@1.0.0  level 0  packages/bulb",
        "  @s/lamp@2.0.0  level 1  packages/lamp",
        "cycle: @s/bulb -> @s/lamp -> @s/bulb",
        "",
        "left out:",
        "  @s/shop  private",
        "",
        "warning: packages/shop: changed since v0 [changed-without-bump]",
        "  remedy: bump it",
        "",
        "site corp: 1 upload, 1 asset, 2 dist-tag moves",
        "  @s/bulb@1.0.0  absent",
        "  @s/bulb  latest          none -> 1.0.0",
        "  @s/bulb  samebytes-hold  1.0.0 -> none",
        "  note: a note",
    ]


def test_a_plan_for_a_snapshot_or_a_first_release_says_so() -> None:
    """Without a tag it is about a tag that would be made; without a base it is a first release."""
    plain = replace(SELECTION, base=Base(tag="", commit="", inferred=True), cycles=(), left_out=(), findings=())
    text = plan_text(replace(COMMIT, name=""), plain, [replace(OUTLOOK, unreadable="disk on fire")])
    assert text.splitlines()[0] == (
        "a tag at cccccccccccc would ship 2 members "
        "(new-versions, first release, inferred: this clone has no earlier release tag):"
    )
    stated = replace(plain, base=Base(tag="", commit="", inferred=False))
    assert "(new-versions, first release):" in plan_text(COMMIT, stated, [])
    assert plan_text(COMMIT, stated, []).splitlines()[-1].startswith("no site is configured")
    assert text.splitlines()[-1] == "site corp: unreadable: disk on fire"
    written = replace(SELECTION, base=Base(tag="v0", commit="c0", inferred=False))
    assert "since v0)" in plan_text(COMMIT, written, [])
    held = replace(OUTLOOK, plan=replace(PLAN, promotion=(), why_held="no receipts"), notes=())
    assert plan_text(COMMIT, plain, [held]).splitlines()[-1] == "  promotion held: no receipts"
    stopped = replace(held, stop=ExitStatus.REFUSED)
    assert plan_text(COMMIT, plain, [stopped]).splitlines()[-1].endswith("before its first write, with exit code 12")


VERDICT = Verdict(
    tag="v1",
    deep=False,
    reference="corp",
    statement_sha256="00",
    fingerprint="AAAAA",
    sites=(
        SiteDocuments(site="corp", documents=Documents.COMPLETE, statement_sha256="00", why=""),
        SiteDocuments(site="home", documents=Documents.ABSENT, statement_sha256="", why="no release"),
    ),
    members=(BULB,),
    cells=(
        MemberAtSite(id=BULB, site="corp", cell=Cell.SAME, why=""),
        MemberAtSite(id=BULB, site="home", cell=Cell.MISSING, why="not there"),
    ),
    proof=Proof.MISSING,
    reasons=("home has no release",),
    notes=("a note",),
)


def test_a_verdict_is_a_matrix_with_reasons_and_a_sentence() -> None:
    """Members down, sites across; the last line is the verdict and never says proven without a proof."""
    assert verdict_text(VERDICT).splitlines() == [
        "                   corp      home",
        "@s/bulb@1.0.0      same      missing",
        "release documents  complete  absent",
        "- home has no release",
        "note: a note",
        "fingerprint: AAAAA",
        "not proven: v1, evidence is missing",
    ]
    assert verdict_text(replace(VERDICT, proof=Proof.DIFFER)).splitlines()[-1].startswith("NOT the same")
    moved = replace(VERDICT, proof=Proof.DIFFER, tag_moved=True)
    assert verdict_text(moved).splitlines()[-1].startswith("NOT proven: in this clone v1 names another commit")
    assert verdict_document(moved)["tag_moved"] is True
    assert verdict_text(replace(VERDICT, proof=Proof.UNREADABLE)).splitlines()[-1].startswith("not proven")
    proven = verdict_text(replace(VERDICT, proof=Proof.PROVEN, deep=True, fingerprint=""))
    assert proven.splitlines()[-1] == "proven: v1, 1 member at 2 sites, the same bytes (every byte was read)"


def test_changes_are_told_package_by_package() -> None:
    """Layer, path, both sides, the place, the cause; and the layers in the last line."""
    change = Change(
        layer=Layer.CONTENT,
        package="p@1",
        path="a.js",
        left="1 byte",
        right="2 bytes",
        context="line 1, column 1\n- a\n+ b",
        cause="a clock",
    )
    other = Change(layer=Layer.COMPRESSION, package="q@1", path="", left="l", right="r")
    assert changes_text([change, other], "A", "B").splitlines() == [
        "- A",
        "+ B",
        "",
        "p@1",
        "  content: a.js",
        "    - 1 byte",
        "    + 2 bytes",
        "    line 1, column 1",
        "    - a",
        "    + b",
        "    cause: a clock",
        "",
        "q@1",
        "  compression",
        "    - l",
        "    + r",
        "",
        "2 differences: content, compression",
    ]
    assert changes_text([], "A", "B") == "no difference: A and B are the same bytes"


def test_no_name_can_add_a_line_of_its_own() -> None:
    """A path, a key or a version from a tarball stays on the line of its report."""
    change = Change(layer=Layer.CONTENT, package="p\nq", path="a\n\nno difference", left="1\n", right="\t", context="")
    assert changes_text([change], "A", "B").splitlines()[3:7] == [
        "p\\nq",
        "  content: a\\n\\nno difference",
        "    - 1\\n",
        "    + \\t",
    ]
    finding = Finding(rule="r", severity=Severity.NOTE, place="a\nb", message="c\nd")
    assert findings_text([finding]) == "note: a\\nb: c\\nd [r]"


def test_every_document_is_json_with_plain_values() -> None:
    """What --json prints can be written and read back without loss."""
    documents = [
        publish_document(OUTCOME),
        plan_document(COMMIT, SELECTION, [OUTLOOK]),
        verdict_document(VERDICT),
        changes_document([], "A", "B"),
        {"findings": finding_documents(SELECTION.findings)},
    ]
    for document in documents:
        assert json.loads(json.dumps(document)) == document
    assert verdict_document(VERDICT)["exit_status"] == 11


def test_columns_line_up_and_wide_characters_count_twice() -> None:
    """Alignment holds for text a terminal shows in two cells; rows may be ragged."""
    assert columns([["a", "b"], ["漢字", "c"], ["x"]]) == "a     b\n漢字  c\nx"
    assert columns([]) == ""
    assert (plural(1, "entry", "entries"), plural(2, "entry", "entries"), plural(0, "site")) == (
        "1 entry",
        "2 entries",
        "0 sites",
    )
    assert findings_text([]) == ""
