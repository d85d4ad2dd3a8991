"""The releases of each recorded server, through our client: published on the right tag, every asset once and whole."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from samebytes.errors import BytesDifferError, RefusedError, SiteError
from samebytes.forges.gitea_releases import GiteaReleases
from samebytes.model.digests import sha256
from samebytes.model.tag import Commit
from samebytes.model.transfer import Sink
from samebytes.system.content import BytesContent
from samebytes.system.http.base import AmbiguousError, Request, Response
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.pool import run_each
from samebytes.testing.forge import setup
from samebytes.testing.forge.state import Limits
from tests.forges.served import PERSON, PRODUCTS, REPOSITORY, OpenLease, Served, serving
from tests.forges.stored_releases import TAG, put, stored, upload_again


class Losing:
    """Talks to the real server and loses the answers to the next writes, after they acted."""

    def __init__(self, lost: int, status: int = 0) -> None:
        self.lost = lost
        self._status = status
        self._inner = HttpxTransport(connections=8, connect_timeout_s=10, request_timeout_s=60)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it, and maybe say nothing, or 500."""
        answer = self._inner.send(request, sink)
        if request.is_safe or self.lost == 0:
            return answer
        self.lost -= 1
        if self._status:
            return Response(status=self._status, headers={}, body=b"", url=request.url)
        raise AmbiguousError("SB-5121", "no answer")

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


