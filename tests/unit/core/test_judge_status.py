"""The one word for a release at a site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from samebytes.core.judge_documents import worthless
from samebytes.core.judge_status import Standing, member_status, site_state, tagged_version
from samebytes.model.digests import Digest, sha512
from samebytes.model.local_state import PromotionEntry
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion, PackageObservation, UnreadablePackage
from samebytes.model.outcome import MemberPresence, MemberStatus, SiteState
from samebytes.model.verdict import Documents
from samebytes.model.versions import Version

WICK = PackageId(PackageName("wick"), Version("1.0.0"))
GLOW = PackageId(PackageName("glow"), Version("2.0.0"))
BYTES = sha512(b"x")
UNREADABLE = UnreadablePackage(name=WICK.name, code="SB-5001", why="garbled")


def seen(integrity: Digest | None, tags: Mapping[str, str] | None = None) -> ObservedPackage:
    """A packument with wick@1.0.0."""
    version = ObservedVersion(integrity=integrity, manifest={})
    return ObservedPackage(name=WICK.name, versions={"1.0.0": version}, dist_tags=tags or {})


@pytest.mark.parametrize(
    ("stated", "found", "presence"),
    [
        (BYTES, seen(BYTES), MemberPresence.SAME_BYTES),
        (BYTES, seen(sha512(b"y")), MemberPresence.DIFFERENT),
        (BYTES, seen(None), MemberPresence.UNREADABLE),
        (BYTES, seen(Digest("sha1", bytes(20))), MemberPresence.UNREADABLE),
        (None, seen(BYTES), MemberPresence.PRESENT),
        (BYTES, ObservedPackage(name=WICK.name, versions={}, dist_tags={}), MemberPresence.ABSENT),
        (BYTES, UNREADABLE, MemberPresence.UNREADABLE),
        (None, None, MemberPresence.UNREADABLE),
    ],
)
def test_a_member_is_what_its_digest_says(
    stated: Digest | None, found: PackageObservation | None, presence: MemberPresence
) -> None:
    """Same and different need a stated digest; without one a version is only present."""
    assert member_status(WICK, stated, None, found).presence is presence


@pytest.mark.parametrize(
    ("stated", "presence"),
    [(None, MemberPresence.ABSENT), (BYTES, MemberPresence.ABSENT), (sha512(b"y"), MemberPresence.DIFFERENT)],
)
def test_a_version_without_its_tarball_is_absent(stated: Digest | None, presence: MemberPresence) -> None:
    """Listed, and not to be had; unless even the listed digest is another one."""
    shown = replace(seen(BYTES).versions["1.0.0"], served=False)
    gone = ObservedPackage(name=WICK.name, versions={"1.0.0": shown}, dist_tags={})
    status = member_status(WICK, stated, None, gone)
    assert (status.presence, bool(status.why)) == (presence, True)


def test_a_manifest_is_compared_where_one_is_known() -> None:
    """Equal bytes under another manifest are not the same; without a manifest nothing is said of it."""
    found = member_status(WICK, BYTES, {"dependencies": {"evil": "1"}}, seen(BYTES))
    assert (found.presence, found.why) == (
        MemberPresence.MANIFEST_DIFFERS,
        "equal bytes, but clients are told another dependencies",
    )
    assert member_status(WICK, BYTES, {}, seen(BYTES)).presence is MemberPresence.SAME


def test_a_member_lists_the_tags_at_its_version() -> None:
    """Only dist-tags at this very version, sorted."""
    status = member_status(WICK, BYTES, None, seen(BYTES, {"next": "1.0.0", "latest": "1.0.0", "old": "0.9.0"}))
    assert status.dist_tags == ("latest", "next")
    assert tagged_version(seen(BYTES, {"old": "0.9.0"}), "old") == "0.9.0"
    assert tagged_version(UNREADABLE, "old") == ""


def member(id: PackageId, presence: MemberPresence = MemberPresence.SAME) -> MemberStatus:  # noqa: A002  the field's own word
    """A member's status."""
    return MemberStatus(id=id, presence=presence, dist_tags=(), why="a reason")


