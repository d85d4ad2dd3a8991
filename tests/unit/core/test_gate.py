"""The gate: only what was promised under a tag is published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.differences import as_details, compare
from samebytes.core.gate import check_expected, check_memory, refuse_snapshot, remembered
from samebytes.errors import BytesDifferError, RefusedError
from samebytes.model.change import Change, Layer
from samebytes.model.digests import sha256
from samebytes.model.release import Release
from samebytes.model.tag import Commit
from tests.small_releases import LAMPS, built_release, changed

TAG = Commit(name="v1.0.0", tag_object="3a" * 20, commit="1f" * 20, tree="2e" * 20, time_s=0, message="")


@pytest.fixture
def built(tmp_path: Path) -> Release:
    """The release as built here."""
    return built_release(tmp_path / "built").release


def test_a_snapshot_is_never_published(built: Release) -> None:
    """A commit without a tag is refused, with what to type."""
    refuse_snapshot(built.tag, built.commit)
    with pytest.raises(RefusedError) as caught:
        refuse_snapshot("", built.commit)
    assert caught.value.code == "SB-6002"
    assert "git tag" in caught.value.hint


def test_the_very_same_release_passes(built: Release) -> None:
    """An equal statement lets the build through."""
    check_expected(built, built, compare(built, built))


@pytest.mark.parametrize(("tag", "commit"), [("v1.0.1", "1f" * 20), ("", "1f" * 20), ("v1.0.0", "9f" * 20)])
def test_a_statement_about_something_else_is_refused(built: Release, tag: str, commit: str) -> None:
    """Another tag, another commit, or a snapshot is not what was asked about."""
    with pytest.raises(RefusedError) as caught:
        check_expected(replace(built, tag=tag, commit=commit), built, ())
    assert caught.value.code == "SB-6010"


@pytest.mark.parametrize(("profile", "canon"), [("pnpm-9.r2", "canon-v1"), ("pnpm-9.r1", "canon-v2")])
def test_other_packing_rules_are_refused(built: Release, profile: str, canon: str) -> None:
    """A release of another revision cannot be reproduced by this one; that is no difference of the build."""
    with pytest.raises(RefusedError) as caught:
        check_expected(replace(built, profile=profile, canon=canon), built, ())
    assert caught.value.code == "SB-6011"
    assert f"packed with {profile} and {canon}" in caught.value.summary


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("index.js", b"export const wick = 7;\n", "content differs"),
        ("extra.js", b"x", "file set differs"),
    ],
)
def test_differing_bytes_name_member_file_and_layer(
    tmp_path: Path, built: Release, path: str, data: bytes, words: str
) -> None:
    """The first difference stands in the summary, all of them in the details."""
    other = built_release(tmp_path / "other", members=changed(LAMPS, "@acme/wick", path, data)).release
    with pytest.raises(BytesDifferError) as caught:
        check_expected(built, other, compare(built, other))
    assert caught.value.code == "SB-6012"
    assert f"@acme/wick@1.0.0: {path}: {words}" in caught.value.summary
    assert list(caught.value.details) == [f"@acme/wick@1.0.0: {path}"]


def test_a_missing_member_is_named(tmp_path: Path, built: Release) -> None:
    """A build that lacks a member is not the expected release."""
    other = built_release(tmp_path / "other", members=LAMPS[:2]).release
    with pytest.raises(BytesDifferError) as caught:
        check_expected(built, other, compare(built, other))
    assert dict(caught.value.details) == {"lantern@1.0.0": "package differs: expected present, found absent"}


def test_only_compression_is_said_in_words(built: Release) -> None:
    """The same tar under another digest is a difference of the compressor, not of the contents."""
    first = replace(built.subjects[0], sha512=built.subjects[1].sha512)
    other = replace(built, subjects=(first, *built.subjects[1:]))
    with pytest.raises(BytesDifferError) as caught:
        check_expected(built, other, compare(built, other))
    assert "compression differs" in caught.value.summary


def test_a_statement_that_differs_elsewhere_names_the_field(built: Release) -> None:
    """Equal tarballs under another statement are still another release."""
    other = replace(built, lockfile=sha256(b"lock"), image="")
    with pytest.raises(BytesDifferError) as caught:
        check_expected(other, built, compare(other, built))
    assert dict(caught.value.details) == {"release.json: lockfile": f"expected {sha256(b'lock')}, here nothing"}


def test_a_statement_that_contradicts_its_own_digests_is_refused(built: Release) -> None:
    """The sha512 are those of this build, but the statement says something else about a tarball: it is another statement."""
    first, *rest = built.subjects
    other = replace(built, subjects=(replace(first, sha256=sha256(b"else"), size_bytes=1), *rest))
    assert compare(other, built) == ()
    with pytest.raises(BytesDifferError) as caught:
        check_expected(other, built, compare(other, built))
    assert caught.value.code == "SB-6012"
    assert dict(caught.value.details) == {f"release.json: {first.id}": "another sha256, size_bytes"}


def test_a_tag_the_site_has_not_seen_passes() -> None:
    """Without a memory, or with the very same one, there is nothing to refuse."""
    check_memory(None, TAG, "5b" * 32, ())
    check_memory(remembered(TAG, "5b" * 32), TAG, "5b" * 32, ())


@pytest.mark.parametrize(
    ("moved", "how"),
    [
        (replace(TAG, commit="9f" * 20), "tag v1.0.0 has moved to another commit since"),
        (replace(TAG, tag_object=""), "tag v1.0.0 was made anew at the same commit since"),
    ],
)
def test_a_tag_that_changed_is_refused(moved: Commit, how: str) -> None:
    """Another commit or another tag object under a known name: the tag was moved or made anew."""
    with pytest.raises(RefusedError) as caught:
        check_memory(remembered(TAG, "5b" * 32), moved, "5b" * 32, ())
    assert caught.value.code == "SB-6101"
    assert caught.value.summary.startswith(how)
    assert TAG.commit in caught.value.details["first seen"]
    assert moved.commit in caught.value.details["now"]


def test_another_build_of_a_bound_tag_is_refused() -> None:
    """The same commit with another statement did not reproduce; the differing files are told where they are known."""
    change = Change(layer=Layer.MODE, package="wick@1.0.0", path="cli.js", left="0755", right="0644")
    with pytest.raises(RefusedError) as caught:
        check_memory(remembered(TAG, "5b" * 32), TAG, "6c" * 32, (change,))
    assert caught.value.code == "SB-6101"
    assert caught.value.details["wick@1.0.0: cli.js"] == "mode differs: expected 0755, found 0644"


def test_many_differences_are_counted_not_listed() -> None:
    """An error stays readable when everything differs."""
    changes = [
        Change(layer=Layer.CONTENT, package="wick@1.0.0", path=f"{number}.js", left="a", right="b")
        for number in range(25)
    ]
    details = as_details(changes)
    assert details["more"] == "5 further differences"
    assert len(details) == 21
