"""A small npm registry on the loopback interface that writes down what it is asked."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackRegistry:
    """Serves one version of each package given; `asked` holds (path, authorization header) of every request."""

    def __init__(self, packages: Mapping[str, str]) -> None:
        self.asked: list[tuple[str, str]] = []
        self._tarballs = {
            f"/{name}/-/{name}-{version}.tgz": _tarball(name, version) for name, version in packages.items()
        }
        self._packages = packages
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Authorization", "")))
                body = outer.answer(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's own word
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        """The registry's URL."""
        return f"http://127.0.0.1:{self.port}/"

    def answer(self, path: str) -> bytes | None:
        """The tarball or packument at a path."""
        if path in self._tarballs:
            return self._tarballs[path]
        name = path.strip("/")
        if name not in self._packages:
            return None
        version = self._packages[name]
        tarball = f"{name}/-/{name}-{version}.tgz"
        digest = base64.b64encode(hashlib.sha512(self._tarballs[f"/{tarball}"]).digest()).decode()
        dist = {"tarball": self.url + tarball, "integrity": f"sha512-{digest}"}
        # As fresh as can be: a policy about age would refuse it.
        now = datetime.now(UTC).isoformat()
        return json.dumps(
            {
                "name": name,
                "dist-tags": {"latest": version},
                "versions": {version: {"name": name, "version": version, "dist": dist}},
                "time": {"created": now, "modified": now, version: now},
            }
        ).encode()


@contextmanager
def loopback_registry(packages: Mapping[str, str]) -> Iterator[LoopbackRegistry]:
    """A registry that runs while the block does."""
    registry = LoopbackRegistry(packages)
    thread = threading.Thread(target=registry.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        registry.server.shutdown()
        registry.server.server_close()
        thread.join()


def _tarball(name: str, version: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        data = json.dumps({"name": name, "version": version}).encode()
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)
