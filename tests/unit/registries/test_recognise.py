"""Products are told by how they behave, in few requests, none of which writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from samebytes.dialects.registries import RegistryProduct
from samebytes.registries.npm import recognised_dialect
from samebytes.registries.recognise import RecognisedRegistry, recognise
from samebytes.system.http.base import Response
from tests.registries.doubles import Scripted, answer

FORGE_URL = "http://site.invalid/sub/api/packages/lanterns/npm"
NPM_URL = "http://site.invalid/npm"

CASES: Mapping[str, tuple[str, Mapping[str, Sequence[Response]], RecognisedRegistry, int]] = {
    "Forgejo": (
        FORGE_URL,
        {
            "GET /sub/api/forgejo/v1/version": [answer(200, b'{"version":"11.0.1+gitea-1.22.0"}')],
            "GET /sub/api/v1/version": [answer(200, b'{"version":"11.0.1+gitea-1.22.0"}')],
        },
        RecognisedRegistry(product=RegistryProduct.FORGEJO, version="11.0.1+gitea-1.22.0"),
        1,
    ),
    "Gitea": (
        FORGE_URL,
        {"GET /sub/api/v1/version": [answer(200, b'{"version":"1.25.4"}')]},
        RecognisedRegistry(product=RegistryProduct.GITEA, version="1.25.4"),
        2,
    ),
    "Verdaccio 5": (
        NPM_URL,
        {"GET /npm/-/ping": [answer(200, b"{}", {"x-powered-by": "verdaccio/5.31.1"})]},
        RecognisedRegistry(product=RegistryProduct.VERDACCIO, version="5.31.1"),
        1,
    ),
    "Verdaccio 6": (
        NPM_URL,
        {"GET /npm/-/ping": [answer(200, b"{}", {"x-powered-by": "hidden"})]},
        RecognisedRegistry(product=RegistryProduct.VERDACCIO),
        1,
    ),
    "npm's public one": (
        NPM_URL,
        {
            "GET /npm/-/ping": [answer(200, b"{}")],
            "GET /npm/-/npm/v1/keys": [answer(200, b'{"keys":[{"keyid":"SHA256:x"}]}')],
        },
        RecognisedRegistry(product=RegistryProduct.NPMJS),
        2,
    ),
    "a stranger": (
        NPM_URL,
        {
            "GET /npm/-/ping": [answer(200, b"{}", {"x-powered-by": "Express"})],
            "GET /npm/-/npm/v1/keys": [answer(200, b"<html>")],
        },
        RecognisedRegistry(product=RegistryProduct.OTHER),
        2,
    ),
    "a stranger at a forge's path": (
        FORGE_URL,
        {"GET /sub/api/v1/version": [answer(200, b'{"version":"\\u001b[2J"}')]},
        RecognisedRegistry(product=RegistryProduct.OTHER),
        4,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_product_is_recognised(case: str) -> None:
    """Each product by its own behaviour; what shows none of them is a registry of an unknown kind."""
    url, script, expected, requests = CASES[case]
    server = Scripted(script=script)
    assert recognise(server, url) == expected
    assert len(server.sent) == requests
    assert {one.method for one in server.sent} == {"GET"}


def test_the_server_is_asked_once() -> None:
    """A dialect that is needed many times is found out once."""
    server = Scripted(script={"GET /npm/-/ping": [answer(200, b"{}", {"x-powered-by": "hidden"})]})
    dialect = recognised_dialect(server, NPM_URL)
    assert {dialect().product for _ in range(3)} == {RegistryProduct.VERDACCIO}
    assert len(server.sent) == 1
