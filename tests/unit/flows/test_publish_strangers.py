"""What somebody else has put at a site stops a publish run before its first write, and is explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.errors import BytesDifferError, SiteError
from samebytes.flows.make_release import BuiltRelease
from samebytes.model.digests import sha512
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedVersion
from samebytes.model.outcome import MemberOutcome, Promotion
from samebytes.testing.memory_site import MemorySite
from tests.publishing.runs import new_site, run, store_as_stranger
from tests.small_releases import LAMPS, built_release, changed

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


def test_a_strangers_other_bytes_stop_the_run(built: BuiltRelease, other: BuiltRelease) -> None:
    """One member that is there with other bytes stops everything before the first write, and is named."""
    site = new_site()
    store_as_stranger(site, changed(LAMPS, "@acme/glow", "index.js", b"evil\n")[1])
    before = site.final_state()
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert caught.value.code == "SB-6020"
    assert "@acme/glow@1.0.0" in caught.value.summary
    assert (site.writes, site.final_state()) == ([], before)
    assert site.lease is None


def test_differing_files_are_named_with_their_cause(built: BuiltRelease) -> None:
    """The served tarball itself tells which file differs and what may have made it differ."""
    site = new_site()
    store_as_stranger(site, changed(LAMPS, "@acme/glow", "index.js", b"export const glow = 2;\r\n")[1])
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    detail = caught.value.details["@acme/glow@1.0.0: index.js"]
    assert "content differs" in detail
    assert "only line ends differ" in detail
    assert site.writes == []


def no_tarball(site: MemorySite) -> None:
    """The registry shows a digest and serves nothing."""
    site.packages[GLOW].tarballs.clear()


def rotten_tarball(site: MemorySite) -> None:
    """The registry serves something else than it shows."""
    site.packages[GLOW].tarballs["1.0.0"] = b"rotten"


def no_package(site: MemorySite) -> None:
    """The stranger has stored something that is no tarball."""
    digest = sha512(b"no tarball")
    site.packages[GLOW].tarballs["1.0.0"] = b"no tarball"
    site.packages[GLOW].versions["1.0.0"] = ObservedVersion(integrity=digest, manifest={})


@pytest.mark.parametrize("hide", [no_tarball, rotten_tarball])
def test_differing_files_are_named_where_a_statement_knows_them(
    built: BuiltRelease, other: BuiltRelease, hide: Callable[[MemorySite], None]
) -> None:
    """Without the tarball the site's statement tells which file differs: that of the tag, or one kept as evidence."""
    for break_releases in (False, True):
        site = new_site(other)
        hide(site)
        if break_releases:
            site.stored.clear()
        with pytest.raises(BytesDifferError) as caught:
            run(built, site)
        assert "content differs" in caught.value.details["@acme/glow@1.0.0: index.js"]
        assert site.writes == []


@pytest.mark.parametrize("hide", [no_tarball, no_package])
def test_what_cannot_be_opened_only_costs_the_explanation(
    built: BuiltRelease, other: BuiltRelease, hide: Callable[[MemorySite], None]
) -> None:
    """That bytes differ is certain, whatever else at the site is broken."""
    site = new_site(other)
    hide(site)
    site.stored["v1.0.0"]["release.json"] = b"{"
    site.documents.clear()
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert list(caught.value.details) == ["@acme/glow@1.0.0"]


def test_a_strangers_extra_dependency_stops_the_run(built: BuiltRelease) -> None:
    """Equal bytes, but clients would install something else: that is a difference."""
    site = new_site()
    store_as_stranger(site, LAMPS[0], dependencies={"evil": "1.0.0"})
    with pytest.raises(BytesDifferError) as caught:
        run(built, site)
    assert "another dependencies" in caught.value.details["@acme/wick@1.0.0"]
    assert site.writes == []


def test_a_strangers_same_package_is_taken_for_the_same(built: BuiltRelease) -> None:
    """Who uploaded it does not matter when bytes and manifest are right."""
    site = new_site()
    store_as_stranger(site, LAMPS[0])
    outcome = run(built, site)
    assert dict(outcome.members)[built.packed[1].tarball.id] is MemberOutcome.ALREADY_SAME
    assert outcome.promotion is Promotion.PROMOTED


def test_an_unreadable_packument_stops_the_run(built: BuiltRelease) -> None:
    """What cannot be read is not absent: exit 13 and nothing written."""
    site = new_site()
    site.unreadable.add(GLOW)
    with pytest.raises(SiteError) as caught:
        run(built, site)
    assert (caught.value.code, int(caught.value.exit_status)) == ("SB-6021", 13)
    assert (site.writes, site.packages) == ([], {})
