"""What the recorders noted beside the exchanges: pages, races, limits, and drafts that show."""

from __future__ import annotations

import http.client
import json
import tracemalloc
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest

from samebytes.testing.forge import setup
from samebytes.testing.forge.state import Limits
from tests.contract.forge.checkout import Checkout, checkout
from tests.contract.forge.compare import Received
from tests.contract.forge.replay import send
from tests.contract.forge.servers import EVERY, GITEA_1_25, GITEA_1_26, POSTGRES, server_of
from tests.contract.forge.under_test import ForgeUnderTest, stand_in

_API = f"/api/v1/repos/{setup.OWNER}/{setup.REPOSITORY}"
_FILES = f"/{setup.OWNER}/{setup.REPOSITORY}/releases/download"
_RAW = {"Content-Type": "application/octet-stream"}


def _post(forge: ForgeUnderTest, path: str, **body: Any) -> Received:
    headers = {"Content-Type": "application/json"}
    return send(forge, "POST", f"{_API}/{path}", body=json.dumps(body).encode(), headers=headers)


def _release(forge: ForgeUnderTest, tag: str, **options: Any) -> int:
    received = _post(forge, "releases", tag_name=tag, **options)
    assert received.status == 201, received
    return int(json.loads(received.body)["id"])


def _upload(forge: ForgeUnderTest, release: int, name: str, data: bytes) -> Received:
    return send(forge, "POST", f"{_API}/releases/{release}/assets?name={name}", body=data, headers=_RAW)


def _pushed(tmp_path: Path, forge: ForgeUnderTest) -> Checkout:
    copy = checkout(tmp_path / "copy", forge, f"{setup.OWNER}/{setup.REPOSITORY}")
    copy.commit("first", {"README.md": "lamps\n"})
    copy.git("push", "-q", "origin", "main")
    return copy


def _at_once(count: int, act: Callable[[int], Received]) -> list[Received]:
    """Answers to requests that leave at the same moment."""
    barrier = Barrier(count)

    def run(number: int) -> Received:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def _create_ref(forge: ForgeUnderTest, what: str, body: dict[str, str], _number: int) -> Received:
    return _post(forge, what, **body)


@pytest.mark.parametrize("recorded", [*EVERY, POSTGRES])
@pytest.mark.parametrize("what", ["tags", "branches"])
def test_one_of_many_creators_of_a_ref_wins(tmp_path: Path, recorded: str, what: str) -> None:
    """One gets 201; the others 500 while it ran, 409 once it was done"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        _pushed(tmp_path, forge)
        key = "tag_name" if what == "tags" else "new_branch_name"
        for number in range(3):
            answers = _at_once(8, partial(_create_ref, forge, what, {key: f"x{number}"}))
            found = Counter(answer.status for answer in answers)
            assert found[201] == 1
            assert found.keys() <= {201, 409, 500}


@pytest.mark.parametrize("recorded", EVERY)
def test_creators_of_a_release_share_one(tmp_path: Path, recorded: str) -> None:
    """However many are told 201, it is the same release: creating is no lock"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        _pushed(tmp_path, forge)
        answers = _at_once(8, lambda _: _post(forge, "releases", tag_name="v1.0.0"))
        assert {answer.status for answer in answers} <= {201, 409, 500}
        assert len({json.loads(answer.body)["id"] for answer in answers if answer.status == 201}) == 1


def test_uploads_of_one_name_are_all_kept(tmp_path: Path) -> None:
    """Eight uploads of a name are eight assets, of which the download gives one"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        _pushed(tmp_path, forge)
        release = _release(forge, "v1.0.0")
        answers = _at_once(8, lambda number: _upload(forge, release, "race.txt", b"%d" % number))
        assert [answer.status for answer in answers] == [201] * 8
        names = [asset["name"] for asset in json.loads(send(forge, "GET", f"{_API}/releases/{release}/assets").body)]
        assert names == ["race.txt"] * 8
        assert send(forge, "GET", f"{_FILES}/v1.0.0/race.txt").status == 200


@pytest.mark.parametrize("recorded", EVERY)
def test_losers_of_a_branch_get_the_recorded_status(tmp_path: Path, recorded: str) -> None:
    """Files written at once to one branch: those that came before the first was done fail"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        _pushed(tmp_path, forge)
        lost = 403 if recorded == GITEA_1_26 else 500
        answers = _at_once(6, lambda number: _post(forge, f"contents/file{number}", content="e30="))
        found = Counter(answer.status for answer in answers)
        assert found[201] >= 1
        assert found.keys() <= {201, lost}


