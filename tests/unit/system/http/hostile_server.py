"""A server on loopback whose every connection does what the test says, however wrong that is."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

Behaviour = Callable[["Line"], None]
_LIMIT_S = 30.0


@dataclass
class Line:
    """One accepted connection."""

    connection: socket.socket
    server: HostileServer
    _buffer: bytes = b""

    def request(self) -> bytes:
        """Head and body of the next request; empty when the client has gone."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return b""
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        size = _length(head)
        while len(self._buffer) < size:
            if not self._more():
                break
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        whole = head + b"\r\n\r\n" + body
        self.server.requests.append(whole)
        return whole

    def _more(self) -> bool:
        data = self.connection.recv(65536)
        self._buffer += data
        return bool(data)

    def send(self, *parts: bytes) -> None:
        """Send all of it."""
        for part in parts:
            self.connection.sendall(part)

    def reset(self) -> None:
        """End the connection with a reset instead of an orderly close."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.connection.close()


@dataclass
class HostileServer:
    """Gives the connection of each number to the behaviour of that number, later ones to the last."""

    behaviours: tuple[Behaviour, ...]
    host: str = "127.0.0.1"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        # Closing alone does not wake a thread that waits for a connection.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_LIMIT_S)
        for connection in self._open:
            connection.close()

    def url(self, path: str = "/") -> str:
        """An address at this server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.stopped.is_set():
                connection, _ = self._listener.accept()
                behaviour = self.behaviours[min(self.connections, len(self.behaviours) - 1)]
                self.connections += 1
                self._open.append(connection)
                self._start(self._serve, connection, behaviour)

    def _serve(self, connection: socket.socket, behaviour: Behaviour) -> None:
        connection.settimeout(_LIMIT_S)
        # The client may go at any time: that is what many tests are about.
        with contextlib.suppress(OSError):
            behaviour(Line(connection, self))
            connection.shutdown(socket.SHUT_WR)
        connection.close()


def answering(*answers: bytes) -> Behaviour:
    """Answers one request after the other on one connection, then closes it."""

    def behave(line: Line) -> None:
        for answer in answers:
            if not line.request():
                return
            line.send(answer)

    return behave


def ok(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    """A correct answer."""
    lines = (f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def for_ever(line: Line) -> Iterator[None]:
    """Until the test is over, twenty times a second."""
    while not line.server.stopped.wait(0.05):
        yield


def _length(head: bytes) -> int:
    for name, _, value in (header.partition(b":") for header in head.split(b"\r\n")):
        if name.lower() == b"content-length":
            return int(value)
    return 0
