"""A git server over HTTP on loopback: git's own http-backend behind a door that asks for a token, and that can break."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# What a door says to a request that got through: nothing, or "break off here".
Door = Callable[["Asked"], str]


@dataclass(frozen=True)
class Asked:
    """A request: number from 1, method, path with query, headers in lower case."""

    number: int
    method: str
    path: str
    headers: dict[str, str]

    @property
    def is_push(self) -> bool:
        """Whether this is the request that changes refs."""
        return self.method == "POST" and self.path.endswith("/git-receive-pack")


@dataclass
class GitServer:
    """What the server knows; `before` and `after` (the server has acted) answer "" to go on, a status to send that
    instead, `drop` to close the connection, or `to <url>` to redirect.
    """

    root: Path
    token: str = ""
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    before: Door = lambda _asked: ""
    after: Door = lambda _asked: ""

    def url(self, repository: str) -> str:
        """The URL of a repository below the root."""
        return f"http://127.0.0.1:{self.port}/{repository}"


@contextmanager
def git_server(root: Path, token: str = "") -> Iterator[GitServer]:
    """Serve the repositories below a folder; with a token, only to who has it."""
    server = GitServer(root=root, token=token)

    class Handler(_Handler):
        known = server

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = False
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    known: GitServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's own name
        """Be quiet."""

    def do_GET(self) -> None:
        """Serve the list of refs."""
        self._serve()

    def do_POST(self) -> None:
        """Serve a fetch or a push."""
        self._serve()

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        asked = Asked(len(self.known.asked) + 1, self.command, self.path, headers)
        self.known.asked.append(asked)
        if self._stopped(self.known.before(asked)):
            return
        if self.known.token and not self._may_enter(headers):
            self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            return
        status, answer_headers, answer = self._backend(headers, body)
        if not self._stopped(self.known.after(asked)):
            self._answer(status, answer_headers, answer)

    def _stopped(self, word: str) -> bool:
        if word == "drop":
            self.close_connection = True
        elif word.startswith("to "):
            self._answer(302, [("Location", word.removeprefix("to "))], b"")
        elif word:
            self._answer(int(word), [], b"<p>no</p>")
        return bool(word)

    def _may_enter(self, headers: dict[str, str]) -> bool:
        _, _, encoded = headers.get("authorization", "").partition(" ")
        return base64.b64decode(encoded).decode().partition(":")[2] == self.known.token

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(headers.get("content-length", "0")))
        parts: list[bytes] = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _backend(self, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        url = urlsplit(self.path)
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.known.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "REMOTE_USER": "user",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
            "GIT_PROTOCOL": headers.get("git-protocol", ""),
        }
        done = subprocess.run(("git", "http-backend"), env=env, input=body, capture_output=True, check=True)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        fields = [
            (name, value.strip()) for name, _, value in (line.partition(":") for line in head.decode().split("\r\n"))
        ]
        status = next((int(value[:3]) for name, value in fields if name == "Status"), 200)
        return status, [one for one in fields if one[0] != "Status"], answer

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
