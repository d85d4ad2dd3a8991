"""Assets that are at a forge more than once: reduced to the one that is served, or reported where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samebytes.errors import BytesDifferError
from samebytes.flows.release_assets import assets_of, check_stored, store
from samebytes.forges.gitea_releases import GiteaReleases
from samebytes.model.action import PutAsset
from samebytes.model.digests import sha256
from samebytes.testing.memory_site import MemorySite
from tests.directory_site.fake_clock import FakeClock
from tests.forges.served import PRODUCTS, OpenLease, Served, serving
from tests.forges.stored_releases import TAG, put, stored, upload_again
from tests.small_releases import built_release


class KeptOpen(OpenLease):
    """A lease that keeps itself."""

    def keep(self) -> None:
        """Nothing to do."""


@pytest.fixture(params=PRODUCTS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """Each recorded server."""
    with serving(tmp_path / "forge", request.param) as found:
        yield found


@pytest.fixture
def releases(served: Served) -> GiteaReleases:
    """The publisher's view."""
    return served.open().releases


def test_equal_copies_are_reduced_to_the_one_that_is_served(served: Served, releases: GiteaReleases) -> None:
    """A crashed run's copies go; the oldest, which the name leads to, stays."""
    releases.create(served.tag(TAG), OpenLease())
    put(releases, "a.txt")
    upload_again(served, "a.txt", b"bytes")
    upload_again(served, "a.txt", b"bytes")
    put(releases, "b.txt")
    assert [name for name, _ in stored(served)] == ["a.txt"] * 3 + ["b.txt"]
    assert releases.assets(TAG) == {"a.txt": 5, "b.txt": 5}
    assert releases.repeated(TAG) == {"a.txt"}
    assert releases.digest(TAG, "a.txt") == sha256(b"bytes")
    releases.tidy(TAG, OpenLease())
    assert stored(served) == [("a.txt", 5), ("b.txt", 5)]
    assert releases.repeated(TAG) == frozenset()
    releases.tidy(TAG, OpenLease(allowed=0))


def test_storing_an_asset_again_reduces_its_copies(served: Served) -> None:
    """The next put of the same bytes leaves one."""
    served.open().releases.create(served.tag(TAG), OpenLease())
    put(served.open().releases, "a.txt")
    upload_again(served, "a.txt", b"bytes")
    put(served.open().releases, "a.txt")
    assert stored(served) == [("a.txt", 5)]


def test_differing_copies_stay_and_are_reported(served: Served, releases: GiteaReleases) -> None:
    """Two assets of one name with different bytes: nobody can say which is right, so nothing is deleted."""
    releases.create(served.tag(TAG), OpenLease())
    put(releases, "a.txt", b"ours!")
    upload_again(served, "a.txt", b"other")
    attempts: list[Callable[[], object]] = [
        lambda: served.open().releases.digest(TAG, "a.txt"),
        lambda: put(served.open().releases, "a.txt", b"ours!"),
        lambda: releases.tidy(TAG, OpenLease(allowed=0)),
    ]
    for attempt in attempts:
        with pytest.raises(BytesDifferError) as caught:
            attempt()
        assert caught.value.code == "SB-5201"
    assert len(stored(served)) == 2
    releases.tidy(TAG, OpenLease(), any_bytes=["a.txt"])
    assert releases.read(TAG, "a.txt", 99) == b"ours!"
    assert len(stored(served)) == 1


def test_a_publish_run_stores_repeated_assets_anew_and_leaves_one(served: Served, tmp_path: Path) -> None:
    """Copies of a crashed run are planned like missing assets; a record may differ, a tarball may not."""
    built = built_release(tmp_path / "built")
    tag = built.release.tag
    served.open().releases.create(served.tag(tag), OpenLease())
    at = replace(MemorySite(FakeClock()).open(), releases=served.open().releases)
    assets = assets_of(built, at.id)
    everything = tuple(PutAsset(tag=tag, name=name) for name in assets)
    lease: Any = KeptOpen()
    store(at, built, everything, lease)
    assert check_stored(built, at, assets, lease.keep) == frozenset(assets)
    tarball, record = next(iter(assets)), next(reversed(assets))
    for name, data in ((tarball, b"".join(assets[tarball].content.chunks())), (record, b"of an earlier run")):
        upload_again(served, name, data, tag)
    left = check_stored(built, at, assets, lease.keep)
    assert left == frozenset(assets) - {tarball, record}
    store(at, built, tuple(put for put in everything if put.name not in left), lease)
    assert sorted(name for name, _ in stored(served, tag)) == sorted(assets)
    assert check_stored(built, at, assets, lease.keep) == frozenset(assets)
