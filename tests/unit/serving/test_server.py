"""Starting, answering and stopping on a real port."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from samebytes.errors import ConfigError, SiteError
from samebytes.model.site import Site
from samebytes.registries.folder import FolderRegistry
from samebytes.serving.server import _listen
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from samebytes.wiring import serve_sites
from tests.directory_site.doubles import CountingLease
from tests.directory_site.fake_clock import FakeClock
from tests.directory_site.members import packed, upload_of
from tests.directory_site.served import address, served, start, stop


def _get(connection: http.client.HTTPConnection, path: str) -> object:
    connection.request("GET", path)
    return json.loads(connection.getresponse().read())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serves_on_a_free_port_until_a_signal_comes(tmp_path: Path, how: signal.Signals) -> None:
    """Port 0 takes a free one; a signal is the way it is meant to end, also with an idle client connected."""
    process = start({"corp": tmp_path})
    base = address(process)
    with closing(http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)) as idle:
        assert _get(idle, "/-/ping") == {}
        assert _get(idle, "/corp/npm/nothing") == {"error": "Not found"}
        assert stop(process, how) == (0, "stopped\n", "")


def test_port_that_is_taken_is_an_error() -> None:
    """The message names the address and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SiteError, match=f"127.0.0.1 port {port} cannot be listened on") as raised:
            serve_sites([], "127.0.0.1", port, lambda _base: None)
    assert (raised.value.code, "--port" in raised.value.hint) == ("SB-5301", True)


def test_folder_that_is_no_site_is_refused_at_once(tmp_path: Path) -> None:
    """A mistyped path is an error before anybody connects; a site that has nothing yet is fine."""
    (tmp_path / "thesis.tex").write_bytes(b"")
    with pytest.raises(SiteError, match="not a directory site"):
        serve_sites([Site(id="corp", kind="directory", path=str(tmp_path))], "127.0.0.1", 0, lambda _base: None)


def test_only_directories_can_be_served() -> None:
    """A site of another kind serves itself."""
    with pytest.raises(ConfigError, match="only a directory can be served") as raised:
        serve_sites([Site(id="corp", kind="gitea")], "127.0.0.1", 0, lambda _base: None)
    assert raised.value.code == "SB-5302"


def test_listener_names_tcp() -> None:
    """Python switches Nagle's algorithm off only then; with it every answer would wait 40 ms."""
    with _listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_tarball_urls_follow_the_web_server_in_front(tmp_path: Path) -> None:
    """Host and X-Forwarded-Proto of a server on the same machine become part of tarball URLs."""
    folder = SiteFolder(FolderStore(str(tmp_path / "site")), "corp")
    folder.found()
    FolderRegistry(folder, FakeClock()).upload(upload_of(packed(tmp_path, "@s/n")), CountingLease())
    server = served({"corp": tmp_path / "site"})
    with server as base, closing(http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)) as client:
        headers = {"Host": "registry.example", "X-Forwarded-Proto": "https"}
        client.request("GET", "/corp/npm/@s%2fn/1.0.0", headers=headers)
        manifest = json.loads(client.getresponse().read())
    assert manifest["dist"]["tarball"] == "https://registry.example/corp/npm/@s/n/-/n-1.0.0.tgz"
