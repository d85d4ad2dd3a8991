"""Sockets for httpcore2 that keep one deadline for a whole exchange, where its own timeouts start anew at each read.

The exchange that a thread is in is thread-local: httpcore2 does all its work in the thread of its caller.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore2

# Headers and a small body leave in one segment.
_COALESCED_BYTES = 64 * 1024


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its answer: when it must be over, and what went over the wire so far."""

    deadline_s: float
    connect_timeout_s: float
    is_connected_anew: bool = False
    sent_bytes: int = 0
    received_bytes: int = 0
    stream: ExchangeStream | None = None

    def remaining_s(self) -> float:
        """How long it may still take, on the monotonic clock."""
        return self.deadline_s - time.monotonic()


@dataclass(slots=True)
class CurrentExchange:
    """The exchange of the calling thread."""

    _local: threading.local = field(default_factory=threading.local)

    def begin(self, exchange: Exchange) -> None:
        """Make it the one of this thread."""
        self._local.exchange = exchange

    @property
    def exchange(self) -> Exchange:
        """The one that began last in this thread."""
        exchange: Exchange = self._local.exchange
        return exchange


class ExchangeBackend(httpcore2.NetworkBackend):
    """Connects within the deadline of the exchange; every address of a host gets its share of the time."""

    def __init__(self, current: CurrentExchange) -> None:
        self._current = current

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the exchange knows
        local_address: str | None = None,  # noqa: ARG002  never set
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  never set
    ) -> httpcore2.NetworkStream:
        """A connection; httpcore2.ConnectError or ConnectTimeout, with the operating system's error as its argument."""
        exchange = self._current.exchange
        exchange.is_connected_anew = True
        try:
            # A resolver cannot be interrupted; it has limits of its own.
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore2.ConnectError(error) from error
        until_s = time.monotonic() + min(exchange.connect_timeout_s, exchange.remaining_s())
        failure = OSError("no address")
        for index, (family, kind, protocol, _, address) in enumerate(addresses):
            share_s = (until_s - time.monotonic()) / (len(addresses) - index)
            if share_s <= 0:
                break
            try:
                return ExchangeStream(_connected(family, kind, protocol, address, share_s), self._current)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError) or until_s <= time.monotonic():
            raise httpcore2.ConnectTimeout(failure) from failure
        raise httpcore2.ConnectError(failure) from failure


class ExchangeStream(httpcore2.NetworkStream):
    """A socket whose every wait ends with the exchange, and that counts what it moves."""

    def __init__(self, connection: socket.socket, current: CurrentExchange) -> None:
        self._socket = connection
        self._current = current
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  the exchange knows
        """What came, at most so much; sends first what is still kept back."""
        exchange = self._current.exchange
        try:
            self._flush()
        except httpcore2.WriteError:
            # Servers may answer a request that they refuse before it has all come, and close: look for the answer.
            self._unsent.clear()
        try:
            self._socket.settimeout(_positive(exchange, httpcore2.ReadTimeout))
            data = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore2.ReadError(error) from error
        exchange.received_bytes += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  the exchange knows
        """Send it, or keep it back for what follows."""
        self._current.exchange.stream = self
        if len(self._unsent) + len(buffer) <= _COALESCED_BYTES:
            self._unsent += buffer
            return
        self._flush()
        self._send(buffer)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  the exchange knows
    ) -> httpcore2.NetworkStream:
        """The same connection under TLS; httpcore2.ConnectError with the error of `ssl` as its argument."""
        exchange = self._current.exchange
        try:
            remaining_s = _positive(exchange, httpcore2.ConnectTimeout)
            self._socket.settimeout(min(exchange.connect_timeout_s, remaining_s))
            wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore2.ConnectTimeout(error) from error
        except OSError as error:
            self.close()
            raise httpcore2.ConnectError(error) from error
        # The tunnel through a proxy is not the request.
        exchange.sent_bytes = exchange.received_bytes = 0
        return ExchangeStream(wrapped, self._current)

    def get_extra_info(self, info: str) -> Any:
        """Whether an idle connection has something to read (only its end can come then); nothing else is known."""
        if info == "is_readable":
            return _is_readable(self._socket)
        return None

    def _flush(self) -> None:
        if self._unsent:
            data = bytes(self._unsent)
            self._unsent.clear()
            self._send(data)

    def _send(self, data: bytes) -> None:
        exchange = self._current.exchange
        view = memoryview(data)
        while view:
            try:
                self._socket.settimeout(_positive(exchange, httpcore2.WriteTimeout))
                count = self._socket.send(view)
            except TimeoutError as error:
                raise httpcore2.WriteTimeout(error) from error
            except OSError as error:
                raise httpcore2.WriteError(error) from error
            exchange.sent_bytes += count
            view = view[count:]


def _connected(family: int, kind: int, protocol: int, address: Any, timeout_s: float) -> socket.socket:
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(timeout_s)
        connection.connect(address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_readable(connection: socket.socket) -> bool:
    if connection.fileno() < 0:
        return True
    if hasattr(select, "poll"):
        # Descriptors above 1023 are too many for select.
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([connection], [], [], 0)[0])


def _positive(exchange: Exchange, too_late: type[httpcore2.TimeoutException]) -> float:
    remaining_s = exchange.remaining_s()
    if remaining_s <= 0:
        raise too_late("the time for the exchange is over")
    return remaining_s
