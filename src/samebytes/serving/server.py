"""Run the application on a port until somebody asks us to stop."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from types import FrameType

import uvicorn

from samebytes.errors import SiteError
from samebytes.serving.app import SitesApp
from samebytes.system.site_folder import SiteFolder

_STOP_WITHIN_S = 5
_BACKLOG = 1024


def serve(folders: Mapping[str, SiteFolder], host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve sites by id until SIGINT or SIGTERM; running requests are finished first.

    `on_ready` gets the base URL once connections are accepted; port 0 takes a free one. Raises SiteError: SB-5001 for a
    folder that is no directory site, SB-5301 when the address cannot be listened on.
    """
    for folder in folders.values():
        folder.check()
    listener = _listen(host, port)
    with listener:
        address = f"[{host}]" if ":" in host else host
        base = f"http://{address}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            SitesApp(folders),
            lifespan="off",
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_STOP_WITHIN_S,
        )
        _Server(config, lambda: on_ready(base)).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn, telling when it is ready, and taking a signal as the way it is meant to end."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  uvicorn's own signature
        # The base class would send the signal to us once more after the orderly end.
        self.force_exit = self.should_exit
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    # Created with its protocol number: asyncio switches Nagle's algorithm off only for sockets that name TCP, and with
    # it every answer waits 40 ms for the client's acknowledgement.
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise SiteError(
            "SB-5301",
            f"{host} port {port} cannot be listened on: {error.strerror or error}",
            hint="choose another --port, or 0 for a free one",
        ) from error
    return listener
