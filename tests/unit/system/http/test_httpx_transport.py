"""The real transport against well-behaved servers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from samebytes.errors import BuildError, ConfigError, SiteError
from samebytes.system.content import BytesContent, CollectingSink, FileContent, HashingSink
from samebytes.system.http.base import AmbiguousError, NotSentError, Request
from samebytes.system.http.httpx_transport import HttpxTransport
from tests.unit.system.http.hostile_server import HostileServer, Line, answering, ok


@pytest.fixture
def transport() -> Iterator[HttpxTransport]:
    """One with short limits."""
    made = HttpxTransport(connections=2, connect_timeout_s=5, request_timeout_s=20)
    yield made
    made.close()


def test_gives_the_whole_answer(transport: HttpxTransport) -> None:
    """Status, headers in lower case with repeated ones joined, and body come as they were sent"""
    with HostileServer((answering(ok(b"no", "X-A: 1", "x-a: 2", status="404 Gone Fishing")),)) as server:
        answer = transport.send(Request(method="GET", url=server.url("/a%2Fb?c=%20d"), headers={"x-b": "3"}))
    assert (answer.status, answer.body, answer.headers["x-a"]) == (404, b"no", "1, 2")
    assert server.requests[0].startswith(b"GET /a%2Fb?c=%20d HTTP/1.1\r\n")
    assert b"x-b: 3" in server.requests[0]
    assert f"host: 127.0.0.1:{server.port}".encode() in server.requests[0]


def test_uses_a_connection_again(transport: HttpxTransport) -> None:
    """Requests after each other go through one connection"""
    with HostileServer((answering(ok(b"1"), ok(b"2")),)) as server:
        bodies = [transport.send(Request(method="GET", url=server.url())).body for _ in range(2)]
    assert (bodies, server.connections) == ([b"1", b"2"], 1)


def test_streams_a_body_with_its_length(transport: HttpxTransport) -> None:
    """What is uploaded has a content-length, and arrives whole, in more than one chunk too"""
    data = bytes(range(256)) * 12_000
    with HostileServer((answering(ok(status="201 Created")),)) as server:
        answer = transport.send(Request(method="PUT", url=server.url(), body=BytesContent(data)))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert answer.status == 201
    assert f"content-length: {len(data)}".encode() in head
    assert body == data


def test_says_that_an_empty_body_is_empty(transport: HttpxTransport) -> None:
    """A POST without a body has a content-length of 0, which some servers insist on"""
    with HostileServer((answering(ok()),)) as server:
        transport.send(Request(method="POST", url=server.url()))
    assert b"content-length: 0" in server.requests[0]


def test_gives_a_successful_body_to_the_sink(transport: HttpxTransport) -> None:
    """With a sink the body of a 2xx goes there, without a limit"""
    sink = HashingSink("sha256")
    data = b"x" * 300_000
    with HostileServer((answering(ok(data)),)) as server:
        answer = transport.send(Request(method="GET", url=server.url(), limit_bytes=10), sink)
    expected = HashingSink("sha256")
    expected.write(data)
    assert (answer.body, sink.digest) == (b"", expected.digest)


def test_keeps_an_error_page_from_the_sink(transport: HttpxTransport) -> None:
    """The body of a 404 is in the answer, and the sink has seen nothing"""
    sink = CollectingSink(100, "it")
    with HostileServer((answering(ok(b"gone", status="404 Not Found")),)) as server:
        answer = transport.send(Request(method="GET", url=server.url()), sink)
    assert (answer.body, sink.data) == (b"gone", b"")


def test_knows_a_head_request_has_no_body(transport: HttpxTransport) -> None:
    """The content-length of an answer to HEAD is about another body"""
    head_only = ok(b"x" * 9)[:-9]
    with HostileServer((answering(head_only, ok(b"2")),)) as server:
        answer = transport.send(Request(method="HEAD", url=server.url(), limit_bytes=1))
        assert (answer.headers["content-length"], answer.body) == ("9", b"")
        assert transport.send(Request(method="GET", url=server.url())).body == b"2"


def test_passes_over_100_continue(transport: HttpxTransport) -> None:
    """An informational answer that nobody asked for is not the answer"""
    with HostileServer((answering(b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"2")),)) as server:
        assert transport.send(Request(method="PUT", url=server.url(), body=BytesContent(b"1"))).body == b"2"


def test_reads_the_refusal_of_an_upload_that_is_still_going_on(transport: HttpxTransport) -> None:
    """A server that answers 413 and stops reading is heard"""

    def refuse(line: Line) -> None:
        line.connection.recv(100)
        line.send(ok(b"too large", "connection: close", status="413 Too Large"))
        line.connection.shutdown(socket.SHUT_WR)
        while line.connection.recv(1 << 20):
            pass

    with HostileServer((refuse,)) as server:
        answer = transport.send(Request(method="PUT", url=server.url(), body=BytesContent(b"x" * 5_000_000)))
    assert (answer.status, answer.body) == (413, b"too large")


def test_sends_a_read_again_when_a_kept_connection_was_closed(transport: HttpxTransport) -> None:
    """The end of an idle connection is no failure of a read, even when it comes with the request"""

    def answer_then_drop(line: Line) -> None:
        line.request()
        line.send(ok(b"1"))
        line.request()

    with HostileServer((answer_then_drop, answering(ok(b"2")))) as server:
        bodies = [transport.send(Request(method="GET", url=server.url())).body for _ in range(2)]
    assert (bodies, server.connections, len(server.requests)) == ([b"1", b"2"], 2, 3)


def test_does_not_send_a_write_again_that_the_server_may_have_read(transport: HttpxTransport) -> None:
    """On the same connection a write is ambiguous, and sent once"""

    def answer_then_drop(line: Line) -> None:
        line.request()
        line.send(ok(b"1"))
        line.request()

    with HostileServer((answer_then_drop, answering(ok(b"2")))) as server:
        transport.send(Request(method="GET", url=server.url()))
        with pytest.raises(AmbiguousError) as caught:
            transport.send(Request(method="PUT", url=server.url(), body=BytesContent(b"1")))
    assert (caught.value.code, type(caught.value)) == ("SB-5121", AmbiguousError)
    assert len(server.requests) == 2


def test_notices_before_a_write_that_a_kept_connection_is_closed(transport: HttpxTransport) -> None:
    """A connection that the server has closed meanwhile is not used for the next write"""
    closed = threading.Event()

    def answer_and_close(line: Line) -> None:
        line.request()
        line.send(ok(b"1"))
        line.connection.shutdown(socket.SHUT_WR)
        closed.set()

    with HostileServer((answer_and_close, answering(ok(b"2")))) as server:
        transport.send(Request(method="GET", url=server.url()))
        closed.wait(20)
        assert transport.send(Request(method="PUT", url=server.url(), body=BytesContent(b"1"))).body == b"2"
    assert server.connections == 2


def test_waits_for_a_free_connection(transport: HttpxTransport) -> None:
    """More threads than connections are served one after the other, and no more connections are made"""
    served = answering(*[ok(b"1")] * 40)
    answers: list[int] = []
    with HostileServer((served,)) as server:

        def ask() -> None:
            answers.extend(transport.send(Request(method="GET", url=server.url())).status for _ in range(5))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [200] * 40
    assert server.connections <= 2


def test_says_when_no_connection_becomes_free() -> None:
    """Where all connections stay busy the request was not sent, and the error says so"""
    transport = HttpxTransport(connections=1, connect_timeout_s=5, request_timeout_s=20)
    arrived = threading.Event()

    def stall(line: Line) -> None:
        line.request()
        arrived.set()
        line.server.stopped.wait(20)

    def ask(url: str) -> None:
        with pytest.raises(AmbiguousError):
            transport.send(Request(method="GET", url=url))

    with HostileServer((stall,)) as server:
        busy = threading.Thread(target=ask, args=(server.url(),))
        busy.start()
        arrived.wait(20)
        with pytest.raises(NotSentError) as caught:
            transport.send(Request(method="PUT", url=server.url(), timeout_s=0.05))
    busy.join()
    transport.close()
    assert caught.value.code == "SB-5120"


def test_lets_out_what_the_content_raises(transport: HttpxTransport) -> None:
    """A file that is gone is not the network's fault, and leaves no broken connection behind"""
    with HostileServer((answering(ok()), answering(ok(b"2")))) as server:
        with pytest.raises(BuildError):
            transport.send(Request(method="PUT", url=server.url(), body=FileContent("gone.tgz", 5)))
        assert transport.send(Request(method="GET", url=server.url())).status == 200


