"""Not too many at once."""

from __future__ import annotations

import threading

from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response, Transport


class Limit:
    """Lets at most so many exchanges run at a time; the others wait, before their own time begins."""

    def __init__(self, inner: Transport, at_once: int) -> None:
        self._inner = inner
        self._free = threading.BoundedSemaphore(at_once)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it when there is room."""
        with self._free:
            return self._inner.send(request, sink)