def test_releases_come_in_pages_and_assets_do_not(tmp_path: Path) -> None:
    """30 by default, 50 at most, with links; assets all at once whatever is asked for"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        _pushed(tmp_path, forge)
        for number in range(61):
            _release(forge, f"d{number}", draft=True)
        sizes = {}
        for query in ("", "?limit=50", "?limit=50&page=2", "?limit=100", "?page=99"):
            received = send(forge, "GET", f"{_API}/releases{query}")
            headers = dict(received.headers)
            sizes[query] = (len(json.loads(received.body)), headers["x-total-count"], headers["link"].count("rel="))
        assert sizes == {
            "": (30, "61", 2),
            "?limit=50": (50, "61", 2),
            "?limit=50&page=2": (11, "61", 2),
            "?limit=100": (50, "61", 2),
            "?page=99": (0, "61", 2),
        }
        link = dict(send(forge, "GET", f"{_API}/releases?page=99").headers)["link"].replace(forge.base_url, "")
        assert link == f'<{_API}/releases?page=1>; rel="first",<{_API}/releases?page=2>; rel="prev"'
        release = _release(forge, "v1.0.0")
        for number in range(60):
            assert _upload(forge, release, f"a{number}", b"x").status == 201
        received = send(forge, "GET", f"{_API}/releases/{release}/assets?limit=10&page=2")
        assert len(json.loads(received.body)) == 60
        assert "x-total-count" not in dict(received.headers)


@pytest.mark.parametrize("recorded", EVERY)
def test_drafts_show_in_lists_to_writers(tmp_path: Path, recorded: str) -> None:
    """Lists show drafts to the publisher, to its read-only token but on Gitea 1.26, and to nobody else"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        _release(forge, "v3.0.0", draft=True)
        seen: dict[str, bool] = {}
        for actor, scheme in (("publisher", "Bearer"), ("read_only", "Bearer"), ("stranger", "Bearer"), ("", "")):
            for query in ("", "?draft=true"):
                received = send(forge, "GET", f"{_API}/releases{query}", actor=actor, scheme=scheme)
                assert received.status == 200
                seen[actor] = seen.get(actor, True) and bool(json.loads(received.body))
        assert seen == {"publisher": True, "read_only": recorded != GITEA_1_26, "stranger": False, "": False}


def test_body_of_a_release_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """300 kB with line ends of both kinds"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        body = "small\r\nline\n" * 25_000
        release = _release(forge, "v1", draft=True, body=body)
        assert json.loads(send(forge, "GET", f"{_API}/releases/{release}").body)["body"] == body


def test_limits_refuse_size_and_type(tmp_path: Path) -> None:
    """Too large is 413, a wrong type 400, and 422 as a new name; the settings tell the size, not the types"""
    limits = Limits(asset_size=1024 * 1024, asset_types=".tgz,.json")
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25), limits=limits) as forge:
        release = _release(forge, "v1", draft=True)
        assert _upload(forge, release, "a.tgz", b"x" * (1024 * 1024 + 1)).status == 413
        assert _upload(forge, release, "a.exe", b"x").status == 400
        asset = json.loads(_upload(forge, release, "a.tgz", b"x").body)["id"]
        path = f"{_API}/releases/{release}/assets/{asset}"
        assert send(forge, "PATCH", path, body=b'{"name": "a.exe"}').status == 422
        settings = json.loads(send(forge, "GET", "/api/v1/settings/attachment").body)
        assert settings["max_size"] == 1
        assert ".exe" not in settings["allowed_types"]
        assert ".zip" in settings["allowed_types"]


def test_form_with_more_fields_gives_the_right_bytes(tmp_path: Path) -> None:
    """A file between other parts, larger than what is read at once and with the boundary's beginning inside"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        copy = _pushed(tmp_path, forge)
        copy.git("tag", "v1.0.0")
        copy.git("push", "-q", "origin", "v1.0.0")
        release = _release(forge, "v1.0.0")
        data = b"\r\n--mar" * 100_000 + bytes(range(256))
        head = b'--mark\r\nContent-Disposition: form-data; name="note"\r\n\r\nfirst\r\n--mark\r\n'
        head += b'Content-Disposition: form-data; name="attachment"; filename="a b.bin"\r\n\r\n'
        body = head + data + b'\r\n--mark\r\nContent-Disposition: form-data; name="z"\r\n\r\nlast\r\n--mark--\r\n'
        headers = {"Content-Type": "multipart/form-data; boundary=mark"}
        received = send(forge, "POST", f"{_API}/releases/{release}/assets", body=body, headers=headers)
        assert received.status == 201, received
        assert send(forge, "GET", f"{_FILES}/v1.0.0/a%20b.bin").body == data


def test_large_assets_cost_no_memory(tmp_path: Path) -> None:
    """64 MB up and down take the stand-in a few megabytes"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        _pushed(tmp_path, forge)
        release = _release(forge, "v1.0.0")
        size = 64 * 1024 * 1024
        sparse = tmp_path / "sparse"
        with sparse.open("wb") as file:
            file.truncate(size)
        connection = http.client.HTTPConnection(urlsplit(forge.base_url).netloc)
        sign_in = {"Authorization": forge.authorization("publisher", "Bearer") or "", "Content-Length": str(size)}
        tracemalloc.start()
        with sparse.open("rb") as file:
            connection.request("POST", f"{_API}/releases/{release}/assets?name=a", file, {**_RAW, **sign_in})
            assert connection.getresponse().read() is not None
        connection.request("GET", f"{_FILES}/v1.0.0/a")
        answer, read = connection.getresponse(), 0
        while chunk := answer.read(64 * 1024):
            read += len(chunk)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        connection.close()
        assert read == size
        assert peak < 8 * 1024 * 1024
