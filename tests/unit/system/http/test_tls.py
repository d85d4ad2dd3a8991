"""Encrypted connections: which certificates are trusted, and what is said where they are not."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from samebytes.errors import ConfigError, SiteError
from samebytes.system.http.base import NotSentError, Request
from samebytes.system.http.httpx_transport import HttpxTransport
from tests.unit.system.http.hostile_server import HostileServer, Line, answering, ok

# OpenSSL comes with git's own needs; the certificate is made anew, so that none can expire and no key is committed.
_MAKE = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
_NAMES = ("-subj", "/CN=forge.test", "-addext", "subjectAltName=DNS:forge.test")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `key.pem` and `cert.pem` for forge.test."""
    folder = tmp_path_factory.mktemp("tls")
    command = (*_MAKE, *_NAMES, "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return folder


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileServer]:
    """Answers one request a connection over TLS; every name leads to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")

    def behave(line: Line) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(line.connection, server_side=True) as wrapped:
            answering(ok(b"1"), ok(b"2"))(Line(wrapped, line.server))

    with HostileServer((behave,)) as made:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")

        def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
            return [(*kind, ("127.0.0.1", made.port if host.endswith(".test") else port))]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        yield made


def _transport(ca_file: Path | str = "", proxy: str = "") -> HttpxTransport:
    return HttpxTransport(connections=1, connect_timeout_s=20, request_timeout_s=20, ca_file=str(ca_file), proxy=proxy)


def _asked(transport: HttpxTransport, url: str) -> bytes:
    with contextlib.closing(transport):
        return transport.send(Request(method="GET", url=url)).body


def test_trusts_the_configured_file(certificate: Path, server: HostileServer) -> None:
    """With its certificate in `ca_file` a private server is talked to, and its connection kept"""
    transport = _transport(certificate / "cert.pem")
    url = f"https://forge.test:{server.port}/"
    bodies = [transport.send(Request(method="GET", url=url)).body for _ in range(2)]
    transport.close()
    assert (bodies, server.connections) == ([b"1", b"2"], 1)


def test_distrusts_any_other(server: HostileServer) -> None:
    """Without it nothing is sent; the hint names the setting; another attempt would not help, so it is no NotSentError"""
    with pytest.raises(SiteError) as caught:
        _asked(_transport(), f"https://forge.test:{server.port}/")
    assert (caught.value.code, type(caught.value)) == ("SB-5123", SiteError)
    assert "ca_file" in caught.value.hint
    assert server.requests == []


def test_distrusts_another_name(certificate: Path, server: HostileServer) -> None:
    """A trusted certificate for another host is not this host's"""
    with pytest.raises(SiteError, match=r"other\.test") as caught:
        _asked(_transport(certificate / "cert.pem"), f"https://other.test:{server.port}/")
    assert caught.value.code == "SB-5123"


def test_says_that_there_is_no_tls() -> None:
    """A plain server under an https URL is told as that"""

    def plain(line: Line) -> None:
        line.connection.recv(1)
        line.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with HostileServer((plain,)) as server, pytest.raises(NotSentError, match="no TLS") as caught:
        _asked(_transport(), server.url().replace("http:", "https:"))
    assert "http://" in caught.value.hint


def test_does_not_wait_for_a_handshake_for_ever() -> None:
    """A server that accepts and is silent is given up within the time to connect"""

    def wait(line: Line) -> None:
        line.server.stopped.wait(60)

    with HostileServer((wait,)) as server:
        transport = HttpxTransport(connections=1, connect_timeout_s=0.2, request_timeout_s=20)
        with pytest.raises(NotSentError, match="in time"):
            _asked(transport, server.url().replace("http:", "https:"))


def test_goes_through_a_tunnel(certificate: Path, server: HostileServer) -> None:
    """With a proxy the encryption reaches to the server: the proxy sees its name, and nothing else"""

    def tunnel(line: Line) -> None:
        line.request()
        line.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as onward:
            back = threading.Thread(target=_pump, args=(onward, line.connection))
            back.start()
            _pump(line.connection, onward)
            back.join()

    with HostileServer((tunnel,)) as proxy:
        url = f"https://forge.test:{server.port}/secret"
        assert _asked(_transport(certificate / "cert.pem", proxy.url("")), url) == b"1"
    assert proxy.requests[0].startswith(f"CONNECT forge.test:{server.port} ".encode())
    assert b"secret" not in b"".join(proxy.requests)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str | None) -> None:
    """Missing, or without a certificate: the configuration is wrong, and the file named"""
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=r"ca\.pem") as caught:
        _asked(_transport(path), "https://127.0.0.1:1/")
    assert caught.value.code == "SB-5125"
