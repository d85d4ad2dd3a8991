"""Answers in the forms of the servers: JSON of the API, JSON of the npm routes, and plain text of the router."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

# On every answer of the API and of web pages.
API_HEADERS = {
    "Cache-Control": "max-age=0, private, must-revalidate, no-transform",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
_JSON, _TEXT = "application/json;charset=utf-8", "text/plain; charset=utf-8"


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without a body."""
    return Response(status_code=status, headers=dict(headers or {}))


def text(status: int, body: str, headers: Mapping[str, str] | None = None) -> Response:
    """Plain text with one line feed at its end."""
    return Response(f"{body}\n", status, {"X-Content-Type-Options": "nosniff", **(headers or {})}, _TEXT)


def method_not_allowed(allowed: Sequence[str], raw_path: str) -> Response:
    """What the router says for another method than those of a path."""
    response = empty(405, API_HEADERS if raw_path.startswith("/api/v1/") else None)
    for name in sorted(allowed):
        response.headers.append("Allow", name)
    return response


def page_text(status: int, body: str) -> Response:
    """Plain text of a web page, as for a file that is not there."""
    return Response(f"{body}\n", status, API_HEADERS, _TEXT)


def page_not_found() -> Response:
    """What the web pages say for a thing that is not to be seen; written by another part of the servers."""
    return Response("Not found.\n", 404, API_HEADERS, _TEXT.replace(" ", ""))


def no_such_owner() -> Response:
    """What the package routes say for an owner that is not there; written by another part of the servers."""
    return Response("Not found.\n", 404, {"X-Content-Type-Options": "nosniff"}, _TEXT.replace(" ", ""))


def npm_json(status: int, body: Any) -> Response:
    """JSON of an npm route."""
    return Response(_bytes(body), status, media_type=_JSON)


def npm_error(status: int, message: str) -> Response:
    """An error of an npm route."""
    return npm_json(status, {"error": message})


def api_json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """JSON of /api/v1."""
    return Response(_bytes(body), status, {**API_HEADERS, **(headers or {})}, _JSON)


def api_empty(status: int) -> Response:
    """An answer of /api/v1 without a body."""
    return Response(status_code=status, headers=API_HEADERS)


def api_error(status: int, message: str, root_url: str) -> Response:
    """An error of /api/v1."""
    return api_json(status, {"message": message, "url": f"{root_url}/api/swagger"})


def no_such_page(raw_path: str = "") -> Response:
    """What the router says for a path it does not know."""
    return text(404, "404 page not found", API_HEADERS if raw_path.startswith("/api/v1/") else None)


def _bytes(body: Any) -> bytes:
    return (json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
