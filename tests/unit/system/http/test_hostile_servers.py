"""The real transport against servers that do wrong: each ends in a clear error, in bounded time and memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samebytes.errors import SiteError
from samebytes.system.content import BytesContent, CollectingSink
from samebytes.system.http.base import AmbiguousError, Request
from samebytes.system.http.httpx_transport import HttpxTransport
from tests.unit.system.http.hostile_server import Behaviour, HostileServer, Line, answering, for_ever, ok

_HEAD = b"HTTP/1.1 200 OK\r\n"
_SHORT_S = 0.4
# Far more than the limit, far less than the server would go on for.
_PATIENCE_S = 15.0


@pytest.fixture
def hasty() -> Iterator[HttpxTransport]:
    """A transport that gives every exchange a moment."""
    made = HttpxTransport(connections=2, connect_timeout_s=5, request_timeout_s=_SHORT_S)
    yield made
    made.close()


@pytest.fixture
def patient() -> Iterator[HttpxTransport]:
    """A transport that fails for other reasons than time."""
    made = HttpxTransport(connections=2, connect_timeout_s=5, request_timeout_s=60)
    yield made
    made.close()


def _dripping(start: bytes, drop: bytes) -> Behaviour:
    def behave(line: Line) -> None:
        line.request()
        line.send(start)
        for _ in for_ever(line):
            line.send(drop)

    return behave


def _silent(line: Line) -> None:
    line.request()
    line.server.stopped.wait(60)


def _leave(line: Line) -> None:
    line.connection.close()


def _never_reading(line: Line) -> None:
    line.server.stopped.wait(60)


def _reading_slowly(line: Line) -> None:
    for _ in for_ever(line):
        line.connection.recv(10)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(_silent, id="accepts, reads, says nothing"),
        pytest.param(_dripping(b"", b"H"), id="drips into the status line"),
        pytest.param(_dripping(_HEAD, b"x: y\r\n"), id="drips headers"),
        pytest.param(_dripping(_HEAD + b"content-length: 1000000\r\n\r\n", b"x"), id="drips a body"),
        pytest.param(_dripping(_HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), id="drips chunks"),
        pytest.param(_dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="asks for ever to continue"),
    ],
)
@pytest.mark.parametrize("has_sink", [False, True])
def test_ends_in_time(hasty: HttpxTransport, behaviour: Behaviour, has_sink: bool) -> None:
    """Each byte that drips in does not buy more time: the exchange as a whole has an end"""
    sink = CollectingSink(10_000_000, "it") if has_sink else None
    started = time.monotonic()
    with HostileServer((behaviour,)) as server:
        with pytest.raises(AmbiguousError) as caught:
            hasty.send(Request(method="GET", url=server.url()), sink)
        took_s = time.monotonic() - started
    assert caught.value.code == "SB-5122"
    assert "request_timeout_s" in caught.value.hint
    assert _SHORT_S <= took_s < _PATIENCE_S


@pytest.mark.parametrize("behaviour", [_never_reading, _reading_slowly])
def test_ends_in_time_while_sending(hasty: HttpxTransport, behaviour: Behaviour) -> None:
    """A server that takes an upload a few bytes at a time, or not at all, is given up too"""
    started = time.monotonic()
    with HostileServer((behaviour,)) as server:
        with pytest.raises(AmbiguousError) as caught:
            hasty.send(Request(method="PUT", url=server.url(), body=BytesContent(b"x" * 64_000_000)))
        took_s = time.monotonic() - started
    assert caught.value.code == "SB-5122"
    assert took_s < _PATIENCE_S


def test_a_request_may_have_a_shorter_time_of_its_own(patient: HttpxTransport) -> None:
    """`timeout_s` of a request counts instead of the transport's"""
    started = time.monotonic()
    with HostileServer((_silent,)) as server:
        with pytest.raises(AmbiguousError):
            patient.send(Request(method="GET", url=server.url(), timeout_s=0.1))
        assert time.monotonic() - started < _PATIENCE_S


