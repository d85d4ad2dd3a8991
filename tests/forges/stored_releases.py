"""Assets at a stand-in as tests put them there and find them in its storage."""

from __future__ import annotations

from samebytes.forges.gitea_releases import GiteaReleases
from samebytes.model.digests import sha256
from samebytes.system.content import BytesContent
from samebytes.testing.forge import release_store, setup
from tests.forges.served import OpenLease, Served

TAG = "v1.0.0"


def put(releases: GiteaReleases, name: str, data: bytes = b"bytes", tag: str = TAG) -> None:
    """Store an asset as a publish run does."""
    releases.put(tag, name, BytesContent(data), sha256(data), OpenLease())


def stored(served: Served, tag: str = TAG) -> list[tuple[str, int]]:
    """Name and size of every asset, from the server's own storage, oldest first."""
    repository = served.forge.repository(setup.OWNER, setup.REPOSITORY)
    assert repository is not None
    release = release_store.by_tag(served.forge, repository, tag)
    assets = release_store.assets(served.forge, release["id"]) if release else []
    return [(asset["name"], asset["blob"]["size"]) for asset in sorted(assets, key=lambda asset: asset["id"])]


def upload_again(served: Served, name: str, data: bytes, tag: str = TAG) -> None:
    """Store one more asset of a name, as a request that came twice does."""
    strange = served.open().releases
    found = strange._fetch(tag)
    assert found is not None
    strange._known[tag] = type(found)(id=found.id, is_draft=False, assets=())
    put(strange, name, data, tag)