def test_lets_out_what_the_sink_raises(transport: HttpxTransport) -> None:
    """A sink that has had enough ends the transfer"""
    with HostileServer((answering(ok(b"x" * 100)),)) as server, pytest.raises(SiteError) as caught:
        transport.send(Request(method="GET", url=server.url()), CollectingSink(50, "it"))
    assert caught.value.code == "SB-5003"


@pytest.mark.parametrize("size", [4, 6])
def test_refuses_content_that_is_not_as_long_as_it_says(transport: HttpxTransport, size: int) -> None:
    """A body that is shorter or longer than announced is never sent as if it were whole"""

    class Wrong(BytesContent):
        size_bytes = size

    with HostileServer((answering(ok()),)) as server, pytest.raises(SiteError) as caught:
        transport.send(Request(method="PUT", url=server.url(), body=Wrong(b"12345")))
    assert caught.value.code == "SB-5124"


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "http://a b/", "http://u:geheim@127.0.0.1/", "http:///x", "http://[/", "http://a:0/", "//x/"],
)
def test_refuses_a_url_that_is_none(transport: HttpxTransport, url: str) -> None:
    """What is no plain http or https URL is not requested, and what may be secret in it is not shown"""
    with pytest.raises(SiteError) as caught:
        transport.send(Request(method="GET", url=url))
    assert caught.value.code == "SB-5124"
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("value", ["geheim\r\nx-b: 1", "gehéim"])
def test_refuses_a_header_that_is_none(transport: HttpxTransport, value: str) -> None:
    """A header that would begin another one is not sent; its value does not show, in no cause either"""
    with HostileServer((answering(ok()),)) as server, pytest.raises(SiteError) as caught:
        transport.send(Request(method="GET", url=server.url(), headers={"x-a": value}))
    assert caught.value.code == "SB-5124"
    assert server.requests == []
    assert "geh" not in repr((caught.value.summary, caught.value.hint, caught.value.__cause__))


