"""Show a credential to the one origin that it is for."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from samebytes.model.secret import Secret
from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.urls import origin_of


@dataclass(frozen=True, slots=True)
class Authorization:
    """The value of an Authorization header, and the secret in it."""

    value: Secret
    secret: Secret

    @classmethod
    def bearer(cls, secret: Secret) -> Authorization:
        """`Bearer <secret>`, as npm registries take it."""
        return cls(Secret(f"Bearer {secret.reveal()}"), secret)

    @classmethod
    def token(cls, secret: Secret) -> Authorization:
        """`token <secret>`, as Gitea and Forgejo take it."""
        return cls(Secret(f"token {secret.reveal()}"), secret)

    @classmethod
    def basic(cls, user: str, secret: Secret) -> Authorization:
        """User and password (RFC 7617), in UTF-8."""
        encoded = base64.b64encode(f"{user}:{secret.reveal()}".encode()).decode("ascii")
        return cls(Secret(f"Basic {encoded}"), secret)

    @property
    def texts(self) -> tuple[str, ...]:
        """What must not show anywhere: the secret, and the value as it is sent, without the word before it."""
        return (self.secret.reveal(), self.value.reveal().partition(" ")[2])


class Authorize:
    """Adds the header to requests whose scheme, host and port are those of `url`, and to no other."""

    def __init__(self, inner: Transport, authorization: Authorization, url: str) -> None:
        self._inner = inner
        self._authorization = authorization
        self._origin = origin_of(url)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it, with the header where it belongs."""
        if not self._origin or origin_of(request.url) != self._origin:
            return self._inner.send(request, sink)
        headers = {**request.headers, "authorization": self._authorization.value.reveal()}
        return self._inner.send(replace(request, headers=headers), sink)
