"""What our client makes of answers that a stand-in does not give: hostile, broken, contradictory ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from samebytes.errors import BytesDifferError, RefusedError, SiteError
from samebytes.forges.gitea import GiteaForge
from samebytes.forges.gitea_assets import CheckedContent
from samebytes.model.digests import sha256
from samebytes.model.tag import Commit
from samebytes.system.content import BytesContent
from samebytes.system.http.base import AmbiguousError
from tests.forges.served import OpenLease
from tests.unit.forges.scripted import REPO, UUID, Scripted, answer, asset, opened, release

TAG = "v1.0.0"
BY_TAG = f"GET {REPO}/releases/tags/{TAG}"
UPLOAD = f"POST {REPO}/releases/36/assets"
COMMIT = Commit(name=TAG, tag_object="3a" * 20, commit="1f" * 20, tree="", time_s=0, message="")
TAG_ANSWER = {"name": TAG, "id": "3a" * 20, "commit": {"sha": "1f" * 20}}
LOST = AmbiguousError("SB-5121", "no answer")


def bytes_of(id_: int) -> str:
    """Where the bytes of an asset are."""
    return f"GET /attachments/{UUID[:-4]}{id_:04d}"


def put(forge: GiteaForge, data: bytes = b"data") -> None:
    """Store `a.txt`."""
    forge.releases.put(TAG, "a.txt", BytesContent(data), sha256(data), OpenLease())


@pytest.fixture
def transport() -> Scripted:
    """A server with the git tag and nothing else."""
    scripted = Scripted()
    scripted.on(f"GET {REPO}/tags/{TAG}", answer(200, TAG_ANSWER))
    return scripted


def test_a_release_is_created_published_with_the_commit_as_target(transport: Scripted) -> None:
    """Not as a draft, and should the tag vanish meanwhile, not at the default branch."""
    transport.on(BY_TAG, answer(404), answer(200, release()))
    transport.on(f"POST {REPO}/releases", answer(201, release()))
    opened(transport).releases.create(COMMIT, OpenLease())
    sent = json.loads(transport.bodies[transport.calls.index(f"POST {REPO}/releases")])
    assert (sent["draft"], sent["target_commitish"], sent["tag_name"]) == (False, "1f" * 20, TAG)


def test_409_without_a_release_to_be_seen_is_read_again(transport: Scripted) -> None:
    """`Release is has no Tag` while reads are stale: the release shows up after a pause."""
    transport.on(BY_TAG, answer(404), answer(404), answer(404), answer(200, release()))
    transport.on(f"POST {REPO}/releases", answer(409, {"message": "Release is has no Tag"}))
    opened(transport).releases.create(COMMIT, OpenLease())
    assert transport.calls.count(f"POST {REPO}/releases") == 1


def test_409_for_ever_without_a_release_is_an_error(transport: Scripted) -> None:
    """A server that contradicts itself to the end is reported as that."""
    transport.on(f"POST {REPO}/releases", answer(409, {"message": "Release is has no Tag"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.create(COMMIT, OpenLease())
    assert caught.value.code == "SB-8009"


def test_500_for_ever_is_an_error(transport: Scripted) -> None:
    """An invalid tag name gets 500 each time; reading never shows a release."""
    transport.on(f"POST {REPO}/releases", answer(500, {"message": ""}))
    with pytest.raises(AmbiguousError):
        opened(transport).releases.create(COMMIT, OpenLease())


def test_a_release_that_is_gone_after_its_creation_is_an_error(transport: Scripted) -> None:
    """201, and then nothing: not a success."""
    transport.on(f"POST {REPO}/releases", answer(201, release()))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.create(COMMIT, OpenLease())
    assert caught.value.code == "SB-8008"


def test_a_tag_that_moves_while_the_release_is_made_is_reported(transport: Scripted) -> None:
    """The tag is looked at before and after."""
    moved = {"name": TAG, "id": "4b" * 20, "commit": {"sha": "2e" * 20}}
    transport.on(f"GET {REPO}/tags/{TAG}", answer(200, TAG_ANSWER), answer(200, moved))
    transport.on(BY_TAG, answer(404), answer(200, release()))
    transport.on(f"POST {REPO}/releases", answer(201, release()))
    with pytest.raises(RefusedError) as caught:
        opened(transport).releases.create(COMMIT, OpenLease())
    assert caught.value.details["found"] == f"{'4b' * 20} at commit {'2e' * 20}"


@pytest.mark.parametrize("status", [401, 403])
def test_a_tag_that_may_not_be_read_is_no_missing_tag(transport: Scripted, status: int) -> None:
    """The credential is what is wrong then."""
    transport.on(f"GET {REPO}/tags/{TAG}", answer(status, {"message": "no"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.create(COMMIT, OpenLease())
    assert caught.value.code == "SB-8003"


@pytest.mark.parametrize(("status", "code"), [(403, "SB-8003"), (422, "SB-8005")])
def test_a_refused_creation_or_publication_is_told(transport: Scripted, status: int, code: str) -> None:
    """A definite refusal is not repeated."""
    transport.on(f"POST {REPO}/releases", answer(status, {"message": "no"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.create(COMMIT, OpenLease())
    assert caught.value.code == code
    transport.on(BY_TAG, answer(200, release(draft=True)))
    transport.on(f"PATCH {REPO}/releases/36", answer(status, {"message": "no"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.create(COMMIT, OpenLease())
    assert caught.value.code == code


def test_the_list_is_in_the_order_of_ids(transport: Scripted) -> None:
    """Servers sort by name; what counts for copies is which one is older."""
    transport.on(BY_TAG, answer(200, release(asset(9, size=5), asset(2), asset(2))))
    releases = opened(transport).releases
    assert releases.assets(TAG) == {"a.txt": 4}
    assert releases.repeated(TAG) == {"a.txt"}


def test_copies_are_read_by_their_own_identifier(transport: Scripted) -> None:
    """By name only the oldest could be read; addresses in the answer are never used."""
    transport.on(BY_TAG, answer(200, release(asset(2), asset(9))))
    transport.on(bytes_of(2), answer(200, b"data"))
    transport.on(bytes_of(9), answer(200, b"DATA"))
    with pytest.raises(BytesDifferError):
        opened(transport).releases.digest(TAG, "a.txt")
    assert all(request.url.startswith("http://forge.invalid/git/") for request in transport.requests)


def test_a_thousand_assets_are_not_listed_a_thousand_times(transport: Scripted) -> None:
    """The list is read once and remembered, for reads and for uploads."""
    transport.on(BY_TAG, answer(200, release(*(asset(n, f"{n}.txt") for n in range(1, 9)))))
    for number in range(1, 9):
        transport.on(bytes_of(number), answer(200, b"data"))
    transport.on(UPLOAD, *(answer(201, asset(n, f"{n}.txt")) for n in range(10, 14)))
    releases = opened(transport).releases
    for number in range(1, 9):
        assert releases.digest(TAG, f"{number}.txt") == sha256(b"data")
    for number in range(10, 14):
        releases.put(TAG, f"{number}.txt", BytesContent(b"data"), sha256(b"data"), OpenLease())
    assert transport.calls.count(BY_TAG) == 1


def test_an_asset_that_was_replaced_meanwhile_is_looked_up_again(transport: Scripted) -> None:
    """The remembered identifier is gone: the list is read once more, and so is the new one."""
    transport.on(BY_TAG, answer(200, release(asset(2))), answer(200, release(asset(9))))
    transport.on(bytes_of(9), answer(200, b"data"))
    releases = opened(transport).releases
    assert releases.assets(TAG) == {"a.txt": 4}
    assert releases.digest(TAG, "a.txt") == sha256(b"data")


def test_an_asset_that_is_gone_is_none(transport: Scripted) -> None:
    """Listed and not served, twice: there is none."""
    transport.on(BY_TAG, answer(200, release(asset(2))))
    releases = opened(transport).releases
    assert releases.digest(TAG, "a.txt") is None
    assert releases.read(TAG, "a.txt", 9) is None


@pytest.mark.parametrize("body", [b"dat", b"data and more", b""])
def test_other_sizes_than_listed_are_refused(transport: Scripted, body: bytes) -> None:
    """Too few bytes, too many (a server that never ends), none: SB-8006, never a digest of something."""
    transport.on(BY_TAG, answer(200, release(asset(2))))
    transport.on(bytes_of(2), answer(200, body))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.digest(TAG, "a.txt")
    assert caught.value.code == "SB-8006"


def test_bytes_that_may_not_be_read_are_an_error(transport: Scripted) -> None:
    """403 on the bytes is not `no such asset`."""
    transport.on(BY_TAG, answer(200, release(asset(2))))
    transport.on(bytes_of(2), answer(403, {"message": "no"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.digest(TAG, "a.txt")
    assert caught.value.code == "SB-8003"


def test_links_of_forgejo_are_never_followed(transport: Scripted) -> None:
    """Forgejo keeps addresses of elsewhere as assets: they hold no bytes that anybody could vouch for."""
    link = asset(2, type="external", size=0, uuid="", browser_download_url="http://evil.invalid/a.txt")
    transport.on(BY_TAG, answer(200, release(link)))
    forge = opened(transport)
    attempts: list[Callable[[], object]] = [
        lambda: forge.releases.digest(TAG, "a.txt"),
        lambda: forge.releases.read(TAG, "a.txt", 9),
        lambda: put(forge),
    ]
    for attempt in attempts:
        with pytest.raises(SiteError) as caught:
            attempt()
        assert caught.value.code == "SB-8007"
    assert not any("evil" in call for call in transport.calls)


@pytest.mark.parametrize(
    "change",
    [
        {"assets": [asset(2, uuid="../../secret")]},
        {"assets": [asset(2, uuid="")]},
        {"assets": [{**asset(2), "id": -1}]},
        {"assets": [{**asset(2), "id": "2"}]},
        {"assets": [{**asset(2), "name": 5}]},
        {"assets": {"a": 1}},
        {"assets": [1]},
        {"draft": "no"},
        {"id": None},
        {"id": 10**19},
    ],
)
def test_an_answer_of_another_shape_is_unreadable(transport: Scripted, change: dict[str, object]) -> None:
    """Identifiers become parts of addresses, so their form is checked; nothing is guessed."""
    transport.on(BY_TAG, answer(200, {**release(), **change}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(TAG)
    assert caught.value.code == "SB-8004"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"[" * 5000, b'{"id": 1, "id": 2}'])
def test_an_answer_that_is_no_json_object_is_unreadable(transport: Scripted, body: bytes) -> None:
    """A login page with status 200, an empty answer, a list, a bomb, a repeated key."""
    transport.on(BY_TAG, answer(200, body))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(TAG)
    assert caught.value.code in {"SB-8004", "SB-5130"}


def test_an_upload_is_raw_and_names_the_asset_in_the_query(transport: Scripted) -> None:
    """Not a form: nothing has to be built in memory; the name is one escaped value."""
    transport.on(BY_TAG, answer(200, release()))
    transport.on(UPLOAD, answer(201, asset(2, "@l/../x y.tgz")))
    name = "@l/../x y.tgz"
    opened(transport).releases.put(TAG, name, BytesContent(b"data"), sha256(b"data"), OpenLease())
    sent = transport.requests[-1]
    assert sent.url.endswith("/releases/36/assets?name=%40l%2F..%2Fx+y.tgz")
    assert sent.headers["content-type"] == "application/octet-stream"
    assert transport.bodies[-1] == b"data"


def test_a_lost_answer_with_stale_reads_leaves_one_asset(transport: Scripted) -> None:
    """Uploaded, answer lost, list stale, uploaded again: the surplus copy of ours goes at once."""
    none, both, one = release(), release(asset(2), asset(3)), release(asset(2))
    transport.on(BY_TAG, *(answer(200, listed) for listed in (none, none, none, both, one)))
    transport.on(UPLOAD, LOST, answer(201, asset(3)))
    for number in (2, 3):
        transport.on(bytes_of(number), answer(200, b"data"))
    transport.on(f"DELETE {REPO}/releases/36/assets/3", answer(204))
    forge = opened(transport)
    put(forge)
    forge.releases.tidy(TAG, OpenLease())
    assert f"DELETE {REPO}/releases/36/assets/3" in transport.calls


def test_a_lost_upload_that_turns_out_to_be_somebody_elses(transport: Scripted) -> None:
    """The answer was lost and there is an asset of that name with other bytes: never taken for ours."""
    transport.on(BY_TAG, answer(200, release()), answer(200, release(asset(2))))
    transport.on(UPLOAD, LOST)
    transport.on(bytes_of(2), answer(200, b"evil"))
    with pytest.raises(BytesDifferError):
        put(opened(transport))


def test_an_upload_that_the_server_stored_otherwise_is_taken_back(transport: Scripted) -> None:
    """The answer to our own upload names another size: certainly ours, deleted, and an error."""
    transport.on(BY_TAG, answer(200, release()))
    transport.on(UPLOAD, answer(201, asset(2, size=3)))
    transport.on(f"DELETE {REPO}/releases/36/assets/2", answer(204))
    with pytest.raises(SiteError) as caught:
        put(opened(transport))
    assert caught.value.code == "SB-8006"
    assert transport.calls[-1] == f"DELETE {REPO}/releases/36/assets/2"


@pytest.mark.parametrize(("status", "code"), [(413, "SB-8011"), (400, "SB-8011"), (422, "SB-8011"), (403, "SB-8003"), (404, "SB-8002"), (418, "SB-8005")])  # fmt: skip
def test_a_refused_upload_is_not_repeated(transport: Scripted, status: int, code: str) -> None:
    """Every definite refusal has its error at once."""
    transport.on(BY_TAG, answer(200, release()))
    transport.on(UPLOAD, answer(status, {"message": "no"}))
    with pytest.raises(SiteError) as caught:
        put(opened(transport))
    assert caught.value.code == code
    assert sum(call.startswith("POST") for call in transport.calls) == 1


@pytest.mark.parametrize("answers", [[404], [LOST, 204], [500, 404]])
def test_a_delete_counts_when_the_copy_is_gone(transport: Scripted, answers: list[int | Exception]) -> None:
    """404 is as good as 204; after a lost answer the list decides."""
    both = answer(200, release(asset(2), asset(3)))
    transport.on(BY_TAG, *[both] * (2 * len(answers) - 1), answer(200, release(asset(2))))
    for number in (2, 3):
        transport.on(bytes_of(number), answer(200, b"data"))
    script = [given if isinstance(given, Exception) else answer(given) for given in answers]
    transport.on(f"DELETE {REPO}/releases/36/assets/3", *script)
    opened(transport).releases.tidy(TAG, OpenLease())
    assert sum(call.startswith("DELETE") for call in transport.calls) == len(answers)


def test_a_delete_that_is_refused_is_an_error(transport: Scripted) -> None:
    """Without the right to delete the copies stay, and we say so."""
    transport.on(BY_TAG, answer(200, release(asset(2), asset(3))))
    for number in (2, 3):
        transport.on(bytes_of(number), answer(200, b"data"))
    transport.on(f"DELETE {REPO}/releases/36/assets/3", answer(403))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.tidy(TAG, OpenLease())
    assert caught.value.code == "SB-8003"


@pytest.mark.parametrize(("status", "code"), [(401, "SB-8003"), (403, "SB-8003"), (500, "SB-8005")])
def test_a_release_that_cannot_be_read_is_never_none(transport: Scripted, status: int, code: str) -> None:
    """Only a 404 in a repository that is visible means that there is no release."""
    transport.on(BY_TAG, answer(status, {"message": "no"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(TAG)
    assert caught.value.code == code


def test_404_in_a_hidden_repository_is_an_error(transport: Scripted) -> None:
    """The repository itself is 404 too: missing or not ours to see, but no `no release`."""
    transport.on(f"GET {REPO}", answer(404))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(TAG)
    assert caught.value.code == "SB-8002"


def test_what_the_server_says_is_cut_and_made_printable(transport: Scripted) -> None:
    """Messages are shown to people, so no control character and no novel gets through."""
    transport.on(BY_TAG, answer(403, {"message": "\x1b[31mno\n" + "x" * 500}))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(TAG)
    said = caught.value.details["server says"]
    assert said.startswith("[31mno x")
    assert len(said) == 200


@pytest.mark.parametrize("tag", ["", ".", ".."])
def test_a_tag_that_would_change_the_path_is_not_asked_for(transport: Scripted, tag: str) -> None:
    """A part of an address is never empty or dots."""
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(tag)
    assert caught.value.code == "SB-8005"
    assert transport.calls == []


@pytest.mark.parametrize("found", [answer(404), answer(200, {"max_size": 0}), answer(200, {})])
def test_a_limit_that_is_not_told_is_none(transport: Scripted, found: object) -> None:
    """No answer or no size: nobody knows, which is not zero."""
    transport.answers["GET /api/v1/settings/attachment"] = [found]  # type: ignore[list-item]
    assert opened(transport).releases.limit_bytes() is None


def test_assets_in_pages_are_all_seen(transport: Scripted) -> None:
    """Should a version come that shows 30 with the release and pages of 50: every page is read."""
    every = [asset(n, f"{n}.txt") for n in range(1, 71)]
    transport.on(BY_TAG, answer(200, release(*every[:30])))
    transport.on(f"GET {REPO}/releases/36/assets", answer(200, every[:50]), answer(200, every[50:]))
    assert len(opened(transport).releases.assets(TAG) or {}) == 70
    transport.on(f"GET {REPO}/releases/36/assets", answer(403))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.assets(TAG)
    assert caught.value.code == "SB-8003"


def test_an_upload_holds_back_one_chunk_only() -> None:
    """Enough to end in an error before the last one; memory does not grow with the asset."""
    made: list[int] = []

    class Large:
        size_bytes = 5

        def chunks(self) -> Iterator[bytes]:
            for number in range(5):
                made.append(number)
                yield b"x"

    chunks = CheckedContent(Large(), sha256(b"xxxxx"), "large.tgz").chunks()
    for number in range(4):
        assert next(chunks) == b"x"
        assert made[-1] == number + 1
    assert list(chunks) == [b"x"]


def test_copies_that_come_back_are_an_error(transport: Scripted) -> None:
    """Deleted each time and listed again each time: not a success."""
    transport.on(BY_TAG, answer(200, release(asset(2), asset(3))))
    for number in (2, 3):
        transport.on(bytes_of(number), answer(200, b"data"))
    transport.on(f"DELETE {REPO}/releases/36/assets/3", answer(204))
    with pytest.raises(SiteError) as caught:
        opened(transport).releases.tidy(TAG, OpenLease())
    assert caught.value.code == "SB-8009"