def entry(*, done: bool, wick: str = "1.0.0") -> PromotionEntry:
    """A journal entry of a promotion of both members."""
    after = {"wick": wick, "glow": "2.0.0"}
    return PromotionEntry(release_tag="v1", dist_tag="latest", before={}, after=after, done=done)


def state(
    documents: Documents,
    members: tuple[MemberStatus, ...] = (member(WICK), member(GLOW)),
    tagged: tuple[str, ...] = ("", ""),
    journal: PromotionEntry | None = None,
) -> SiteState:
    """The word for such a site."""
    standing = Standing(
        documents=worthless(documents, "why"), members=members, dist_tag="latest", tagged=tagged, journal=journal
    )
    word, why = site_state(standing)
    assert why
    return word


ABSENT = member(WICK, MemberPresence.ABSENT)


@pytest.mark.parametrize(
    ("documents", "members", "word"),
    [
        (Documents.ABSENT, (), SiteState.ABSENT),
        (Documents.ABSENT, (ABSENT,), SiteState.ABSENT),
        (Documents.NOT_KEPT, (ABSENT,), SiteState.ABSENT),
        (Documents.ABSENT, (ABSENT, member(GLOW, MemberPresence.PRESENT)), SiteState.UPLOADING),
        (Documents.ABSENT, (member(GLOW, MemberPresence.PRESENT),), SiteState.UPLOADING),
        (Documents.PARTIAL, (member(WICK),), SiteState.UPLOADING),
        (Documents.COMPLETE, (ABSENT,), SiteState.UPLOADING),
        (Documents.UNREADABLE, (), SiteState.UNREADABLE),
        (Documents.COMPLETE, (member(WICK, MemberPresence.UNREADABLE),), SiteState.UNREADABLE),
        (Documents.DIFFERENT, (member(WICK),), SiteState.DIVERGED),
        (Documents.COMPLETE, (member(WICK, MemberPresence.DIFFERENT),), SiteState.DIVERGED),
        (Documents.COMPLETE, (member(WICK, MemberPresence.MANIFEST_DIFFERS),), SiteState.DIVERGED),
    ],
)
def test_the_worst_finding_names_the_state(
    documents: Documents, members: tuple[MemberStatus, ...], word: SiteState
) -> None:
    """Unreadable before diverged before unfinished."""
    assert state(documents, members, ("",) * len(members)) is word


@pytest.mark.parametrize(
    ("tagged", "journal", "word"),
    [
        (("1.0.0", "2.0.0"), None, SiteState.PROMOTED),
        (("1.0.0", ""), None, SiteState.HELD),
        (("1.0.0", ""), entry(done=False), SiteState.HELD),
        (("1.1.0", "2.0.0"), entry(done=True), SiteState.PROMOTED),
        (("1.1.0", "2.0.0"), None, SiteState.HELD),
        (("1.1.0", "2.0.0"), entry(done=True, wick=""), SiteState.HELD),
        (("0.9.0", "2.0.0"), entry(done=True), SiteState.HELD),
        (("odd", "2.0.0"), entry(done=True), SiteState.HELD),
    ],
)
def test_promoted_means_that_the_tag_was_there_and_went_only_forwards(
    tagged: tuple[str, ...], journal: PromotionEntry | None, word: SiteState
) -> None:
    """A newer version under the tag is fine where the journal says that this release had been promoted."""
    assert state(Documents.COMPLETE, tagged=tagged, journal=journal) is word


def test_a_site_without_releases_is_judged_by_its_registry() -> None:
    """Where no documents are kept, the packages and the tag decide."""
    assert state(Documents.NOT_KEPT, tagged=("1.0.0", "2.0.0")) is SiteState.PROMOTED
