"""A release is stored whole and every asset once, whatever the network does to the requests, and after a kill at any of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from samebytes.forges.gitea_releases import GiteaReleases
from samebytes.model.digests import sha256
from samebytes.model.tag import Commit
from samebytes.system.content import BytesContent
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.testing.faults.schedule import TRANSIENT, Fault, by_seed, only
from samebytes.testing.faults.transport import FaultyTransport
from samebytes.testing.forge import release_store, setup
from samebytes.testing.memory_world import Killed
from tests.forges.served import PRODUCTS, OpenLease, Served, serving

RECORD = "build-record-corp.json"
NAMES = ("glow.tgz", "wick.tgz", "release.json", "SHA512SUMS", RECORD)
# Each of these left a copy, or stopped, until its cause was found: stale lists, late uploads and deletions.
FOUND = (29, 36, 65, 72, 79, 99, 107, 144, 176, 198, 417)


@pytest.fixture(scope="module", params=PRODUCTS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Each recorded server."""
    with serving(tmp_path_factory.mktemp("forge") / "data", request.param) as found:
        yield found


@pytest.fixture
def wire(served: Served) -> Iterator[HttpxTransport]:
    """The way to the server."""
    assert served.base_url
    transport = HttpxTransport(connections=4, connect_timeout_s=10, request_timeout_s=60)
    yield transport
    transport.close()


def publish(releases: GiteaReleases, tag: Commit, run: bytes) -> None:
    """Store a release as a publish run does; the record of each run differs."""
    releases.create(tag, OpenLease())
    for name in NAMES:
        data = name.encode() + (run if name == RECORD else b"")
        releases.put(tag.name, name, BytesContent(data), sha256(data), OpenLease(), fixed=name != RECORD)
    releases.tidy(tag.name, OpenLease(), [RECORD])


def stored(served: Served, tag: Commit) -> list[tuple[str, bytes]]:
    """Name and bytes of every asset, from the server's storage; the run is left out of the record."""
    repository = served.forge.repository(setup.OWNER, setup.REPOSITORY)
    assert repository is not None
    release = release_store.by_tag(served.forge, repository, tag.name)
    assert release is not None
    assert not release["is_draft"]
    folder = served.forge.storage.folder / "blobs"
    found = release_store.assets(served.forge, release["id"])
    return sorted((one["name"], (folder / one["blob"]["sha256"]).read_bytes().rstrip(b"123")) for one in found)


EXPECTED = sorted((name, name.encode()) for name in NAMES)


@pytest.mark.parametrize("seed", FOUND)
def test_faults_that_once_left_something_behind(served: Served, wire: HttpxTransport, seed: int) -> None:
    """At most three transient faults in a row: success without a second run, and nothing twice."""
    tag = served.tag(f"v1.0.{seed}")
    faulty = FaultyTransport(wire, by_seed(seed, 60, kinds=TRANSIENT, density=0.3))
    publish(served.open(real=faulty).releases, tag, b"1")
    assert faulty.fired
    assert stored(served, tag) == EXPECTED


def test_a_kill_at_any_request_is_repaired_by_the_next_run(served: Served, wire: HttpxTransport) -> None:
    """Killed before and after every request acted, then run once: the same release as without the kill."""
    for fault in (Fault.KILL_BEFORE, Fault.KILL_AFTER):
        faulty, number = FaultyTransport(wire, only(1, fault)), 0
        for number in range(1, 100):
            tag = served.tag(f"v2.{number}.0-{fault}")
            faulty = FaultyTransport(wire, only(number, fault))
            try:
                publish(served.open(real=faulty).releases, tag, b"1")
            except Killed:
                publish(served.open(real=wire).releases, tag, b"2")
            assert stored(served, tag) == EXPECTED, (fault, number)
            if not faulty.fired:
                break
        assert not faulty.fired
        assert number > len(NAMES) + 4
