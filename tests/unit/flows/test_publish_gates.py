"""What stops a publish run before its first write: the expected statement, the memory of a tag, assets that differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import BytesDifferError, RefusedError, SiteError
from samebytes.flows.make_release import BuiltRelease
from samebytes.model.digests import sha256
from samebytes.model.names import PackageName
from samebytes.model.outcome import Promotion
from samebytes.testing.memory_site import Killed, kill_at
from tests.publishing.runs import new_site, run, store_as_stranger
from tests.small_releases import COMMIT, LAMPS, built_release, changed

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


def test_a_build_that_is_as_expected_is_published(built: BuiltRelease) -> None:
    """The gate lets the very same release through."""
    assert run(built, new_site(), expect=built.release).promotion is Promotion.PROMOTED


def test_a_build_that_differs_from_the_expected_never_reaches_the_site(
    built: BuiltRelease, other: BuiltRelease
) -> None:
    """Exit 10 before the lock, with the file and what gives the cause away."""
    site = new_site()
    with pytest.raises(BytesDifferError) as caught:
        run(other, site, expect=built.release)
    assert (caught.value.code, site.calls) == ("SB-6012", [])
    detail = caught.value.details["@acme/glow@1.0.0: index.js"]
    assert "content differs" in detail
    assert "the path of the build (/build/lamps)" in detail


def test_a_line_end_is_recognised_as_the_cause(built: BuiltRelease, tmp_path: Path) -> None:
    """What turns our bytes into the expected ones is the cause; a file set that differs needs no guess."""
    crlf = changed(LAMPS, "@acme/wick", "index.js", b"export const wick = 1;\r\n")
    crlf = changed(crlf, "lantern", "extra.js", b"")
    with pytest.raises(BytesDifferError) as caught:
        run(built_release(tmp_path / "crlf", members=crlf), new_site(), expect=built.release)
    assert "CRLF" in caught.value.details["@acme/wick@1.0.0: index.js"]
    assert "file set differs" in caught.value.details["lantern@1.0.0: extra.js"]


def test_a_missing_member_is_told_by_the_gate(built: BuiltRelease, tmp_path: Path) -> None:
    """A build with fewer members is not the expected release."""
    with pytest.raises(BytesDifferError) as caught:
        run(built_release(tmp_path / "two", members=LAMPS[:2]), new_site(), expect=built.release)
    assert "lantern@1.0.0" in caught.value.details


def test_a_tag_that_moved_is_refused(built: BuiltRelease, tmp_path: Path) -> None:
    """The same bytes from another commit under a known tag: refused, nothing written."""
    site = new_site(built)
    moved = built_release(tmp_path / "moved", commit="9e" * 20)
    with pytest.raises(RefusedError) as caught:
        run(moved, site)
    assert (caught.value.code, site.writes) == ("SB-6101", [])


def test_a_tag_that_was_made_anew_is_refused(built: BuiltRelease) -> None:
    """Another tag object at the same commit is another tag."""
    site = new_site(built)
    anew = replace(built, commit=replace(built.commit, tag_object="8d" * 20))
    with pytest.raises(RefusedError) as caught:
        run(anew, site)
    assert COMMIT in caught.value.details["now"]


def test_another_build_of_a_bound_tag_is_refused_with_its_files(built: BuiltRelease, other: BuiltRelease) -> None:
    """Nothing was uploaded yet, but the tag is bound: the build that does not reproduce is told which file differs."""
    site = new_site()
    site.next_process(kill_at(8, "after"))
    with pytest.raises(Killed):
        run(built, site)
    assert (list(site.memories), site.packages) == (["v1.0.0"], {})
    site.next_process()
    with pytest.raises(RefusedError) as caught:
        run(other, site)
    assert caught.value.code == "SB-6101"
    assert "content differs" in caught.value.details["@acme/glow@1.0.0: index.js"]
    site.documents.clear()
    site.next_process()
    with pytest.raises(RefusedError) as caught:
        run(other, site)
    assert list(caught.value.details) == ["bound to", "this build"]


def test_a_release_with_another_statement_stops_the_run(built: BuiltRelease, other: BuiltRelease) -> None:
    """Assets are final: another release.json under this tag is a difference, its files are named, nothing is written."""
    site = new_site()
    site.stored["v1.0.0"] = {"release.json": other.statement}
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert caught.value.code == "SB-6023"
    assert "@acme/glow@1.0.0: index.js" in caught.value.details
    assert site.writes == []


@pytest.mark.parametrize("name", ["release.json", "SHA512SUMS", "lantern-1.0.0.tgz"])
def test_a_garbled_asset_stops_the_run(built: BuiltRelease, name: str) -> None:
    """An asset with other bytes is never overwritten."""
    site = new_site()
    site.stored["v1.0.0"] = {name: b"garbled"}
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert (caught.value.code, list(caught.value.details), site.writes) == ("SB-6023", [name], [])


def test_a_site_without_evidence_refuses_without_files(built: BuiltRelease, other: BuiltRelease) -> None:
    """The refusal stands, only the explanation is missing; so it is when the bound statement is garbled."""
    site = new_site(built)
    site.packages.clear()
    with pytest.raises(RefusedError) as caught:
        run(other, site, replace(site.open(), evidence=None))
    assert list(caught.value.details) == ["bound to", "this build"]
    site.next_process()
    site.documents = dict.fromkeys(site.documents, b"rotten")
    with pytest.raises(RefusedError) as caught:
        run(other, site)
    assert list(caught.value.details) == ["bound to", "this build"]


@pytest.mark.parametrize("failing", ["read v1.0.0 release.json", "list statement"])
def test_a_failing_store_only_costs_the_explanation(built: BuiltRelease, other: BuiltRelease, failing: str) -> None:
    """That bytes differ is certain; where they differ is told as far as it can be read."""
    site = new_site(other)
    site.stored["v1.0.0"]["release.json"] = b"{"
    site.packages[PackageName("@acme/glow")].tarballs.clear()

    def fault(number: int, moment: str, call: str) -> None:
        if call == failing:
            raise SiteError("SB-5001", "the disk is gone")

    site.next_process(fault)
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert list(caught.value.details) == ["@acme/glow@1.0.0"]


def test_an_unreadable_stored_statement_is_still_a_difference(built: BuiltRelease, other: BuiltRelease) -> None:
    """Its digest is known to be another one, though its contents cannot be read for the explanation."""
    site = new_site()
    site.stored["v1.0.0"] = {"release.json": other.statement}

    def fault(number: int, moment: str, call: str) -> None:
        if call.startswith("read"):
            raise SiteError("SB-5001", "the disk is gone")

    site.next_process(fault)
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert list(caught.value.details) == ["release.json"]


def test_two_strangers_are_both_explained(built: BuiltRelease, tmp_path: Path) -> None:
    """Statements that know one of them each are both used; a stranger that nobody stated stays a digest."""
    for stated in (True, False):
        site = new_site()
        for name in ("@acme/glow", "@acme/wick"):
            members = changed(LAMPS, name, "index.js", b"evil\n")
            store_as_stranger(site, next(tiny for tiny in members if tiny.name == name))
            if stated or name == "@acme/glow":
                data = built_release(tmp_path / f"{name[6:]}{stated}", tag="v0.9.0", members=members).statement
                site.documents["statement", sha256(data)] = data
            site.packages[PackageName(name)].tarballs.clear()
        with pytest.raises(BytesDifferError) as caught:
            run(built, site)
        files = [place for place in caught.value.details if place.endswith("index.js")]
        assert len(files) == (2 if stated else 1)
