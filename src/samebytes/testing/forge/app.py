"""The ASGI shell: spools the body, finds out who asks, and lets a thread run the handler."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from samebytes.testing.forge import (
    actions,
    answers,
    assets,
    branches,
    contents,
    dispatches,
    git_backend,
    git_objects,
    meta,
    npm,
    packages,
    people,
    releases,
    secrets,
    statuses,
    tag_protection,
    tags,
    variables,
)
from samebytes.testing.forge.auth import identify, refuse_bad_login
from samebytes.testing.forge.call import Call, NoContentTypeError, spool
from samebytes.testing.forge.routing import Route, route
from samebytes.testing.forge.state import Forge

# One line for each area; the first fitting route wins.
ROUTES: tuple[Route, ...] = (
    *npm.ROUTES,
    *packages.ROUTES,
    *people.ROUTES,
    *meta.ROUTES,
    *releases.ROUTES,
    *assets.ROUTES,
    *tags.ROUTES,
    *branches.ROUTES,
    *git_objects.ROUTES,
    *tag_protection.ROUTES,
    *contents.ROUTES,
    *secrets.ROUTES,
    *variables.ROUTES,
    *actions.ROUTES,
    *dispatches.ROUTES,
    *statuses.ROUTES,
    *git_backend.ROUTES,
)


def create_app(forge: Forge, routes: Sequence[Route] = ROUTES) -> Starlette:
    """The application of a stand-in; other routes show a server that is wrong."""
    return Starlette(routes=[Mount("/", app=_Forge(forge, routes))])


class _Forge:
    def __init__(self, forge: Forge, routes: Sequence[Route]) -> None:
        self._forge = forge
        self._routes = tuple(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        begun = self._forge.flying.begin()
        body, size = await spool(request.stream(), self._forge.storage.folder / "incoming")
        with body:
            raw_path = scope["raw_path"].decode("latin-1")
            found = route(self._routes, request.method, raw_path)
            identity = identify(self._forge, request.headers.get("authorization"))
            response = refuse_bad_login(self._forge, identity, raw_path)
            if response is None and isinstance(found, Response):
                response = found
            if response is None and not isinstance(found, Response):
                handler, parameters = found
                call = Call(
                    method=request.method,
                    raw_path=raw_path,
                    parameters=parameters,
                    query=request.query_params,
                    headers=request.headers,
                    identity=identity,
                    body=body,
                    body_size=size,
                    begun=begun,
                )
                try:
                    response = await run_in_threadpool(handler, self._forge, call)
                except NoContentTypeError:
                    response = answers.api_error(422, "[]: Empty Content-Type", self._forge.root_url)
        assert response is not None  # noqa: S101  one of the three cases above
        is_api = raw_path.startswith("/api/v1/")
        if is_api and not self._forge.product.forbids_frames and "X-Frame-Options" in response.headers:
            del response.headers["X-Frame-Options"]
        await response(scope, receive, send)
