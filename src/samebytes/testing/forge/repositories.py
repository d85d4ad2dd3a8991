"""Which repository a request of /api/v1 is about, and whether the one who asks may do that there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.auth import Identity, allows, refuse_api, repository_level
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.routing import Handler
from samebytes.testing.forge.state import LEVELS, UNITS, Forge, Level, Repository

RepositoryHandler = Callable[[Forge, Call, Repository], Response]
Need = Literal["read", "write", "admin", "owner"]
API = "/api/v1/repos/{owner}/{repo}"
# What servers say to somebody signed in who may not.
_DENIALS: dict[Need, str] = {
    "read": "user should have specific read permission or be a repo admin or a site admin",
    "write": "user should have a permission to write to a repo",
    "admin": "user should be an owner or a collaborator with admin write of a repository",
    "owner": "user should be the owner of the repo",
}


class RefusedError(Exception):
    """A request ends here, with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def on_repository(handler: RepositoryHandler, *, unit: str, need: Need = "read") -> Handler:
    """The handler behind the checks of /api/v1: the token's scope, the repository's existence, the rights in a unit."""

    def checked(forge: Forge, call: Call) -> Response:
        is_write = call.method not in {"GET", "HEAD"}
        if call.identity.user is not None:
            refusal = refuse_api(forge, call.identity, "repository", write=is_write)
            if refusal is not None:
                return refusal
        repository = forge.repository(call.parameters["owner"], call.parameters["repo"])
        if repository is None or not allows(top_level(forge, call.identity, repository), "read"):
            return not_found(forge)
        if call.identity.user is None and (is_write or need != "read"):
            return answers.api_error(401, "token is required", forge.root_url)
        try:
            return _denied(forge, call, repository, unit, need) or handler(forge, call, repository)
        except RefusedError as refused:
            return refused.response
        except ValueError as error:
            # A body that is no JSON, or not the object that is asked for.
            return answers.api_error(422, f"[]: {error}", forge.root_url)

    return checked


def top_level(forge: Forge, identity: Identity, repository: Repository) -> Level:
    """The most one may do with any unit of a repository; "none" hides it altogether."""
    if identity.is_admin:
        return "owner"
    levels = (repository_level(forge, identity, repository, unit) for unit in UNITS)
    return max(levels, key=LEVELS.index, default="none")


def not_found(forge: Forge, message: str = "", errors: list[str] | None = None) -> Response:
    """The 404 of /api/v1 for a thing that is not there, or not to be seen."""
    is_forgejo = forge.product.is_forgejo
    default = "The target couldn't be found." if is_forgejo else "not found"
    listed: Any = errors or ([] if is_forgejo else None)
    url = f"{forge.root_url}/api/swagger"
    return answers.api_json(404, {"errors": listed, "message": message or default, "url": url})


def server_error(forge: Forge) -> Response:
    """The 500 of /api/v1, which hides its cause."""
    return answers.api_error(500, "", forge.root_url)


def _denied(forge: Forge, call: Call, repository: Repository, unit: str, need: Need) -> Response | None:
    top = top_level(forge, call.identity, repository)
    if allows(top, "admin"):
        return None
    level = repository_level(forge, call.identity, repository, unit)
    if need in {"admin", "owner"} or (need == "write" and level == "read"):
        return answers.api_error(403, _DENIALS[need], forge.root_url)
    if not allows(level, need):
        return answers.api_error(403, _DENIALS["read"], forge.root_url)
    return None