@pytest.fixture(params=PRODUCTS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """Each recorded server."""
    with serving(tmp_path / "forge", request.param) as found:
        yield found


@pytest.fixture
def releases(served: Served) -> GiteaReleases:
    """The publisher's view."""
    return served.open().releases


@pytest.mark.parametrize("annotated", [True, False])
def test_a_release_is_created_published_and_once(served: Served, releases: GiteaReleases, *, annotated: bool) -> None:
    """There is none until it is created; it is no draft; to create it again is fine and keeps its assets."""
    tag = served.tag(TAG, annotated=annotated)
    assert releases.assets(TAG) is None
    releases.create(tag, OpenLease())
    put(releases, "a.txt")
    releases.create(tag, OpenLease())
    assert served.open("").releases.assets(TAG) == {"a.txt": 5}


def test_a_plain_tag_is_no_release(served: Served, releases: GiteaReleases) -> None:
    """A git tag alone has no release, no assets, no digests (servers.md, k: 404)."""
    served.tag(TAG)
    assert (releases.assets(TAG), releases.read(TAG, "a", 9), releases.digest(TAG, "a")) == (None, None, None)


def test_a_missing_tag_is_never_made_by_the_server(served: Served, releases: GiteaReleases) -> None:
    """Without the git tag the server would create it at the default branch: refused first, with what to type."""
    absent = Commit(name=TAG, tag_object="", commit=served.commits[0], tree="", time_s=0, message="")
    with pytest.raises(RefusedError) as caught:
        releases.create(absent, OpenLease(allowed=0))
    assert caught.value.code == "SB-8010"
    assert f"refs/tags/{TAG}" in caught.value.hint
    assert served.git.ref(f"refs/tags/{TAG}") is None
    assert releases.assets(TAG) is None


@pytest.mark.parametrize("change", ["moved", "another tag object", "lightweight"])
def test_a_tag_at_another_object_is_refused(served: Served, releases: GiteaReleases, change: str) -> None:
    """Commit and tag object must both be the expected ones, before anything is written."""
    tag = served.tag(TAG)
    if change == "moved":
        served.tag(TAG, commit=1)
    elif change == "lightweight":
        served.tag(TAG, annotated=False)
    else:
        served.git.update(f"refs/tags/{TAG}", served.git.make_tag(TAG, tag.commit, "Other\n", PERSON))
    with pytest.raises(RefusedError) as caught:
        releases.create(tag, OpenLease(allowed=0))
    assert caught.value.code == "SB-8010"
    assert tag.tag_object in caught.value.details["expected"]
    assert releases.assets(TAG) is None


def test_a_tag_that_moves_afterwards_leaves_the_release_and_is_reported(
    served: Served, releases: GiteaReleases
) -> None:
    """A moved tag changes no release (servers.md, k), so it is the next create that tells."""
    tag = served.tag(TAG)
    releases.create(tag, OpenLease())
    put(releases, "a.txt")
    served.tag(TAG, commit=1)
    assert releases.assets(TAG) == {"a.txt": 5}
    with pytest.raises(RefusedError):
        releases.create(tag, OpenLease())


def test_a_draft_counts_as_none_and_is_published(served: Served, releases: GiteaReleases) -> None:
    """Drafts leak and flip: one that somebody made is no release until we publish it, and its text stays."""
    tag = served.tag(TAG)
    api = releases._api
    notes = {"tag_name": TAG, "draft": True, "body": "notes\r\nof a person\n"}
    assert api.send_json("POST", api.url("releases"), notes, OpenLease()).status == 201
    assert releases.assets(TAG) is None
    with pytest.raises(SiteError) as caught:
        put(releases, "a.txt")
    assert caught.value.code == "SB-8008"
    releases.create(tag, OpenLease())
    assert releases.assets(TAG) == {}
    assert b'"body":"notes\\r\\nof a person\\n"' in api.get(api.url("releases", "tags", TAG)).body


def test_an_asset_is_stored_once(served: Served, releases: GiteaReleases) -> None:
    """The same bytes again are fine; other bytes are refused and leave the first ones in place."""
    releases.create(served.tag(TAG), OpenLease())
    for client in (releases, releases, served.open().releases):
        put(client, "a.txt", b"hello")
    with pytest.raises(BytesDifferError) as caught:
        put(releases, "a.txt", b"other")
    assert caught.value.code == "SB-5201"
    assert releases.read(TAG, "a.txt", 5) == b"hello"
    assert releases.digest(TAG, "a.txt") == sha256(b"hello")
    assert stored(served) == [("a.txt", 5)]


def test_what_was_first_stays_where_bytes_may_differ(served: Served, releases: GiteaReleases) -> None:
    """A record of a run, whose bytes differ each time, is stored by name alone."""
    releases.create(served.tag(TAG), OpenLease())
    for data in (b"first", b"second"):
        releases.put(TAG, "record.json", BytesContent(data), sha256(data), OpenLease(), fixed=False)
    assert releases.read(TAG, "record.json", 99) == b"first"


@pytest.mark.parametrize("data", [b"", b"torn", b"t" * 3_000_000])
def test_an_asset_must_be_what_was_announced(served: Served, releases: GiteaReleases, data: bytes) -> None:
    """Bytes that do not have the announced digest are not stored: the request never ends."""
    releases.create(served.tag(TAG), OpenLease())
    with pytest.raises(BytesDifferError):
        releases.put(TAG, "a.txt", BytesContent(data), sha256(b"whole"), OpenLease())
    assert stored(served) == []


@pytest.mark.parametrize("data", [b"", b"x" * 3_000_000])
def test_empty_and_large_assets_come_back(served: Served, releases: GiteaReleases, data: bytes) -> None:
    """Sizes at the edges and across chunks are stored and served whole (an empty file is 201)."""
    releases.create(served.tag(TAG), OpenLease())
    put(releases, "a.bin", data)
    assert served.open("").releases.read(TAG, "a.bin", len(data)) == data


def test_an_asset_larger_than_the_limit_is_not_read(served: Served, releases: GiteaReleases) -> None:
    """The reader says how much it can take."""
    releases.create(served.tag(TAG), OpenLease())
    put(releases, "a.txt")
    with pytest.raises(SiteError) as caught:
        releases.read(TAG, "a.txt", 4)
    assert caught.value.code == "SB-5003"


def test_names_with_slashes_and_dots_are_names(served: Served, releases: GiteaReleases) -> None:
    """Servers store `../x` and `@s/x` verbatim: they are read by identifier and never become a path."""
    releases.create(served.tag(TAG), OpenLease())
    names = ("@lanterns/wick-1.0.0.tgz", "../x.tgz", "..", "a b+c%2F.txt", "ключ?.txt")
    for name in names:
        put(releases, name, name.encode())
    assert set(releases.assets(TAG) or {}) == set(names)
    for name in names:
        assert releases.read(TAG, name, 99) == name.encode()


def test_tags_with_slashes_keep_apart(served: Served, releases: GiteaReleases) -> None:
    """A tag such as `@lanterns/wick@1.0.0` is a name, not a path."""
    tags = ("@lanterns/wick@1.0.0", "wick/v1.0.0")
    for tag in tags:
        releases.create(served.tag(tag), OpenLease())
        put(releases, "a.txt", tag.encode(), tag)
    assert [releases.read(tag, "a.txt", 99) for tag in tags] == [tag.encode() for tag in tags]


def test_sixty_assets_are_all_seen(served: Served, releases: GiteaReleases) -> None:
    """Assets are not handed out in pages of 30 or 50 (servers.md, k)."""
    releases.create(served.tag(TAG), OpenLease())
    names = [f"{number}.txt" for number in range(60)]
    run_each([partial(put, releases, name) for name in names], 8)
    assert sorted(served.open().releases.assets(TAG) or {}) == sorted(names)


@pytest.mark.parametrize("status", [0, 500])
@pytest.mark.parametrize("lost", [1, 3])
def test_writes_whose_answers_are_lost_are_settled_by_reading(served: Served, lost: int, status: int) -> None:
    """Create, upload and delete all act, their answers never come: the end is as without the faults."""
    transport = Losing(lost, status)
    releases = served.open(real=transport).releases
    tag = served.tag(TAG)
    releases.create(tag, OpenLease())
    for name in ("a.txt", "b.txt"):
        transport.lost = lost
        put(releases, name)
    upload_again(served, "a.txt", b"bytes")
    transport.lost = lost
    releases.tidy(TAG, OpenLease())
    transport.close()
    assert stored(served) == [("a.txt", 5), ("b.txt", 5)]


def test_concurrent_creates_end_in_one_release(served: Served) -> None:
    """Eight at once get 201, 201 with the same id, 409 or 500 (servers.md, k); every one of them finds the release."""
    tag = served.tag(TAG)
    run_each([partial(served.open().releases.create, tag, OpenLease()) for _ in range(8)], 8)
    assert served.open().releases.assets(TAG) == {}


def test_losers_of_a_race_on_postgres_get_500_and_find_the_release(tmp_path: Path) -> None:
    """On PostgreSQL the losers' inserts fail: an unclear answer that reading settles."""
    with serving(tmp_path / "forge", "gitea-1.25", postgres=True) as served:
        tag = served.tag(TAG)
        run_each([partial(served.open().releases.create, tag, OpenLease()) for _ in range(8)], 8)
        assert served.open().releases.assets(TAG) == {}


@pytest.mark.parametrize(
    ("token", "repository", "code"),
    [
        (setup.TOKENS.read_only, REPOSITORY, "SB-8003"),
        ("", REPOSITORY, "SB-8003"),
        (setup.TOKENS.stranger, REPOSITORY, "SB-8003"),
        ("0" * 40, REPOSITORY, "SB-8003"),
        (setup.TOKENS.publisher, f"{setup.OWNER}/nowhere", "SB-8002"),
    ],
)
def test_who_may_not_write_is_told_why(served: Served, token: str, repository: str, code: str) -> None:
    """A token without scope, nobody, a stranger, a wrong token and a missing repository are told apart by status."""
    tag = served.tag(TAG)
    with pytest.raises(SiteError) as caught:
        served.open(token, repository).releases.create(tag, OpenLease())
    assert caught.value.code == code
    assert caught.value.hint


def test_a_private_repository_is_not_mistaken_for_one_without_the_release(served: Served) -> None:
    """For who may not read it both are 404: that is an error, never `no release`."""
    setup.add_repository(served.forge, setup.OWNER, "hidden", is_private=True)
    for token in ("", setup.TOKENS.stranger):
        with pytest.raises(SiteError) as caught:
            served.open(token, f"{setup.OWNER}/hidden").releases.assets(TAG)
        assert caught.value.code in {"SB-8002", "SB-8003"}
    assert served.open(repository=f"{setup.OWNER}/hidden").releases.assets(TAG) is None


def test_a_lost_lease_writes_nothing(served: Served, releases: GiteaReleases) -> None:
    """Each single write asks the lease first."""
    tag = served.tag(TAG)
    with pytest.raises(InterruptedError):
        releases.create(tag, OpenLease(allowed=0))
    releases.create(tag, OpenLease())
    with pytest.raises(InterruptedError):
        releases.put(TAG, "a.txt", BytesContent(b"x"), sha256(b"x"), OpenLease(allowed=0))
    assert stored(served) == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_addresses_of_another_host_are_not_followed(tmp_path: Path, product: str) -> None:
    """Answers name ROOT_URL, which may be unreachable or anybody's: bytes come from the configured address."""
    with serving(tmp_path / "forge", product, root_url="http://elsewhere.invalid") as served:
        releases = served.open().releases
        releases.create(served.tag(TAG), OpenLease())
        put(releases, "a.txt")
        assert served.open().releases.read(TAG, "a.txt", 5) == b"bytes"


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(
    ("limits", "setting"), [(Limits(asset_size=4), "MAX_SIZE"), (Limits(asset_types=".tgz"), "ALLOWED_TYPES")]
)
def test_a_refused_upload_names_the_limit(tmp_path: Path, product: str, limits: Limits, setting: str) -> None:
    """Too large (413) and a forbidden type (400) say which setting to change."""
    with serving(tmp_path / "forge", product, limits=limits) as served:
        releases = served.open().releases
        releases.create(served.tag(TAG), OpenLease())
        with pytest.raises(SiteError) as caught:
            put(releases, "SHA512SUMS")
        assert caught.value.code == "SB-8011"
        assert setting in caught.value.hint


def test_the_size_limit_can_be_read_beforehand(releases: GiteaReleases) -> None:
    """`settings/attachment` tells the size; its types are those of issues, so they are not looked at."""
    assert releases.limit_bytes() == 2048 * 1024 * 1024