def test_says_that_nobody_listens(transport: HttpxTransport) -> None:
    """A refused connection is certainly not sent, and the hint says what to look at"""
    with HostileServer((answering(),)) as server:
        url = server.url("/p?token=geheim")
    with pytest.raises(NotSentError, match="connection refused") as caught:
        transport.send(Request(method="PUT", url=url))
    assert caught.value.code == "SB-5120"
    assert "port" in caught.value.hint
    assert "geheim" not in str(caught.value)


def test_says_that_a_name_is_unknown(transport: HttpxTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that DNS does not know is told as that"""

    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSentError, match="cannot be resolved"):
        transport.send(Request(method="GET", url="http://nowhere.test/"))


def test_tries_every_address_of_a_host(transport: HttpxTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first address refuses, the second one is connected to"""
    with HostileServer((answering(ok(b"2")),)) as server:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        closed = (*kind, ("127.0.0.1", 1))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [closed, (*kind, ("127.0.0.1", server.port))])
        assert transport.send(Request(method="GET", url=server.url())).body == b"2"


def test_does_not_wait_longer_for_a_connection_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that does not answer is given up in time, as not sent"""
    transport = HttpxTransport(connections=1, connect_timeout_s=0.05, request_timeout_s=20)

    def silent(self: socket.socket, address: object) -> None:
        threading.Event().wait(self.gettimeout())
        raise TimeoutError

    with HostileServer((answering(ok()),)) as server:
        monkeypatch.setattr(socket.socket, "connect", silent)
        with pytest.raises(NotSentError, match="in time"):
            transport.send(Request(method="PUT", url=server.url()))


def test_reports_an_unreachable_network(transport: HttpxTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other failure to connect says in the system's words why"""

    def unreachable(self: socket.socket, address: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    with pytest.raises(NotSentError, match="Network is unreachable"):
        transport.send(Request(method="GET", url="http://127.0.0.1:9/"))


def test_takes_an_ipv6_host(transport: HttpxTransport) -> None:
    """The brackets of an IPv6 address are in the host header"""
    try:
        server = HostileServer((answering(ok()),), host="::1").__enter__()
    except OSError:
        pytest.skip("no IPv6 on loopback")
    transport.send(Request(method="GET", url=server.url()))
    server.__exit__()
    assert f"host: [::1]:{server.port}".encode() in server.requests[0]


@pytest.mark.parametrize("proxy", ["https://p.test:1", "socks5://p.test:1", "p.test", "http://u:geheim@p.test:1"])
def test_refuses_a_proxy_it_cannot_use(proxy: str) -> None:
    """Only a plain http proxy is taken, and its password never shown"""
    with pytest.raises(ConfigError) as caught:
        HttpxTransport(connections=1, connect_timeout_s=1, request_timeout_s=1, proxy=proxy)
    assert caught.value.code == "SB-5126"
    assert "geheim" not in str(caught.value)


def test_asks_through_the_proxy() -> None:
    """With a proxy the whole URL goes there, and no address of the server is looked up"""
    with HostileServer((answering(ok(b"2")),)) as proxy:
        transport = HttpxTransport(connections=1, connect_timeout_s=5, request_timeout_s=20, proxy=proxy.url("")[:])
        assert transport.send(Request(method="GET", url="http://far.test/a")).body == b"2"
        transport.close()
    assert proxy.requests[0].startswith(b"GET http://far.test/a HTTP/1.1")


def test_says_that_the_proxy_refuses_a_tunnel() -> None:
    """A proxy that does not connect is named as the one to look at"""
    with HostileServer((answering(ok(status="403 Forbidden")),)) as proxy:
        transport = HttpxTransport(connections=1, connect_timeout_s=5, request_timeout_s=20, proxy=proxy.url(""))
        with pytest.raises(NotSentError, match="proxy") as caught:
            transport.send(Request(method="PUT", url="https://far.test/a"))
        transport.close()
    assert caught.value.code == "SB-5120"
    assert proxy.requests[0].startswith(b"CONNECT far.test:443")


def test_ignores_the_environment(monkeypatch: pytest.MonkeyPatch, transport: HttpxTransport) -> None:
    """A proxy in the environment is none of ours"""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with HostileServer((answering(ok(b"2")),)) as server:
        assert transport.send(Request(method="GET", url=server.url())).body == b"2"
