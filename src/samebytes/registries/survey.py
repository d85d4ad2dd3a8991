"""Who a credential is to an npm registry, and whether it may publish, asked without a change to anything."""

from __future__ import annotations

import json
from http import HTTPStatus

from samebytes.dialects.registries import RegistryProduct
from samebytes.errors import SiteError
from samebytes.model.names import PackageId
from samebytes.registries.npm_address import NpmAddress
from samebytes.system.content import BytesContent
from samebytes.system.http.base import AmbiguousError, Request, Transport
from samebytes.system.http.json_answer import read_json

_LIMIT_BYTES = 64 * 1024
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# The servers that were seen to answer 404 to a dist-tag of a version that is not there, and to keep nothing of it.
_ASKABLE = frozenset({RegistryProduct.GITEA, RegistryProduct.FORGEJO, RegistryProduct.VERDACCIO})


class RegistrySurvey:
    """The registry at a URL without a slash at its end, seen with the transport's credential."""

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self._address = NpmAddress(url)

    def user(self) -> str:
        """The user's name (`npm whoami`); empty where the registry does not tell. Raises SiteError where none answers."""
        url = f"{self._address.url}/-/whoami"
        answer = self._transport.send(Request(method="GET", url=url, limit_bytes=_LIMIT_BYTES))
        if answer.status != HTTPStatus.OK:
            return ""
        try:
            found = read_json(answer, limit_bytes=_LIMIT_BYTES)
        except SiteError:
            return ""
        name = found.get("username") if isinstance(found, dict) else None
        return name if isinstance(name, str) and name.isprintable() else ""

    def may_publish(self, product: str, missing: PackageId) -> bool | None:
        """Whether the credential may write packages; None where this kind of registry cannot be asked.

        The request points a dist-tag at `missing`, a version that nobody has: the server looks at the rights first, so
        that 401 and 403 are a no, and a 404 is a yes that changed nothing (Gitea 1.25.4, Forgejo 11.0.1, Verdaccio
        6.10.4; tests/contract/test_probe_contract.py).
        """
        if product not in _ASKABLE:
            return None
        request = Request(
            method="PUT",
            url=self._address.dist_tag(missing.name, "samebytes-probe"),
            headers={"content-type": "application/json", "accept": "application/json"},
            body=BytesContent(json.dumps(missing.version.text).encode()),
            limit_bytes=_LIMIT_BYTES,
        )
        try:
            answer = self._transport.send(request)
        except AmbiguousError:
            return None
        if answer.status in _REFUSED:
            return False
        return True if answer.status == HTTPStatus.NOT_FOUND else None
