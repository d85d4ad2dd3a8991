"""Judging a site, stopping before the first write, and planning what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.install_manifest import version_manifest
from samebytes.core.reconcile import (
    asset_names,
    dist_tags,
    judge,
    judge_digest,
    plan_assets,
    plan_uploads,
    stop_unless_clear,
    tags_after,
)
from samebytes.errors import BytesDifferError, SiteError
from samebytes.model.action import HOLD_TAG, PutAsset, Upload
from samebytes.model.change import Change, Layer
from samebytes.model.digests import Digest, sha256, sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import (
    Absent,
    Broken,
    Different,
    ManifestDiffers,
    MemberState,
    ObservedPackage,
    ObservedVersion,
    Same,
    Unknown,
    UnreadablePackage,
)
from samebytes.model.versions import Version
from tests.small_releases import Tiny, tarball_of

TARBALL, _ = tarball_of(Tiny(name="wick", files={"index.js": b"1"}))
OTHER = sha512(b"other")


def observed(versions: Mapping[str, ObservedVersion], tags: Mapping[str, str] | None = None) -> ObservedPackage:
    """A readable packument of `wick`."""
    return ObservedPackage(name=PackageName("wick"), versions=versions, dist_tags=tags or {})


def served(integrity: Digest | None = TARBALL.sha512, **fields: str) -> ObservedPackage:
    """A registry that serves `wick@1.0.0` like this."""
    manifest = {**version_manifest(TARBALL), **fields}
    return observed({"1.0.0": ObservedVersion(integrity=integrity, manifest=manifest)})


def package_id(name: str, version: str = "1.0.0") -> PackageId:
    """An id."""
    return PackageId(PackageName(name), Version(version))


def test_same_means_bytes_and_manifest() -> None:
    """Equal sha512 and equal install-relevant manifest: the same."""
    assert judge(TARBALL, served()) == Same(id=TARBALL.id)


def test_a_version_that_is_not_there_is_absent() -> None:
    """An empty packument, or one with other versions, has nothing of ours."""
    assert judge(TARBALL, observed({})) == Absent(id=TARBALL.id)


def test_a_version_without_its_tarball_is_broken() -> None:
    """Listed as it should be: storing it again repairs it. Anything else wrong with it is said first."""
    for seen, state in (
        (served(), Broken(id=TARBALL.id)),
        (served(OTHER), Different(id=TARBALL.id, expected=TARBALL.sha512, found=OTHER)),
        (served(deprecated="no"), ManifestDiffers(id=TARBALL.id, fields=("deprecated",))),
    ):
        version = replace(seen.versions["1.0.0"], served=False)
        assert judge(TARBALL, observed({"1.0.0": version})) == state


def test_a_repair_moves_no_dist_tag() -> None:
    """The version is listed, and may be promoted, already."""
    (upload,) = plan_uploads([Broken(id=TARBALL.id)], [], [TARBALL.id.name])
    assert upload == Upload(id=TARBALL.id, dist_tag="", level=0)
    now = {TARBALL.id.name: {"latest": "1.0.0"}}
    assert tags_after([upload], now) == now


def test_other_bytes_are_different() -> None:
    """Presence is not identity: the digests decide, and both are told."""
    assert judge(TARBALL, served(OTHER)) == Different(id=TARBALL.id, expected=TARBALL.sha512, found=OTHER)


def test_another_manifest_for_equal_bytes_differs() -> None:
    """Clients install by the manifest, so the fields that differ are named."""
    assert judge(TARBALL, served(deprecated="no")) == ManifestDiffers(id=TARBALL.id, fields=("deprecated",))


def test_without_a_manifest_only_bytes_are_compared() -> None:
    """A statement alone cannot say what the manifest should be."""
    state = judge_digest(TARBALL.id, TARBALL.sha512, None, served(deprecated="no"))
    assert state == Same(id=TARBALL.id)


@pytest.mark.parametrize("integrity", [None, Digest("sha1", bytes(20))])
def test_a_version_without_a_sha512_is_unknown(integrity: Digest | None) -> None:
    """A version that cannot be identified is neither the same nor different."""
    state = judge(TARBALL, served(integrity))
    assert isinstance(state, Unknown)
    assert state.code == "SB-6022"


def test_an_unreadable_packument_is_unknown() -> None:
    """What could not be read says nothing, and keeps its code."""
    unreadable = UnreadablePackage(name=TARBALL.id.name, code="SB-5001", why="garbled")
    assert judge(TARBALL, unreadable) == Unknown(id=TARBALL.id, code="SB-5001", why="garbled")


def test_a_package_the_site_kept_silent_about_is_unknown() -> None:
    """No answer is not an answer."""
    assert isinstance(judge(TARBALL, None), Unknown)


def test_nothing_stops_a_clear_site() -> None:
    """Absent and same members let the run go on."""
    stop_unless_clear("corp", [Absent(id=package_id("a")), Same(id=package_id("b"))], {})


def test_a_difference_stops_before_an_unknown() -> None:
    """What certainly differs is said first, with members, digests and the files that are known to differ."""
    change = Change(
        layer=Layer.CONTENT, package="wick@1.0.0", path="index.js", left="1 bytes", right="2 bytes", cause="a clock"
    )
    states: list[MemberState] = [
        Unknown(id=package_id("a"), code="SB-5001", why="garbled"),
        Different(id=TARBALL.id, expected=TARBALL.sha512, found=OTHER),
        ManifestDiffers(id=package_id("b"), fields=("bin", "os")),
    ]
    with pytest.raises(BytesDifferError) as caught:
        stop_unless_clear("corp", states, {TARBALL.id: (change,)})
    assert caught.value.code == "SB-6020"
    assert "wick@1.0.0 and 1 more" in caught.value.summary
    assert caught.value.details["wick@1.0.0"] == f"expected {TARBALL.sha512.integrity}, found {OTHER.integrity}"
    assert "bin, os" in caught.value.details["b@1.0.0"]
    assert caught.value.details["wick@1.0.0: index.js"] == "content differs: expected 1 bytes, found 2 bytes; a clock"


def test_an_unknown_stops_the_run() -> None:
    """Nothing is written to a site that cannot be read; the members and codes are told."""
    with pytest.raises(SiteError) as caught:
        stop_unless_clear("corp", [Unknown(id=TARBALL.id, code="SB-5001", why="garbled")], {})
    assert caught.value.code == "SB-6021"
    assert dict(caught.value.details) == {"wick@1.0.0": "garbled (SB-5001)"}


def test_uploads_go_dependencies_first_under_the_holding_tag() -> None:
    """Absent and wanted members in the order of the levels; what no level names goes last."""
    ids = [package_id(name) for name in ("d", "c", "b", "a", "e")]
    states: list[MemberState] = [*(Absent(id=one) for one in ids[:4]), Same(id=ids[4])]
    levels = [[PackageName("b"), PackageName("a")], [PackageName("c"), PackageName("e")]]
    uploads = plan_uploads(states, levels, {PackageName(name) for name in "acde"})
    assert uploads == (
        Upload(id=package_id("a"), dist_tag=HOLD_TAG, level=0),
        Upload(id=package_id("c"), dist_tag=HOLD_TAG, level=1),
        Upload(id=package_id("d"), dist_tag=HOLD_TAG, level=2),
    )


_NAMES = st.sampled_from("abcdef")


@given(
    st.dictionaries(_NAMES, st.sampled_from(["absent", "same"])), st.lists(st.sets(_NAMES), max_size=4), st.sets(_NAMES)
)
def test_reconciling_twice_leaves_nothing_to_do(
    there: dict[str, str], levels: list[set[str]], wanted: set[str]
) -> None:
    """After the planned uploads the same plan is empty, no package is in it twice, and levels only rise."""
    states = {
        name: Same(id=package_id(name)) if at == "same" else Absent(id=package_id(name)) for name, at in there.items()
    }
    order = [[PackageName(name) for name in sorted(level)] for level in levels]
    names = {PackageName(name) for name in wanted}
    uploads = plan_uploads(states.values(), order, names)
    assert len({upload.id.name for upload in uploads}) == len(uploads)
    assert [upload.level for upload in uploads] == sorted(upload.level for upload in uploads)
    after = {**states, **{upload.id.name.text: Same(id=upload.id) for upload in uploads}}
    assert plan_uploads(after.values(), order, names) == ()


def test_assets_end_with_the_sums_and_then_the_record() -> None:
    """Tarballs and statement are listed by SHA512SUMS, so they come before it; the record is never listed."""
    names = asset_names([package_id("b"), package_id("@s/a")], "corp")
    assert names == ("b-1.0.0.tgz", "s__a-1.0.0.tgz", "release.json", "SHA512SUMS", "build-record-corp.json")
    assert plan_assets("v1", names, {"b-1.0.0.tgz", "SHA512SUMS"}) == (
        PutAsset(tag="v1", name="s__a-1.0.0.tgz"),
        PutAsset(tag="v1", name="release.json"),
        PutAsset(tag="v1", name="build-record-corp.json"),
    )


def test_dist_tags_are_those_of_readable_packages() -> None:
    """An unreadable package has no dist-tags that anybody knows."""
    readable = observed({}, {"latest": "1.0.0"})
    unreadable = UnreadablePackage(name=PackageName("x"), code="SB-5001", why="")
    assert dist_tags([readable, unreadable]) == {PackageName("wick"): {"latest": "1.0.0"}}


def test_planned_uploads_move_the_holding_tag() -> None:
    """The plan of a promotion counts on the tags that its own uploads will set."""
    uploads = (Upload(id=TARBALL.id, dist_tag=HOLD_TAG, level=0),)
    now = {PackageName("wick"): {"latest": "0.9.0"}, PackageName("glow"): {}}
    assert tags_after(uploads, now) == {
        PackageName("wick"): {"latest": "0.9.0", HOLD_TAG: "1.0.0"},
        PackageName("glow"): {},
    }


def test_a_digest_is_compared_within_one_algorithm() -> None:
    """A sha256 is no sha512, whatever its bytes."""
    found = served(replace(TARBALL).sha512)
    assert isinstance(judge_digest(TARBALL.id, sha256(b""), None, found), Unknown)
