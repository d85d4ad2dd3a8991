"""What a server tells about itself."""

from __future__ import annotations

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import Forge


def version(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    """The version, in the form that both products have."""
    return answers.api_json(200, {"version": forge.product.version})


ROUTES = (Route(method="GET", pattern="/api/v1/version", handler=version),)
