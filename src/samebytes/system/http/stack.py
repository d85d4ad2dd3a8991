"""The transport of a site: the real one with everything around it that every request needs, in the one right order."""

from __future__ import annotations

from collections.abc import Callable

from samebytes.formats.redact import masker
from samebytes.model.site import Site
from samebytes.model.transfer import Sink
from samebytes.system.http.authorize import Authorization, Authorize
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.deadline import Deadline
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.http.limit import Limit
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.recording import Recording
from samebytes.system.http.redact import Redact
from samebytes.system.http.redirects import Redirects
from samebytes.system.http.retry import Retry
from samebytes.system.http.user_agent import UserAgent


class SiteTransport:
    """A transport that can be closed."""

    def __init__(self, outermost: Transport, close: Callable[[], None]) -> None:
        self._outermost = outermost
        self._close = close

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send a request through all layers."""
        return self._outermost.send(request, sink)

    def close(self) -> None:
        """Close the connections."""
        self._close()


def site_transport(
    site: Site,
    authorization: Authorization | None,
    pauses: Pauses,
    *,
    until_s: float | None = None,
    recording: str = "",
    real: Transport | None = None,
) -> SiteTransport:
    """The transport of a site, of these layers from the outside in.

    1. user agent: on every hop.
    2. redact: outside everything that can raise.
    3. redirects: outside the credential, so that each hop gets it by its own origin or not at all; outside retry, so
       that a hop is repeated by itself.
    4. retry: a pause holds no place among the exchanges, and each attempt asks the deadline anew.
    5. limit: outside the deadline and the exchange, whose time must not pass in a queue.
    6. deadline of the run, `until_s` on the clock's monotonic time; none where it is None.
    7. authorize: bound to the origin of the site's URL.
    8. recording into the folder of that name, where one is given: sees what goes over the wire, masks it.
    9. the real one, or `real` in tests.

    Answers come as they are: who shows a text from one masks it (`Authorization.texts`).
    """
    mask = masker(authorization.texts if authorization else ())
    layers: Transport
    close: Callable[[], None]
    if real is None:
        opened = HttpxTransport(
            connections=site.concurrency,
            connect_timeout_s=site.connect_timeout_s,
            request_timeout_s=site.request_timeout_s,
            ca_file=site.ca_file,
            proxy=site.proxy,
        )
        layers, close = opened, opened.close
    else:
        layers, close = real, lambda: None
    if recording:
        layers = Recording(layers, recording, mask)
    if authorization is not None:
        layers = Authorize(layers, authorization, site.url)
    if until_s is not None:
        layers = Deadline(layers, pauses.clock, until_s, site.request_timeout_s)
    layers = Limit(layers, site.concurrency)
    layers = Retry(layers, pauses)
    return SiteTransport(UserAgent(Redact(Redirects(layers), mask)), close)
