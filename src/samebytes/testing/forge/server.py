"""Run a stand-in on a loopback port: in a thread for tests, or until a signal as a process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from samebytes.testing.forge.app import ROUTES, create_app
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import Forge

_HOST = "127.0.0.1"
_STOP_WITHIN_S = 5
_START_WITHIN_S = 60


@contextmanager
def running(forge: Forge, *, port: int = 0, routes: Sequence[Route] = ROUTES) -> Iterator[str]:
    """Serve in a thread; gives the base URL, which is ROOT_URL too unless the stand-in has one already."""
    with _listen(port) as listener:
        base_url = _base_url(listener)
        forge.root_url = forge.root_url or base_url
        ready = threading.Event()
        server = _Server(_config(create_app(forge, routes)), ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="forge stand-in")
        thread.start()
        try:
            if not ready.wait(_START_WITHIN_S):
                raise TimeoutError("the stand-in did not start")
            yield base_url
        finally:
            server.should_exit = True
            thread.join()


def serve(forge: Forge, *, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `on_ready` gets the base URL once connections are accepted."""
    with _listen(port) as listener:
        base_url = _base_url(listener)
        forge.root_url = forge.root_url or base_url
        _Server(_config(create_app(forge)), lambda: on_ready(base_url)).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn, telling when it is ready, and taking a signal as the way it is meant to end."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  uvicorn's own signature
        self.force_exit = self.should_exit
        self.should_exit = True


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )


def _listen(port: int) -> socket.socket:
    # Created with its protocol number: asyncio switches Nagle's algorithm off only for sockets that name TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener


def _base_url(listener: socket.socket) -> str:
    return f"http://{_HOST}:{listener.getsockname()[1]}"
