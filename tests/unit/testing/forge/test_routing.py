"""Routes look at the path as it was sent."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.routing import Route, route
from samebytes.testing.forge.state import Forge


def _handler(_forge: Forge, _call: Call) -> Response:
    return answers.empty(200)


def _route(pattern: str, method: str = "GET") -> Route:
    return Route(method=method, pattern=pattern, handler=_handler)


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("/a/{x}", "/a/b", {"x": "b"}),
        ("/a/{x}", "/a/b%2Fc", {"x": "b/c"}),
        ("/a/{x}", "/a/b/c", None),
        ("/a/{x}", "/a/", None),
        ("/a/{x}", "/b/c", None),
        ("/a/@{s}/{x}", "/a/@s/x", {"s": "s", "x": "x"}),
        ("/a/@{s}/{x}", "/a/%40s/x", None),
        ("/a/{rest...}", "/a/b/c%2Fd", {"rest": "b/c/d"}),
        ("/a/{rest...}", "/a/", None),
        ("/a/{rest...}", "/a", None),
        ("/%61/x", "/a/x", None),
        ("/a/x", "/%61/x", {}),
    ],
)
def test_match(pattern: str, path: str, found: dict[str, str] | None) -> None:
    """One part of the path for each name, decoded after the cut."""
    assert _route(pattern).match(path) == found


def test_route_answers_404_and_405() -> None:
    """An unknown path is 404, a known one with another method 405 with every method that is allowed."""
    table = [_route("/a/{x}"), _route("/a/{x}", "PUT")]
    assert isinstance(route(table, "GET", "/a/b"), tuple)
    missing = route(table, "GET", "/b")
    assert isinstance(missing, Response)
    assert (missing.status_code, missing.body) == (404, b"404 page not found\n")
    refused = route(table, "HEAD", "/a/b")
    assert isinstance(refused, Response)
    assert (refused.status_code, refused.headers.getlist("allow")) == (405, ["GET", "PUT"])
