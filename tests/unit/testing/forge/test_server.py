"""A stand-in runs in a thread or as a process, keeps what it acknowledged, and takes large bodies in little memory."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from samebytes.testing.forge import server, setup
from samebytes.testing.forge.npm_store import NpmStore
from samebytes.testing.forge.product import PRODUCTS
from samebytes.testing.forge.state import Forge

_HEADERS = {"Authorization": f"Bearer {setup.TOKENS.publisher}"}


@contextmanager
def _process(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "samebytes.testing.forge", "--folder", str(folder), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _ask(base_url: str, method: str, path: str, body: object = None, size: int | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=120)
    headers = _HEADERS | ({"Content-Length": str(size)} if size is not None else {})
    try:
        connection.request(method, path, body, headers)  # type: ignore[arg-type]
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _publish(base_url: str, name: str, data: bytes = b"x") -> int:
    integrity = base64.b64encode(hashlib.sha512(data).digest()).decode()
    body = {
        "name": name,
        "dist-tags": {"latest": "1.0.0"},
        "versions": {"1.0.0": {"name": name, "version": "1.0.0", "dist": {"integrity": f"sha512-{integrity}"}}},
        "_attachments": {"a.tgz": {"data": base64.b64encode(data).decode()}},
    }
    return _ask(base_url, "PUT", f"/api/packages/lanterns/npm/{name}", json.dumps(body).encode())[0]


def test_runs_in_a_thread_again_and_again(tmp_path: Path) -> None:
    """The same folder is served by one server after another, at a fresh port each."""
    for round_ in range(2):
        forge = setup.ready_forge(tmp_path, PRODUCTS["gitea-1.25"])
        with server.running(forge) as base_url:
            assert _publish(base_url, f"glow-{round_}") == 201
            assert forge.root_url == base_url
            assert _ask(base_url, "GET", "/api/packages/lanterns/npm/glow-0")[0] == 200
        forge.storage.close()


def test_root_url_can_be_another_one(tmp_path: Path) -> None:
    """Tarball addresses have the host of ROOT_URL."""
    forge = setup.ready_forge(tmp_path, PRODUCTS["gitea-1.25"])
    forge.root_url = "https://forge.invalid"
    with server.running(forge) as base_url:
        assert _publish(base_url, "glow") == 201
        body = _ask(base_url, "GET", "/api/packages/lanterns/npm/glow")[1]
    forge.storage.close()
    tarball = json.loads(body)["versions"]["1.0.0"]["dist"]["tarball"]
    assert tarball == "https://forge.invalid/api/packages/lanterns/npm/glow/-/1.0.0/glow-1.0.0.tgz"


def test_process_ends_in_order_at_a_signal(tmp_path: Path) -> None:
    """The process tells its address as one line and ends with 0 at SIGTERM."""
    with _process(tmp_path, "--product", "forgejo-11", "--seed", "7") as (process, base_url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base_url)
        version = json.loads(_ask(base_url, "GET", "/api/v1/version")[1])
        assert version == {"version": PRODUCTS["forgejo-11"].version}
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_kill_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """What got 201 is there after SIGKILL, for a checker and for the next process."""
    with _process(tmp_path) as (process, base_url):
        for number in range(5):
            assert _publish(base_url, f"glow-{number}") == 201
        os.kill(process.pid, signal.SIGKILL)
    checker = Forge.read(tmp_path, PRODUCTS["gitea-1.25"])
    names = {version.name for version in NpmStore(checker, "lanterns").all_versions()}
    checker.storage.close()
    assert names == {f"glow-{number}" for number in range(5)}
    with _process(tmp_path) as (_, base_url):
        assert _ask(base_url, "GET", "/api/packages/lanterns/npm/-/package/glow-4/dist-tags") == (
            200,
            b'{"latest":"1.0.0"}\n',
        )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("megabytes", [48, pytest.param(225, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_a_body(tmp_path: Path, megabytes: int) -> None:
    """A large tarball is published and served by a process that stays small."""
    block = base64.b64encode(bytes(3 * 256 * 1024))
    count = megabytes * 4 // 3
    plain = bytes(3 * 256 * 1024)
    sha512 = hashlib.sha512()
    for _ in range(count):
        sha512.update(plain)
    manifest = {
        "name": "glow",
        "version": "1.0.0",
        "dist": {"integrity": f"sha512-{base64.b64encode(sha512.digest()).decode()}"},
    }
    head = json.dumps({"name": "glow", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": manifest}})
    before = f'{head[:-1]}, "_attachments": {{"glow.tgz": {{"data": "'.encode()
    after = b'"}}}'
    size = len(before) + count * len(block) + len(after)

    def body() -> Iterator[bytes]:
        yield before
        for _ in range(count):
            yield block
        yield after

    with _process(tmp_path) as (process, base_url):
        small = _peak_kb(process.pid)
        assert _ask(base_url, "PUT", "/api/packages/lanterns/npm/glow", body(), size)[0] == 201
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=120)
        connection.request("GET", "/api/packages/lanterns/npm/glow/-/glow-1.0.0.tgz")
        response = connection.getresponse()
        served = hashlib.sha512()
        while chunk := response.read(1 << 20):
            served.update(chunk)
        connection.close()
        grown = _peak_kb(process.pid) - small
    assert served.digest() == sha512.digest()
    assert grown < 30_000


def _peak_kb(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1])
