"""The transport that talks to real servers: HTTP/1.1 on httpcore2, the engine of httpx2, without httpx2's client.

What the client adds (cookies, environment, redirects, decoding) must not happen here, and costs as much time again as
the exchange itself (docs/decisions/http.md). An answer is never decompressed, so that it cannot be a bomb.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator

import httpcore2

from samebytes.errors import ConfigError, SiteError
from samebytes.model.transfer import Content, Sink
from samebytes.system.content import CollectingSink
from samebytes.system.http.base import Request, Response
from samebytes.system.http.broken_exchange import BROKEN, translated
from samebytes.system.http.network import CurrentExchange, Exchange, ExchangeBackend
from samebytes.system.http.tls import trusting
from samebytes.system.http.urls import check_url, origin_of, shown_url

# Node closes an idle connection after 5 s: a request sent just then would be lost, and a lost write is ambiguous.
_KEEP_IDLE_S = 4.0
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"(?:[!-~](?:[ -~\t]*[!-~])?)?")
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class HttpxTransport:
    """Keeps at most so many connections, and those open for the next request.

    No proxy, login or certificate comes from the environment except the machine's own certificate store; a proxy is an
    `http://host:port`. Each exchange ends within `request_timeout_s` (or the request's own), however slowly bytes drip.
    """

    def __init__(
        self,
        *,
        connections: int,
        connect_timeout_s: float,
        request_timeout_s: float,
        ca_file: str = "",
        proxy: str = "",
    ) -> None:
        self._connections = connections
        self._connect_timeout_s = connect_timeout_s
        self._request_timeout_s = request_timeout_s
        self._ca_file = ca_file
        self._proxy = _proxy(proxy)
        self._current = CurrentExchange()
        self._lock = threading.Lock()
        self._pools: dict[str, httpcore2.ConnectionPool] = {}

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send a request and wait for the whole answer, as the Protocol says.

        Also raises SiteError SB-5123 (certificate not trusted) and SB-5124 (URL or headers that cannot be sent), and
        ConfigError (SB-5125) for a `ca_file` that cannot be used.
        """
        check_url(request.url)
        timeout_s = self._request_timeout_s if request.timeout_s is None else request.timeout_s
        deadline_s = time.monotonic() + timeout_s
        # Each turn after the first has met, and so used up, a kept connection that the server had closed meanwhile.
        while True:
            exchange = Exchange(deadline_s=deadline_s, connect_timeout_s=self._connect_timeout_s)
            self._current.begin(exchange)
            try:
                return self._exchanged(request, exchange, sink)
            except BROKEN as error:
                if not _was_stale(error, exchange, request):
                    raise translated(error, exchange, request.url) from error

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            pools = tuple(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.close()

    def _exchanged(self, request: Request, exchange: Exchange, sink: Sink | None) -> Response:
        answer = self._pool(request.url).handle_request(
            httpcore2.Request(
                request.method,
                request.url,
                headers=_headers(request),
                content=_chunks(request.body),
                extensions={"timeout": {"pool": max(0.0, exchange.remaining_s())}},
            )
        )
        try:
            _check_order(exchange)
            return _received(request, answer, sink)
        finally:
            answer.close()

    def _pool(self, url: str) -> httpcore2.ConnectionPool:
        scheme = url.partition(":")[0].lower()
        with self._lock:
            if scheme not in self._pools:
                self._pools[scheme] = httpcore2.ConnectionPool(
                    # Reading the machine's certificates takes as long as many requests.
                    ssl_context=trusting(self._ca_file) if scheme == "https" else None,
                    proxy=self._proxy,
                    max_connections=self._connections,
                    keepalive_expiry=_KEEP_IDLE_S,
                    network_backend=ExchangeBackend(self._current),
                )
            return self._pools[scheme]


def _proxy(url: str) -> httpcore2.Proxy | None:
    if not url:
        return None
    if not url.startswith("http://") or not origin_of(url) or "@" in url:
        raise ConfigError(
            "SB-5126", f"{shown_url(url)} is not a proxy that can be used", hint="write `http://host:port`"
        )
    return httpcore2.Proxy(url)


def _was_stale(error: Exception, exchange: Exchange, request: Request) -> bool:
    """Whether a kept connection turned out closed, and sending again can do no harm."""
    return (
        isinstance(error, (httpcore2.NetworkError, httpcore2.RemoteProtocolError))
        and not exchange.is_connected_anew
        and not exchange.received_bytes
        and (request.is_safe or not exchange.sent_bytes)
    )


def _check_order(exchange: Exchange) -> None:
    """Refuse an answer that was there before the request: the server sent more than it said after the last answer."""
    if not (exchange.sent_bytes and exchange.received_bytes):
        if exchange.stream is not None:
            exchange.stream.close()
        raise httpcore2.RemoteProtocolError("the answer came before the request")


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    url = httpcore2.URL(request.url)
    headers = {"host": _host(url), "accept-encoding": "identity", **request.headers}
    if request.body is not None:
        headers["content-length"] = str(request.body.size_bytes)
    elif request.method in _METHODS_WITH_BODY:
        headers["content-length"] = "0"
    # The engine's own refusal would show the value, which may be secret.
    if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in headers.items()):
        raise SiteError("SB-5124", f"a header for {shown_url(request.url)} has characters that HTTP cannot carry")
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _host(url: httpcore2.URL) -> str:
    host = url.host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return host if url.port is None else f"{host}:{url.port}"


def _chunks(body: Content | None) -> Iterator[bytes] | None:
    return None if body is None else _counted(body)


def _counted(body: Content) -> Iterator[bytes]:
    """The chunks; SiteError (SB-5124) before a byte too many is sent, or one too few would have been."""
    left = body.size_bytes
    for chunk in body.chunks():
        left -= len(chunk)
        if left < 0:
            break
        yield chunk
    if left:
        raise SiteError("SB-5124", f"a body is not the {body.size_bytes} bytes that were announced")


def _received(request: Request, answer: httpcore2.Response, sink: Sink | None) -> Response:
    headers = _joined(answer.headers)
    is_success = 200 <= answer.status < 300  # noqa: PLR2004  as the Protocol says
    collected = CollectingSink(request.limit_bytes, f"the answer of {shown_url(request.url)}")
    into: Sink = sink if sink is not None and is_success else collected
    if into is collected and request.method != "HEAD":
        _check_length(headers, request)
    into.restart()
    for chunk in answer.iter_stream():
        into.write(chunk)
    return Response(status=answer.status, headers=headers, body=collected.data, url=request.url)


def _check_length(headers: dict[str, str], request: Request) -> None:
    """Refuse at once what says that it is too large."""
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > request.limit_bytes:
        raise SiteError("SB-5003", f"the answer of {shown_url(request.url)} is larger than {request.limit_bytes} bytes")


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
