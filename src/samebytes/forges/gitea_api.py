"""Requests to the API of one repository at a Gitea or Forgejo, and what its refusals mean.

The transport signs requests for the site's own origin and repeats what is safe. Every URL is built here from the configured
root: addresses in answers name the server's ROOT_URL, which need not be how we reach it, and may be anybody's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, urlencode

from samebytes.errors import SiteError
from samebytes.forges.base import WriteGuard
from samebytes.forges.gitea_json import API_LIMIT_BYTES, object_of
from samebytes.model.transfer import Content, Sink
from samebytes.system.content import BytesContent
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.settle import Pauses, settle

_MESSAGE_CHARS = 200
_NO_QUERY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GiteaApi:
    """The API of one repository: `root_url` without a trailing slash, `repository` as `<owner>/<name>`."""

    transport: Transport
    root_url: str
    repository: str
    pauses: Pauses
    _seen: set[str] = field(default_factory=set, repr=False)

    def url(self, *parts: str, query: Mapping[str, str] = _NO_QUERY) -> str:
        """The address of something in the repository; each part is one segment, whatever characters it has."""
        return self.address("api", "v1", "repos", *self.repository.split("/", 1), *parts, query=query)

    def address(self, *parts: str, query: Mapping[str, str] = _NO_QUERY) -> str:
        """The address of something at the server, under the configured root."""
        if any(part in {"", ".", ".."} for part in parts):
            raise SiteError("SB-8005", f"{'/'.join(parts)!r} cannot be asked for: a part of it is empty or dots")
        path = "/".join(quote(part, safe="") for part in parts)
        return f"{self.root_url}/{path}" + (f"?{urlencode(query)}" if query else "")

    def get(self, url: str, sink: Sink | None = None) -> Response:
        """Read something; any status is an answer."""
        request = Request(method="GET", url=url, limit_bytes=API_LIMIT_BYTES)
        return self.transport.send(request, sink)

    def send(self, method: str, url: str, body: Content | None, lease: WriteGuard, kind: str = "") -> Response:
        """One write under the lease; `kind` is the content type of the body."""
        headers = {"content-type": kind} if kind else {}
        with lease.guard():
            return self.transport.send(
                Request(method=method, url=url, headers=headers, body=body, limit_bytes=API_LIMIT_BYTES)
            )

    def send_json(self, method: str, url: str, value: Mapping[str, object], lease: WriteGuard) -> Response:
        """One write of a JSON document under the lease."""
        body = BytesContent(json.dumps(value).encode())
        return self.send(method, url, body, lease, "application/json")

    def settled(self, write: Callable[[], Response], is_done: Callable[[], bool]) -> Response | None:
        """Write until the answer is definite or reading shows that it is done, which is None."""
        return settle(write, is_done, self.pauses)

    def repository_fields(self) -> Response:
        """What the server says about the repository itself."""
        return self.get(self.url())

    def check_visible(self) -> None:
        """Raise SiteError where a 404 was about the repository as such, not about something in it; asked once."""
        if "repository" in self._seen:
            return
        response = self.repository_fields()
        if not response.is_success:
            raise refusal(response, f"repository {self.repository}")
        object_of(response, f"repository {self.repository}")
        self._seen.add("repository")


def refusal(response: Response, what: str) -> SiteError:
    """What to raise for an answer that is no success: `what` could not be read or written."""
    details = {"status": str(response.status), "server says": message_of(response)}
    match response.status:
        case HTTPStatus.UNAUTHORIZED:
            return SiteError(
                "SB-8003",
                f"{what}: the site does not accept the credential, or needs one",
                hint="check the site's credential: a token that is not expired, with the scopes of docs/reference/forges.md",
                details=details,
            )
        case HTTPStatus.FORBIDDEN:
            return SiteError(
                "SB-8003",
                f"{what}: the credential does not have this right",
                hint="give the token the scope write:repository, and its user write access to the repository's unit;"
                " secrets and variables, and on Gitea up to 1.26 the list of runs, need a repository admin",
                details=details,
            )
        case HTTPStatus.NOT_FOUND:
            return SiteError(
                "SB-8002",
                f"{what} is not there, or not visible with this credential",
                hint="check url, owner and repository of the site; a private one looks missing to who may not read it",
                details=details,
            )
        case _:
            return SiteError("SB-8005", f"{what}: the site answered {response.status}", details=details)


def message_of(response: Response) -> str:
    """What the server wrote about a refusal, for people; cut, and never to be decided by."""
    text = response.body[: 4 * _MESSAGE_CHARS].decode("utf-8", "replace")
    if text.startswith("{"):
        with suppress(SiteError):
            text = object_of(response, "answer").text("message", text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_MESSAGE_CHARS]
