"""Which product answers at an npm registry's address, told by how it behaves, in at most four requests, none of which writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from samebytes.dialects.registries import RegistryProduct
from samebytes.errors import SiteError
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.json_answer import read_json

_LIMIT_BYTES = 256 * 1024
_FORGE = re.compile(r"(?P<root>.+)/api/packages/[^/]+/npm")
# Verdaccio 6 hides its name in this very word unless it is told otherwise; 5 and earlier tell name and version.
_POWERED = re.compile(r"hidden|verdaccio(?:/(?P<version>[0-9][0-9A-Za-z.-]*))?")
_TOLD = re.compile(r"[0-9A-Za-z.+-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedRegistry:
    """A product and the version it tells (empty where it tells none)."""

    product: RegistryProduct
    version: str = ""


def recognise(transport: Transport, url: str) -> RecognisedRegistry:
    """The product at a registry's URL (no slash at its end).

    Gitea and Forgejo by the version route beside their package routes, Verdaccio by the header of its ping, npm's public
    registry by its list of signing keys. Raises SiteError where the server cannot be reached.
    """
    forge = _FORGE.fullmatch(url)
    if forge is not None:
        found = recognise_forge(transport, forge["root"])
        if found is not None:
            return found
    ping = _get(transport, f"{url}/-/ping")
    powered = _POWERED.fullmatch(ping.headers.get("x-powered-by", "").strip().lower())
    if powered is not None and ping.status == HTTPStatus.OK:
        return RecognisedRegistry(product=RegistryProduct.VERDACCIO, version=powered["version"] or "")
    keys = _json(_get(transport, f"{url}/-/npm/v1/keys"))
    if isinstance(keys.get("keys"), list) and keys["keys"]:
        return RecognisedRegistry(product=RegistryProduct.NPMJS)
    return RecognisedRegistry(product=RegistryProduct.OTHER)


def recognise_forge(transport: Transport, root_url: str) -> RecognisedRegistry | None:
    """Gitea or Forgejo below a root URL; None where neither answers.

    Forgejo's own version route is asked first, because it also has Gitea's, which tells no difference.
    """
    for path, product in (("forgejo", RegistryProduct.FORGEJO), ("", RegistryProduct.GITEA)):
        prefix = f"/api/{path}/v1" if path else "/api/v1"
        version = _json(_get(transport, f"{root_url}{prefix}/version")).get("version")
        if isinstance(version, str) and _TOLD.fullmatch(version):
            return RecognisedRegistry(product=product, version=version)
    return None


def _get(transport: Transport, url: str) -> Response:
    return transport.send(
        Request(method="GET", url=url, headers={"accept": "application/json"}, limit_bytes=_LIMIT_BYTES)
    )


def _json(answer: Response) -> Mapping[str, object]:
    """The JSON object of a success; nothing where it is something else."""
    if answer.status != HTTPStatus.OK:
        return {}
    try:
        found = read_json(answer, limit_bytes=_LIMIT_BYTES)
    except SiteError:
        return {}
    return found if isinstance(found, Mapping) else {}
