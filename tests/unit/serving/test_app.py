"""What npm clients get from a served directory site."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from samebytes.forges.folder import FolderReleases
from samebytes.model.digests import sha256
from samebytes.model.tarball import PackedMember
from samebytes.registries.folder import FolderRegistry
from samebytes.serving import packuments
from samebytes.serving.app import ABBREVIATED, SitesApp
from samebytes.system.content import BytesContent
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.asgi import Answer, ask
from tests.directory_site.doubles import CountingLease
from tests.directory_site.fake_clock import FakeClock
from tests.directory_site.members import packed, upload_of
from tests.site_calls import tag_at

_TAG = "@s/n@1.0.0"
_BIG = bytes(range(256)) * 8192  # two MiB: more than is read at once


class _Sites:
    """Two sites and the application that serves them; only `corp` has something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "corp"
        self.corp = SiteFolder(FolderStore(str(self.folder)), "corp")
        self.corp.found()
        self.registry = FolderRegistry(self.corp, FakeClock())
        self.lease = CountingLease()
        self.member = packed(
            folder,
            "@s/n",
            extra={
                "description": "A nice <thing>",
                "scripts": {"postinstall": "node x", "test": "node y"},
                "dependencies": {"b": "^1.0.0", "a": "^1.0.0"},
                "devDependencies": {"c": "1"},
                "engines": {"node": ">=20"},
            },
        )
        self.registry.upload(upload_of(self.member, "latest"), self.lease)
        self.plain = packed(folder, "plain", "2.0.0-rc.1")
        self.registry.upload(upload_of(self.plain, "next"), self.lease)
        releases = FolderReleases(self.corp)
        releases.create(tag_at(_TAG), self.lease)
        for name, data in {"SHA512SUMS": b"0123456789", "big.bin": _BIG}.items():
            releases.put(_TAG, name, BytesContent(data), sha256(data), self.lease)
        self.app = SitesApp({"corp": self.corp, "home": SiteFolder(FolderStore(str(folder / "home")), "home")})

    def ask(self, target: str, *, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path."""
        return ask(self.app, target, method=method, **headers)

    def json(self, target: str, **headers: str) -> Any:
        """The document at a path, which must be there."""
        answer = self.ask(target, **headers)
        assert answer.status == 200, answer
        return json.loads(answer.body)


@pytest.fixture
def sites(tmp_path: Path) -> _Sites:
    """Sites with two packages and a release."""
    return _Sites(tmp_path)


@pytest.mark.parametrize("path", ["/corp/npm/@s/n", "/corp/npm/@s%2fn", "/corp/npm/%40s%2Fn"])
def test_packument_in_every_encoding(sites: _Sites, path: str) -> None:
    """A scoped name comes in three encodings; tarball URLs name the host that was asked."""
    packument = sites.json(path, host="registry.example:8080")
    manifest = packument["versions"]["1.0.0"]
    assert packument["dist-tags"] == {"latest": "1.0.0"}
    assert manifest["dist"]["tarball"] == "http://registry.example:8080/corp/npm/@s/n/-/n-1.0.0.tgz"
    assert manifest["dist"]["integrity"] == sites.member.tarball.sha512.integrity
    assert manifest["scripts"]["test"] == "node y"
    assert packument["time"]["1.0.0"] == "2026-01-01T00:00:00.000Z"


def test_abbreviated_packument(sites: _Sites) -> None:
    """Installers get what they install by, `time` too, and nothing else."""
    answer = sites.ask("/corp/npm/@s%2fn", accept=f"{ABBREVIATED}; q=1.0, application/json; q=0.8")
    packument = json.loads(answer.body)
    manifest = packument["versions"]["1.0.0"]
    assert answer.headers["content-type"] == ABBREVIATED
    assert list(packument) == ["name", "dist-tags", "versions", "modified", "time"]
    assert packument["time"]["1.0.0"] == packument["modified"]
    assert (manifest["dependencies"], manifest["hasInstallScript"]) == ({"a": "^1.0.0", "b": "^1.0.0"}, True)
    assert not {"scripts", "description", "main", "_id"} & set(manifest)
    assert manifest["dist"]["tarball"].endswith("/corp/npm/@s/n/-/n-1.0.0.tgz")


def test_abbreviated_without_install_scripts(sites: _Sites) -> None:
    """`hasInstallScript` is there only where it is true."""
    assert "hasInstallScript" not in sites.json("/corp/npm/plain", accept=ABBREVIATED)["versions"]["2.0.0-rc.1"]


def test_abbreviated_with_a_native_addon(sites: _Sites, tmp_path: Path) -> None:
    """A binding.gyp is built on installation without any script; the stored manifest says so, and clients must hear it."""
    addon = packed(tmp_path, "addon", extra={"hasInstallScript": True})
    sites.registry.upload(upload_of(addon, "latest"), sites.lease)
    manifest = sites.json("/corp/npm/addon", accept=ABBREVIATED)["versions"]["1.0.0"]
    assert manifest["hasInstallScript"] is True


def test_packument_is_conditional(sites: _Sites) -> None:
    """A client that has the document gets 304; the two forms have different ETags."""
    first = sites.ask("/corp/npm/plain")
    for etag in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = sites.ask("/corp/npm/plain", if_none_match=etag)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert sites.ask("/corp/npm/plain", if_none_match='"x"').status == 200
    assert sites.ask("/corp/npm/plain", accept=ABBREVIATED).headers["etag"] != first.headers["etag"]
    assert first.headers["vary"] == "Accept"


def test_change_is_seen_at_once(sites: _Sites, tmp_path: Path) -> None:
    """What is kept in memory is the file as it is, never an older one."""
    before = sites.ask("/corp/npm/@s/n")
    sites.registry.upload(upload_of(packed(tmp_path, "@s/n", "1.1.0"), "next"), sites.lease)
    after = sites.ask("/corp/npm/@s/n", if_none_match=before.headers["etag"])
    assert (after.status, list(json.loads(after.body)["versions"])) == (200, ["1.0.0", "1.1.0"])
    sites.registry.delete_version(sites.member.tarball.id, sites.lease)
    assert sites.ask("/corp/npm/@s/n/-/n-1.0.0.tgz").status == 404


def test_memory_is_bounded(sites: _Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many packuments and hosts are asked for, only so many bytes are kept."""
    monkeypatch.setattr(packuments, "_KEPT_BYTES", 3000)
    kept = sites.app._packuments["corp"]
    for number in range(20):
        assert sites.ask("/corp/npm/plain", host=f"host{number}").status == 200
        assert sites.ask("/corp/npm/@s/n", host=f"host{number}").status == 200
    assert kept._kept_bytes == sum(one.size_bytes for one in kept._kept.values())
    assert len(kept._kept) == 1


def test_one_package_is_not_kept_without_bound(sites: _Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever names a client calls the server by, a package has a few bodies, and none where even one is too large."""
    kept = sites.app._packuments["corp"]
    for number in range(20):
        assert sites.ask("/corp/npm/plain", host=f"host{number}").status == 200
    (package,) = kept._kept.values()
    assert len(package.bodies) == 8
    assert kept._kept_bytes == package.size_bytes
    monkeypatch.setattr(packuments, "_KEPT_BYTES", 10)
    for _ in range(2):
        assert sites.json("/corp/npm/plain", host="host19")["name"] == "plain"
        assert sites.json("/corp/npm/@s/n")["name"] == "@s/n"
    assert (kept._kept_bytes, dict(kept._kept)) == (0, {})


@pytest.mark.parametrize("path", ["/corp/npm/@s/n/-/n-1.0.0.tgz", "/corp/npm/@s%2fn/-/n-1.0.0.tgz"])
def test_tarball(sites: _Sites, path: str) -> None:
    """The very bytes, which caches may keep for good."""
    answer = sites.ask(path)
    assert answer.body == Path(sites.member.file).read_bytes()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "immutable" in answer.headers["cache-control"]
    again = sites.ask(path, if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_tarball_that_no_packument_names_is_not_served(sites: _Sites) -> None:
    """What a crashed upload left is not there for clients."""
    folder = sites.folder / "npm/@s/n/-"
    (folder / "n-9.9.9.tgz").write_bytes(b"half")
    for name in ("n-9.9.9.tgz", "x-1.0.0.tgz", "n-1.0.0", "1.0.0.tgz", "n-1.0.0.tgz.tgz", ""):
        assert sites.ask(f"/corp/npm/@s/n/-/{name}").status == 404
    assert sites.ask("/corp/npm/unknown/-/unknown-1.0.0.tgz").status == 404


@pytest.mark.parametrize(
    ("wanted", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 200, b"0123456789", None),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_ranges(sites: _Sites, wanted: str, status: int, body: bytes, content_range: str | None) -> None:
    """One range of bytes is answered; anything else gets the whole file, or 416 where nothing is left."""
    answer = sites.ask("/corp/releases/%40s%2Fn%401.0.0/SHA512SUMS", range=wanted)
    assert (answer.status, answer.body) == (status, body)
    assert answer.headers.get("content-range") == content_range


def test_range_of_another_file_gets_the_whole(sites: _Sites) -> None:
    """If-Range with another ETag means: all of it, please."""
    path = "/corp/releases/%40s%2Fn%401.0.0/SHA512SUMS"
    etag = sites.ask(path).headers["etag"]
    assert sites.ask(path, range="bytes=0-3", if_range=etag).status == 206
    assert sites.ask(path, range="bytes=0-3", if_range='"other"').status == 200


def test_large_file_comes_in_pieces(sites: _Sites) -> None:
    """A file that is too large to be read at once arrives whole, and in part."""
    path = "/corp/releases/%40s%2Fn%401.0.0/big.bin"
    assert sites.ask(path).body == _BIG
    assert sites.ask(path, range="bytes=1-1500000").body == _BIG[1:1500001]
    assert sites.ask(path, if_none_match=sites.ask(path).headers["etag"]).status == 304


def test_large_file_that_shrinks_ends_early(sites: _Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file turns out shorter than it was, less is sent than was announced, and nothing hangs."""
    file = sites.folder / "releases/%40s%2Fn%401.0.0/big.bin"
    monkeypatch.setattr("samebytes.serving.answers.CHUNK_BYTES", 1000)
    opened = FolderStore.open

    def open_and_cut(self: FolderStore, path: str) -> object:
        found = opened(self, path)
        if found is not None and path.endswith("big.bin"):
            found.seek(0, 2)
            found.seek = lambda *_: 0  # type: ignore[method-assign]
        return found

    monkeypatch.setattr(FolderStore, "open", open_and_cut)
    answer = sites.ask("/corp/releases/%40s%2Fn%401.0.0/big.bin")
    assert (answer.body, answer.headers["content-length"]) == (b"", str(file.stat().st_size))


@pytest.mark.parametrize(
    "path", ["/", "/-/ping", "/corp/npm/@s%2fn", "/corp/npm/@s/n/-/n-1.0.0.tgz", "/corp/releases/@s%2Fn@1.0.0/big.bin"]
)
def test_head_is_get_without_the_body(sites: _Sites, path: str) -> None:
    """The same status and headers, no bytes."""
    get, head = sites.ask(path), sites.ask(path, method="HEAD")
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert get.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("path", ["/corp/npm/@s%2fn/1.0.0", "/corp/npm/@s/n/latest"])
def test_single_manifest(sites: _Sites, path: str) -> None:
    """A version is had by its number and by a dist-tag."""
    assert sites.json(path)["_id"] == "@s/n@1.0.0"


def test_dist_tags(sites: _Sites) -> None:
    """`npm dist-tag ls` reads them on their own."""
    assert sites.json("/corp/npm/-/package/plain/dist-tags") == {"next": "2.0.0-rc.1"}


def test_search(sites: _Sites) -> None:
    """Packages with a `latest` are found by words in their name or description."""
    (sites.folder / "npm/NotOurs").mkdir()
    (sites.folder / "npm/empty").mkdir()
    found = sites.json("/corp/npm/-/v1/search?text=NICE+s/n&size=20")
    assert (found["total"], found["objects"][0]["package"]["name"]) == (1, "@s/n")
    assert sites.json("/corp/npm/-/v1/search?text=nothing")["objects"] == []
    assert sites.json("/corp/npm/-/v1/search")["total"] == 1
    assert sites.json("/home/npm/-/v1/search")["total"] == 0


def test_index_lists_the_sites(sites: _Sites) -> None:
    """The page shows each site's registry address, with the host that was asked."""
    page = sites.ask("/").body.decode()
    assert "http://127.0.0.1:4873/corp/npm/" in page
    assert "http://127.0.0.1:4873/home/npm/" in page


def test_ping(sites: _Sites) -> None:
    """`npm ping` works for the server and for each registry."""
    assert sites.json("/-/ping") == {}
    assert sites.json("/corp/npm/-/ping") == {}


@pytest.mark.parametrize(
    "path",
    [
        "/corp/npm/unknown",
        "/corp/npm/unknown/latest",
        "/corp/npm/@s/n/9.9.9",
        "/corp/npm/-/package/unknown/dist-tags",
        "/home/npm/@s/n",
        "/elsewhere/npm/@s/n",
        "/corp/npm/../site.json",
        "/corp/npm/..%2fsite.json",
        "/corp/site.json",
        "/corp/local/corp/lock/lease.json",
        "/corp/releases/v9/SHA512SUMS",
        "/corp/releases/%40s%2Fn%401.0.0/.release.json",
        "/corp/releases/%40s%2Fn%401.0.0/nothing",
        "/corp/releases/..%2Fnpm/index.json",
    ],
)
def test_what_is_not_there_is_404_in_json(sites: _Sites, path: str) -> None:
    """Clients read the reason from a JSON body."""
    answer = sites.ask(path)
    assert (answer.status, json.loads(answer.body)) == (404, {"error": "Not found"})


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(sites: _Sites, method: str) -> None:
    """Every method that is not for reading is refused."""
    answer = sites.ask("/corp/npm/@s%2fn", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("host", ["", "evil/../", 'a"b', "a b", "[::1"])
def test_strange_host_is_refused(sites: _Sites, host: str) -> None:
    """What becomes part of tarball URLs is a host name and nothing else."""
    assert sites.ask("/corp/npm/@s%2fn", host=host).status == 400


@pytest.mark.parametrize("host", ["[::1]:80", "localhost", "a-b.example:65535"])
def test_usual_hosts_are_fine(sites: _Sites, host: str) -> None:
    """Names, addresses and ports as browsers and clients send them."""
    dist = sites.json("/corp/npm/@s%2fn", host=host)["versions"]["1.0.0"]["dist"]
    assert dist["tarball"].startswith(f"http://{host}/corp/npm/")


def test_unreadable_is_500_never_404(sites: _Sites) -> None:
    """Damage at the site must not look like a package that is not there."""
    (sites.folder / "npm/plain/index.json").write_bytes(b"{")
    (sites.folder / "npm/@s/n/-/n-1.0.0.tgz").unlink()
    (sites.folder / "releases/%40s%2Fn%401.0.0/.release.json").write_bytes(b"{")
    for path in ("/corp/npm/plain", "/corp/npm/@s/n/-/n-1.0.0.tgz", "/corp/releases/@s%2Fn@1.0.0/big.bin"):
        answer = sites.ask(path)
        assert (answer.status, json.loads(answer.body)["error"][:7]) == (500, "SB-5001")


def test_release_of_another_tag_is_not_served(sites: _Sites) -> None:
    """On a file system that takes upper for lower case, tags are still told apart."""
    releases = sites.folder / "releases"
    (releases / "%40s%2Fn%401.0.0").rename(releases / "V1")
    assert sites.ask("/corp/releases/V1/SHA512SUMS").status == 404


def test_other_protocols_are_refused(sites: _Sites) -> None:
    """There are no web sockets here."""
    with pytest.raises(RuntimeError, match="no websocket here"):
        asyncio.run(sites.app({"type": "websocket"}, None, None))  # type: ignore[arg-type]


def test_package_without_versions_is_not_there(sites: _Sites) -> None:
    """A package whose versions were all removed is unknown to clients."""
    member: PackedMember = sites.plain
    sites.registry.delete_version(member.tarball.id, sites.lease)
    assert sites.ask("/corp/npm/plain").status == 404
    assert sites.ask("/corp/npm/plain/latest").status == 404
