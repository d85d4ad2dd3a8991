"""Follow redirects of reads."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urldefrag, urljoin

from samebytes.errors import SiteError
from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.urls import check_url, origin_of, shown_url

MAX_REDIRECTS = 5
_STATUSES = frozenset({301, 302, 303, 307, 308})
_FOLLOWED = frozenset({"GET", "HEAD"})
_FOR_ONE_ORIGIN = frozenset({"authorization", "cookie"})


class Redirects:
    """Follows a GET or HEAD at most five times, never from https to http; another method gets its 3xx handed on.

    Stands outside whatever adds a credential, so that each hop is judged by its own origin.
    """

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it and follow. Raises SiteError SB-5128 (a step down to http), SB-5129 (a loop, or too many)."""
        seen = {request.url}
        while True:
            answer = self._inner.send(request, sink)
            location = answer.headers.get("location", "")
            if request.method not in _FOLLOWED or answer.status not in _STATUSES or not location:
                return answer
            request = _next(request, location)
            if request.url in seen or len(seen) > MAX_REDIRECTS:
                raise SiteError("SB-5129", f"{shown_url(answer.url)} redirects in a circle, or too often")
            seen.add(request.url)


def _next(request: Request, location: str) -> Request:
    try:
        url = urldefrag(urljoin(request.url, location)).url
    except ValueError:
        url = ""
    check_url(url)
    if request.url.lower().startswith("https:") and not url.lower().startswith("https:"):
        raise SiteError("SB-5128", f"{shown_url(request.url)} redirects to {shown_url(url)}, which is not encrypted")
    if origin_of(url) == origin_of(request.url):
        return replace(request, url=url)
    headers = {name: value for name, value in request.headers.items() if name not in _FOR_ONE_ORIGIN}
    return replace(request, url=url, headers=headers)
