"""The contract suite can fail: stand-ins that are wrong in one way each are caught by a recording."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.app import ROUTES
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.product import PRODUCTS, Product
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import Forge
from tests.contract.forge.npm_cases import CASES, RULES
from tests.contract.forge.recording import load
from tests.contract.forge.replay import replay
from tests.contract.forge.under_test import stand_in

Change = Callable[[Response], Response]
_NPM = "/api/packages/{owner}/npm"


def _status(before: int, after: int) -> Change:
    def change(response: Response) -> Response:
        if response.status_code == before:
            response.status_code = after
        return response

    return change


def _packument(edit: Callable[[dict[str, object]], object]) -> Change:
    def change(response: Response) -> Response:
        if response.status_code != 200:
            return response
        body = json.loads(bytes(response.body))
        edit(body)
        return answers.npm_json(200, body)

    return change


def _etag(response: Response) -> Response:
    response.headers["ETag"] = '"x"'
    return response


def _changed(method: str, pattern: str, change: Change) -> tuple[Route, ...]:
    def wrap(route: Route) -> Route:
        def handler(forge: Forge, call: Call) -> Response:
            return change(route.handler(forge, call))

        is_meant = route.method == method and route.pattern.endswith(pattern)
        return replace(route, handler=handler) if is_meant else route

    return tuple(wrap(route) for route in ROUTES)


_PUBLISH, _READ = ("PUT", f"{_NPM}/{{id}}"), ("GET", f"{_NPM}/{{id}}")
_WRONG = (
    ("a-publish", _changed(*_PUBLISH, _status(201, 200))),
    ("b-publish-errors", _changed(*_PUBLISH, _status(409, 400))),
    ("b-publish-errors", _changed(*_PUBLISH, _status(500, 400))),
    ("c-packument", _changed(*_READ, _packument(lambda body: body.update({"time": {}})))),
    ("c-packument", _changed(*_READ, _packument(lambda body: body.pop("license")))),
    ("c-packument", _changed(*_READ, _etag)),
    (
        "c-packument",
        (Route(method="HEAD", pattern=f"{_NPM}/{{id}}", handler=lambda _f, _c: answers.empty(200)), *ROUTES),
    ),
    ("d-tarball", _changed("GET", "/-/{file}", lambda _response: Response(b"x" * 255))),
    ("e-dist-tags", _changed("PUT", "/dist-tags/{tag}", _status(400, 200))),
    ("e-dist-tags", _changed("GET", "/dist-tags", _packument(lambda body: body.pop("latest", None)))),
    ("f-auth", _changed(*_READ, _status(401, 403))),
    ("h-delete-republish", _changed("DELETE", "/-rev/{revision}", _status(404, 200))),
)


@pytest.mark.parametrize(("name", "routes"), _WRONG)
def test_catches_a_wrong_route(name: str, routes: tuple[Route, ...], tmp_path: Path) -> None:
    """A route that answers a little differently makes its recording fail."""
    assert _differences(name, PRODUCTS["gitea-1.25"], tmp_path, routes)


_GITEA = PRODUCTS["gitea-1.25"]
_WRONG_PRODUCTS = (
    ("b-publish-errors", replace(_GITEA, tag_prefix_is_ignored=False)),
    ("b-publish-errors", replace(_GITEA, keeps_peer_meta=False)),
    ("b-publish-errors", replace(_GITEA, takes_license_object=False)),
    ("f-auth", replace(_GITEA, is_forgejo=True)),
    ("f-auth", replace(_GITEA, forbids_frames=False)),
    ("o-meta", replace(_GITEA, has_package_routes=False)),
    ("o-meta", replace(_GITEA, version="1.25.3")),
)


@pytest.mark.parametrize(("name", "product"), _WRONG_PRODUCTS)
def test_catches_a_wrong_product(name: str, product: Product, tmp_path: Path) -> None:
    """A flag of the product that is not as recorded makes a recording fail."""
    assert _differences(name, product, tmp_path, ROUTES)


def _differences(name: str, product: Product, folder: Path, routes: tuple[Route, ...]) -> list[str]:
    recording = load("gitea-1.25", name)
    case = next(case for case in CASES if case.name == name)
    with stand_in(folder, product, routes=routes) as forge:
        case.prepare(forge, recording)
        return list(replay(forge, recording, RULES, case.only))
