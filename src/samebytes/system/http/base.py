"""What an HTTP exchange is, and the one Protocol that everything that talks to a server is given.

An answer is *definite* (2xx, 4xx) or *ambiguous* (none, a broken one, any 5xx). Any status is a value here; only an
answer that did not come, or did not come whole, is an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Protocol

from samebytes.errors import SiteError
from samebytes.model.transfer import Content, Sink

# Enough for the packument of a package with thousands of versions.
DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class AmbiguousError(SiteError):
    """There was no answer, or only a part of one: the request may have acted."""


class NotSentError(AmbiguousError):
    """The connection could not be made, so that the request has certainly not acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. Header names are lower case; `limit_bytes` bounds the body of the answer where no sink takes it.

    `timeout_s` bounds the whole exchange; None leaves it to the transport.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    body: Content | None = None
    limit_bytes: int = DEFAULT_LIMIT_BYTES
    timeout_s: float | None = None

    @property
    def is_safe(self) -> bool:
        """Whether sending it twice does nothing."""
        return self.method in _SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer. Header names are lower case; `body` is empty where a sink took it; `url` answered in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_ambiguous(self) -> bool:
        """Whether the server failed, so that the request may or may not have acted."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


class Transport(Protocol):
    """Sends requests. Safe to share among threads."""

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send a request and wait for the whole answer.

        With a sink, the body of a 2xx goes there, `restart` first, and is not limited; what the sink raises comes out.
        Raises NotSentError (SB-5120), AmbiguousError (SB-5121 broken or no answer, SB-5122 too slow), SiteError
        (SB-5003) for an answer larger than the limit, DeadlineError (15) where a deadline for the whole run passed.
        """
        ...
