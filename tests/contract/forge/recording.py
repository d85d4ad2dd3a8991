"""Recorded exchanges with real servers, as values; the files say who asked and leave every token out."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.forge.payloads import publish_body

RECORDINGS = Path(__file__).parent / "recordings"
# Stands for the server's address in recorded texts.
SITE = "http://SITE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was sent: `actor` asked, with his token as `scheme` says ("Bearer", "token", "Basic", "password", "")."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    actor: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is JSON as values, text, or None where the recording keeps only `size` and `sha256`."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Any
    is_json: bool
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; `step` says what it was made for, `number` is its place in the recording."""

    number: int
    step: str
    request: Request
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The exchanges of one server on one subject, and what the recorder noted beside them."""

    server: str
    name: str
    exchanges: tuple[Exchange, ...]
    observations: Mapping[str, Any]

    def tarballs(self) -> tuple[bytes, ...]:
        """The bytes of every attachment that a recorded request carries."""
        return tuple(data for exchange in self.exchanges for data in _attachments(exchange.request.body))


def load(product: str, name: str) -> Recording:
    """The recording of a product ("gitea-1.25") named as its file ("a-publish")."""
    document = json.loads((RECORDINGS / product / f"{name}.json").read_text())
    return Recording(
        server=document["server"],
        name=name,
        exchanges=tuple(_exchange(number, entry) for number, entry in enumerate(document["exchanges"])),
        observations=document["observations"],
    )


def _attachments(body: bytes | None) -> Iterator[bytes]:
    try:
        document = json.loads(body or b"")
    except ValueError:
        return
    attachments = document.get("_attachments") if isinstance(document, dict) else None
    for attachment in (attachments or {}).values():
        try:
            yield base64.b64decode(attachment["data"], validate=True)
        except binascii.Error:
            continue


def _exchange(number: int, entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    return Exchange(
        number=number,
        step=entry["step"],
        request=Request(
            method=request["method"],
            path=request["path"],
            headers=request["headers"],
            body=_body(request),
            actor=request["actor"],
            scheme=request["scheme"],
        ),
        answer=Answer(
            status=response["status"],
            headers=tuple((name, value) for name, value in response["headers"]),
            body=response.get("json", response.get("body")),
            is_json="json" in response,
            size=response.get("body_size"),
            sha256=response.get("body_sha256"),
        ),
    )


def _body(request: Mapping[str, Any]) -> bytes | None:
    if "json" in request:
        return json.dumps(request["json"]).encode()
    if "base64" in request:
        return base64.b64decode(request["base64"])
    if "rebuilt" in request:
        # The recording had cut it off: the same package with as many bytes of noise.
        return publish_body(**request["rebuilt"])
    text: str | None = request.get("body")
    return text.encode() if text else None
