"""Send recorded requests in their order, and tell where the answers are not the recorded ones."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.contract.forge import payloads
from tests.contract.forge.compare import Received, Rule, Rules, differences
from tests.contract.forge.recording import SITE, Answer, Exchange, Recording
from tests.contract.forge.under_test import ForgeUnderTest

_TIMEOUT_S = 60


def send(
    forge: ForgeUnderTest,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    actor: str = "publisher",
    scheme: str = "Bearer",
    headers: Mapping[str, str] | None = None,
) -> Received:
    """Send one request exactly as given: the path is not touched."""
    authorization = forge.authorization(actor, scheme)
    sent = dict(headers or {}) | ({"Authorization": authorization} if authorization else {})
    connection = http.client.HTTPConnection(urlsplit(forge.base_url).netloc, timeout=_TIMEOUT_S)
    try:
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        return Received(status=response.status, headers=tuple(response.getheaders()), body=response.read())
    finally:
        connection.close()


def publish(forge: ForgeUnderTest, owner: str, name: str, version: str, **options: Any) -> Received:
    """Publish a version that a recording found already there; `options` as those of `payloads.publish_body`."""
    path = f"/api/packages/{owner}/npm/{name.replace('/', '%2f')}"
    body = payloads.publish_body(name, version, **options)
    received = send(forge, "PUT", path, body=body, headers={"Content-Type": "application/json"})
    assert received.status == 201, received
    return received


def replay(
    forge: ForgeUnderTest, recording: Recording, rules: Rules, only: Iterable[int] | None = None
) -> Iterator[str]:
    """Each difference as one line, over all exchanges, or those with the given numbers."""
    wanted = frozenset(only) if only is not None else None
    sent = _Sent(recording)
    for exchange in recording.exchanges:
        if wanted is None or exchange.number in wanted:
            received = _send_exchange(forge, exchange)
            recorded = sent.expected(exchange.answer, received)
            for difference in differences(recorded, received, forge.base_url, rules.of(exchange.step)):
                yield f"{recording.server} {recording.name} {exchange.number} ({exchange.step}): {difference}"


def _send_exchange(forge: ForgeUnderTest, exchange: Exchange) -> Received:
    request = exchange.request
    body = request.body and _at_this_site(request.body, forge.base_url)
    return send(
        forge,
        request.method,
        request.path.replace("token=TOKEN", f"token={_token(forge, request.actor)}"),
        body=body,
        actor=request.actor,
        scheme=request.scheme,
        headers=request.headers,
    )


def _token(forge: ForgeUnderTest, actor: str) -> str:
    return (forge.authorization(actor, "token") or "").removeprefix("token ")


def _at_this_site(body: bytes, base_url: str) -> bytes:
    """A recorded body that names the server under test where it named the recorded one."""
    host = urlsplit(base_url).hostname or ""
    text = body.replace(SITE.encode(), base_url.encode())
    text = text.replace(b"HTTP://SITE", base_url.replace("http://", "HTTP://").encode())
    text = text.replace(b"https://SITE", base_url.replace("http://", "https://").encode())
    return text.replace(b"git@SITE", f"git@{host}".encode())


class _Sent:
    """What the recorded requests upload; all else that a server serves was there before, and is our own here."""

    def __init__(self, recording: Recording) -> None:
        tarballs = recording.tarballs()
        self._integrities = {payloads.integrity(data) for data in tarballs}
        self._sha256 = {hashlib.sha256(data).hexdigest() for data in tarballs}

    def expected(self, recorded: Answer, received: Received) -> Answer:
        """The recorded answer, with the digests of our own tarballs for versions that no recorded request published.

        Their bytes are not in the recording; what the server then says must still be the digest of what we published.
        """
        if received.status != recorded.status:
            return recorded
        if recorded.sha256 not in self._sha256:
            recorded = replace(recorded, sha256=None)
        if not isinstance(recorded.body, dict):
            return recorded
        body = json.loads(json.dumps(recorded.body))
        for manifest in _manifests(body):
            if manifest["dist"]["integrity"] not in self._integrities:
                data = payloads.tarball(manifest["name"], manifest["version"])
                manifest["dist"]["integrity"] = payloads.integrity(data)
                manifest["dist"]["shasum"] = payloads.shasum(data)
        return replace(recorded, body=body)


def _manifests(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    versions = body.get("versions")
    found = versions.values() if isinstance(versions, dict) else ()
    return [entry for entry in found if isinstance(entry, dict) and isinstance(entry.get("dist"), dict)]


__all__ = ["Rule", "Rules", "publish", "replay", "send"]
