"""Rules of the npm stand-in that no recording shows."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from samebytes.testing.forge.npm_payload import Upload
from samebytes.testing.forge.npm_store import Added, NpmStore
from samebytes.testing.forge.product import PRODUCTS
from samebytes.testing.forge.setup import OWNER
from samebytes.testing.forge.state import Limits
from tests.contract.forge.payloads import publish_body, tarball
from tests.contract.forge.replay import publish, send
from tests.contract.forge.under_test import StandIn
from tests.forge_fixtures import StartForge

_BASE = f"/api/packages/{OWNER}/npm"


def _put(forge: StandIn, name: str, version: str, **options: object) -> tuple[int, bytes]:
    answer = send(forge, "PUT", f"{_BASE}/{name}", body=publish_body(name, version, **options))  # type: ignore[arg-type]
    return answer.status, answer.body


def test_owner_size_is_limited_for_all_but_administrators(start_forge: StartForge) -> None:
    """An upload that would make an owner's packages too large is 403, except by an administrator."""
    forge = start_forge(limits=Limits(owner_size=1000))
    assert _put(forge, "glow", "1.0.0", size=600)[0] == 201
    assert _put(forge, "glow", "2.0.0", size=600) == (
        403,
        b'{"error":"maximum allowed package storage quota exceeded"}\n',
    )
    body = publish_body("glow", "2.0.0", size=600)
    assert send(forge, "PUT", f"{_BASE}/glow", body=body, actor="admin").status == 201


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("size", [0, 1, 300_000])
def test_served_tarball_is_the_uploaded_one(start_forge: StartForge, name: str, size: int) -> None:
    """Both paths serve the bytes, and the packages API tells their digests; no bytes at all are no attachment."""
    forge = start_forge(name)
    data = tarball("glow", "1.0.0", size)
    status = _put(forge, "glow", "1.0.0", data=data)[0]
    if not size:
        assert status == 400
        return
    assert status == 201
    for path in ("/-/1.0.0/glow-1.0.0.tgz", "/-/glow-1.0.0.tgz"):
        assert send(forge, "GET", f"{_BASE}/glow{path}", scheme="").body == data
    stored = NpmStore(forge.forge, OWNER).version("glow", "1.0.0")
    assert stored is not None
    (file,) = json.loads(send(forge, "GET", f"/api/v1/packages/{OWNER}/npm/glow/1.0.0/files").body)
    digests = {key: value for key, value in asdict(stored.blob).items() if key != "size"}
    assert {key: file[key] for key in digests} == digests


def test_a_bad_second_tag_leaves_the_first(start_forge: StartForge) -> None:
    """Tags are set one by one in Go's order of chance; a refused one ends it, and the version stays."""
    seen = set()
    forge = start_forge()
    for number in range(40):
        assert _put(forge, f"glow-{number}", "1.0.0", tags=("next", "1.0"))[0] == 400
        tags = send(forge, "GET", f"{_BASE}/-/package/glow-{number}/dist-tags").body
        seen.add(tags)
    assert seen == {b'{"next":"1.0.0"}\n', b"{}\n"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b'{"versions": {"1.0.0": []}}', 500),
        (b'{"versions": {"1.0.0": null}}', 400),
        (b'{"versions": null}', 400),
        (b'{"versions": {"1": {"name": "glow", "version": "1.0.0"}}, "_attachments": {"a": {"data": 5}}}', 500),
        (b'{"versions": {"1": {"name": "glow", "version": "1.0.0"}}, "_attachments": {"a": {"length": "5"}}}', 500),
        (b'{"versions": {}, "dist-tags": {"latest": 1}}', 500),
        (b'{"versions": {}, "license": {}}', 400),
        (b"null", 400),
        (b"[" * 100_000, 500),
    ],
)
def test_wrong_types_are_internal_errors(start_forge: StartForge, text: bytes, status: int) -> None:
    """A value of a type that Go cannot decode is 500, null is as if it were missing."""
    assert send(start_forge(), "PUT", f"{_BASE}/glow", body=text).status == status


def test_search_pages_and_shows_the_latest(start_forge: StartForge) -> None:
    """A search finds a part of a name in any case, one version of each package, from and size as asked."""
    forge = start_forge()
    for name in ("glow", "glow-worm", "wick"):
        publish(forge, OWNER, name, "1.0.0")
    publish(forge, OWNER, "glow", "2.0.0")
    found = json.loads(send(forge, "GET", f"{_BASE}/-/v1/search?text=GLOW").body)
    assert found["total"] == 2
    assert {(entry["package"]["name"], entry["package"]["version"]) for entry in found["objects"]} == {
        ("glow", "2.0.0"),
        ("glow-worm", "1.0.0"),
    }
    paged = json.loads(send(forge, "GET", f"{_BASE}/-/v1/search?from=1&size=1").body)
    assert (paged["total"], len(paged["objects"])) == (3, 1)


def test_package_lists_have_pages(start_forge: StartForge) -> None:
    """30 versions a page unless asked otherwise, 50 at most, an empty page after the last."""
    forge = start_forge()
    for number in range(55):
        publish(forge, OWNER, "glow", f"1.0.{number}", size=1)
    for query, count in (("", 30), ("limit=100", 50), ("limit=100&page=2", 5), ("page=9", 0), ("limit=0", 30)):
        answer = send(forge, "GET", f"/api/v1/packages/{OWNER}?type=npm&{query}")
        assert len(json.loads(answer.body)) == count, query
        assert dict(answer.headers)["x-total-count"] == "55"


def test_one_is_added_twice_at_the_same_time(start_forge: StartForge) -> None:
    """With PostgreSQL, who began before the winner had finished fails with 500 by chance; who began later hears 409."""
    running = start_forge(postgres=True)
    forge = running.forge
    store, user = NpmStore(forge, OWNER), forge.user("publisher")
    assert user is not None
    writer = forge.storage.writer()
    writer.write(b"x")
    upload = Upload(
        name="glow",
        version="1.0.0",
        file_name="glow-1.0.0.tgz",
        tags=(),
        fields={},
        repository={"type": "", "url": ""},
        blob=writer.commit(),
    )
    begun = [forge.flying.begin() for _ in range(100)]
    assert store.add(upload, user, begun[0]) is Added.NEW
    ends = [store.add(upload, user, entry) for entry in begun[1:]]
    assert set(ends) == {Added.EXISTS, Added.FAILED}
    assert 20 <= ends.count(Added.FAILED) <= 60
    assert {store.add(upload, user, forge.flying.begin()) for _ in range(50)} == {Added.EXISTS}


def test_nobody_may_do_anything_for_an_unknown_owner(start_forge: StartForge) -> None:
    """The packages API says 404 for an owner that is not there, after it has looked at the token."""
    forge = start_forge()
    assert send(forge, "GET", "/api/v1/packages/nobody").status == 404
    assert send(forge, "GET", "/api/v1/packages/nobody", scheme="").status == 401
