"""Write every exchange into a folder, so that a person or a test can look at it; secrets are masked in every form."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from samebytes.errors import SamebytesError, SiteError
from samebytes.model.transfer import Content, Sink
from samebytes.system.http.base import Request, Response, Transport

# Longer bodies are told by size and digest.
_SHOWN_BYTES = 64 * 1024
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
_MASK = "***"


class Recording:
    """Writes `0001.json`, `0002.json`, …: the request, then the response or the failure; readable by the owner only.

    What is sent to a path with `secrets` in it is never written: it is one that nobody else knows yet.
    """

    def __init__(self, inner: Transport, folder: str, mask: Callable[[str], str]) -> None:
        self._inner = inner
        self._folder = folder
        self._mask = mask
        self._numbers = itertools.count(1)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it, and write down what came of it. Raises SiteError (SB-5132) where that is not possible."""
        tee = None if sink is None else _Tee(sink)
        try:
            response = self._inner.send(request, tee)
        except SamebytesError as error:
            self._write(request, {"failure": str(error)})
            raise
        self._write(request, {"response": self._response(request, response, tee)})
        return response

    def _write(self, request: Request, outcome: Mapping[str, object]) -> None:
        document = {"request": self._request(request), **outcome}
        text = json.dumps(self._masked(document), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        path = os.path.join(self._folder, f"{next(self._numbers):04}.json")
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise SiteError("SB-5132", f"the recording {path} cannot be written: {error.strerror}") from error

    def _request(self, request: Request) -> dict[str, object]:
        parts = urlsplit(request.url)
        found: dict[str, object] = {
            "method": request.method,
            "host": parts.netloc.rpartition("@")[2],
            "path": parts.path + (f"?{parts.query}" if parts.query else ""),
            "headers": _headers(request.headers),
        }
        if request.body is not None:
            found |= {"body": _MASK} if "secrets" in parts.path.split("/") else _sent(request.body)
        return found

    def _response(self, request: Request, response: Response, tee: _Tee | None) -> dict[str, object]:
        found: dict[str, object] = {"status": response.status, "headers": _headers(response.headers)}
        if response.url != request.url:
            found["url"] = response.url
        if tee is not None and response.is_success:
            return found | {"body_size": tee.size_bytes, "body_sha256": tee.sha256.hexdigest()}
        return found | _body(response.body)

    def _masked(self, value: object) -> object:
        if isinstance(value, str):
            return self._mask(value)
        if isinstance(value, dict):
            return {key: self._masked(inner) for key, inner in value.items()}
        return value


class _Tee:
    """Passes on, and keeps size and digest."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.size_bytes = 0
        self.sha256 = hashlib.sha256()

    def restart(self) -> None:
        self.size_bytes = 0
        self.sha256 = hashlib.sha256()
        self._sink.restart()

    def write(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self.sha256.update(chunk)
        self._sink.write(chunk)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: _MASK if name in _SECRET_HEADERS else value for name, value in headers.items()}


def _sent(content: Content) -> dict[str, object]:
    if content.size_bytes <= _SHOWN_BYTES:
        return _body(b"".join(content.chunks()))
    sha256 = hashlib.sha256()
    for chunk in content.chunks():
        sha256.update(chunk)
    return {"body_size": content.size_bytes, "body_sha256": sha256.hexdigest()}


def _body(data: bytes) -> dict[str, object]:
    """The text, where it is short UTF-8; else what identifies it."""
    if len(data) <= _SHOWN_BYTES:
        try:
            return {"body": data.decode("utf-8")}
        except UnicodeDecodeError:
            pass
    return {"body_size": len(data), "body_sha256": hashlib.sha256(data).hexdigest()}