def _endless(start: bytes, more: bytes) -> Behaviour:
    def behave(line: Line) -> None:
        line.request()
        line.send(start)
        while not line.server.stopped.is_set():
            line.send(more)

    return behave


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(_endless(_HEAD + b"\r\n", b"x" * 65536), id="until the connection ends"),
        pytest.param(
            _endless(_HEAD + b"transfer-encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
            id="in chunks",
        ),
        pytest.param(_endless(_HEAD + b"content-length: 99999999999\r\n\r\n", b"x" * 65536), id="as announced"),
        pytest.param(_endless(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 65536), id="of an error page"),
    ],
)
def test_stops_an_endless_body(patient: HttpxTransport, behaviour: Behaviour) -> None:
    """No more than the limit is taken, and the error names it"""
    with HostileServer((behaviour,)) as server, pytest.raises(SiteError, match="1000000 bytes") as caught:
        patient.send(Request(method="GET", url=server.url(), limit_bytes=1_000_000))
    assert caught.value.code == "SB-5003"
    assert not isinstance(caught.value, AmbiguousError)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_HEAD + b"content-length: 10\r\n\r\nshort", id="shorter than it says"),
        pytest.param(_HEAD + b"transfer-encoding: chunked\r\n\r\n9\r\nsho", id="cut inside a chunk"),
        pytest.param(_HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nsho\r\n", id="without the last chunk"),
        pytest.param(_HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nsho\r\n", id="with no size of a chunk"),
        pytest.param(_HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\nabc", id="with two lengths"),
        pytest.param(_HEAD + b"content-length: -1\r\n\r\n", id="with a negative length"),
        pytest.param(_HEAD[:9], id="cut in the status line"),
        pytest.param(_HEAD + b"x: ", id="cut in the headers"),
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", id="of another protocol"),
        pytest.param(_HEAD + b"x: " + b"y" * 300_000 + b"\r\n\r\n", id="with one gigantic header"),
        pytest.param(_HEAD + b"x: y\r\n" * 100_000 + b"\r\n", id="with very many headers"),
        pytest.param(_HEAD + b"x\x00y: z\r\n\r\n", id="with a header that is none"),
        pytest.param(
            b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", id="that changes the protocol"
        ),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_broken_answer_is_ambiguous(patient: HttpxTransport, answer: bytes, method: str) -> None:
    """What is not a whole answer is never taken for one"""
    with HostileServer((answering(answer),)) as server, pytest.raises(AmbiguousError) as caught:
        patient.send(Request(method=method, url=server.url("/p?t=geheim"), body=BytesContent(b"1")))
    assert (caught.value.code, type(caught.value)) == ("SB-5121", AmbiguousError)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("end", [Line.reset, _leave])
def test_no_answer_is_ambiguous(patient: HttpxTransport, end: Callable[[Line], None]) -> None:
    """A connection that is reset or closed after the request says nothing about what happened"""

    def behave(line: Line) -> None:
        line.request()
        end(line)

    with HostileServer((behave,)) as server, pytest.raises(AmbiguousError) as caught:
        patient.send(Request(method="PUT", url=server.url(), body=BytesContent(b"1")))
    assert (caught.value.code, type(caught.value)) == ("SB-5121", AmbiguousError)


def test_a_longer_body_than_announced_is_no_next_answer(patient: HttpxTransport) -> None:
    """Bytes after the end of an answer are not taken for the answer to the next request"""
    forged = ok(b"forged")
    with HostileServer((answering(ok(b"1") + forged), answering(ok(b"2")))) as server:
        bodies = [patient.send(Request(method="GET", url=server.url())).body for _ in range(2)]
    assert bodies == [b"1", b"2"]


def test_a_forged_answer_to_a_large_write_is_ambiguous(patient: HttpxTransport) -> None:
    """An answer that was there before the request is not believed, and the connection not used again"""

    def forge(line: Line) -> None:
        line.request()
        line.send(ok(b"1") + ok(b"forged"))
        line.request()

    with HostileServer((forge, answering(ok(b"2")))) as server:
        patient.send(Request(method="GET", url=server.url()))
        with pytest.raises(AmbiguousError):
            patient.send(Request(method="PUT", url=server.url(), body=BytesContent(b"x" * 200_000)))
        assert patient.send(Request(method="GET", url=server.url())).body == b"2"


def test_nothing_is_decompressed(patient: HttpxTransport) -> None:
    """A compressed body stays as it is, so that it cannot be a bomb, and was not asked for"""
    with HostileServer((answering(ok(b"\x1f\x8b", "content-encoding: gzip")),)) as server:
        assert patient.send(Request(method="GET", url=server.url())).body == b"\x1f\x8b"
    assert b"accept-encoding: identity" in server.requests[0]


_PIECES = st.sampled_from(
    [
        _HEAD,
        b"HTTP/1.1 ",
        b"204 x\r\n",
        b"content-length: 3\r\n",
        b"transfer-encoding: chunked\r\n",
        b"connection: close\r\n",
        b"\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"abc",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 100 x\r\n\r\n",
        b"x: y\r\n y\r\n",
    ]
)


@settings(deadline=None, max_examples=60)
@given(
    answer=st.lists(_PIECES | st.binary(max_size=20), max_size=8).map(b"".join), method=st.sampled_from(["GET", "PUT"])
)
def test_any_bytes_are_an_answer_or_one_of_our_errors(answer: bytes, method: str) -> None:
    """Whatever a server sends, no error of another library comes out"""
    transport = HttpxTransport(connections=1, connect_timeout_s=5, request_timeout_s=60)
    with HostileServer((answering(answer),)) as server:
        outcomes = [
            _outcome(transport, Request(method=method, url=server.url(), body=BytesContent(b"1"))) for _ in "12"
        ]
    transport.close()
    assert set(outcomes) <= {"answered", "SB-5121"}


def _outcome(transport: HttpxTransport, request: Request) -> str:
    try:
        transport.send(request)
    except SiteError as error:
        return error.code
    return "answered"
