"""Say who we are."""

from __future__ import annotations

from dataclasses import replace

from samebytes import __version__
from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response, Transport


class UserAgent:
    """Adds `user-agent: samebytes/<version>`."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it with the header."""
        headers = {**request.headers, "user-agent": f"samebytes/{__version__}"}
        return self._inner.send(replace(request, headers=headers), sink)
