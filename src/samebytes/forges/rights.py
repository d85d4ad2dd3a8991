"""What a credential may do at a forge, as far as reading tells; nothing is written to find out."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from samebytes.forges.gitea_api import refusal
from samebytes.forges.gitea_json import API_LIMIT_BYTES, Fields, object_of, objects_of
from samebytes.model.rights import ForgeRights, RepositoryRights
from samebytes.system.http.base import Request, Response, Transport

_NO = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_OWNERS = frozenset({"owner", "admin"})
_WRITERS = frozenset({"write", "admin", "owner"})


def survey_rights(transport: Transport, root_url: str, owner: str, repository: str) -> ForgeRights:
    """What the transport's credential may do with the packages of `owner` and with `repository` (`<owner>/<name>`).

    Raises SiteError for answers that are neither yes nor no.
    """
    asked = _Asked(transport, root_url)
    user = asked.object("user")
    shown = asked.object("repos", *repository.split("/", 1))
    name = user.text("login") if user else ""
    return ForgeRights(
        accepted=HTTPStatus.UNAUTHORIZED not in asked.statuses[:1],
        user=name,
        is_site_admin=user is not None and user.flag("is_admin"),
        repository=_repository(shown) if shown else None,
        reads_packages=asked.may("packages", owner, query="type=npm&limit=1"),
        writes_packages=name.lower() == owner.lower() or _writes_packages(asked, owner) if name else None,
        scopes=_scopes(asked),
    )


def repository_rights(transport: Transport, root_url: str, repository: str) -> RepositoryRights | None:
    """What the credential may do with any repository (`<owner>/<name>`); None where it is missing or hidden.

    Raises SiteError as `survey_rights` does.
    """
    shown = _Asked(transport, root_url).object("repos", *repository.split("/", 1))
    return _repository(shown) if shown else None


def _repository(fields: Fields) -> RepositoryRights:
    permissions = fields.object("permissions")
    return RepositoryRights(
        read=permissions.flag("pull"),
        write=permissions.flag("push"),
        admin=permissions.flag("admin"),
        is_private=fields.flag("private"),
        is_archived=fields.flag("archived"),
        is_empty=fields.flag("empty"),
        default_branch=fields.text("default_branch"),
        has_releases=fields.flag("has_releases", default=True),
        has_packages=fields.flag("has_packages", default=True),
        has_actions=fields.flag("has_actions", default=True),
    )


def _writes_packages(asked: _Asked, owner: str) -> bool | None:
    """Whether a team of the owner gives the right; None where teams cannot be read (read:organization)."""
    teams = asked.array("user", "teams", query="limit=50")
    if teams is None:
        return None
    for team in teams:
        organization = team.object("organization")
        names = {organization.text("name").lower(), organization.text("username").lower()}
        level = team.object("units_map").text("repo.packages")
        if owner.lower() in names and (team.text("permission") in _OWNERS or level in _WRITERS):
            return True
    return False


def _scopes(asked: _Asked) -> tuple[str, ...] | None:
    """The token's scopes, which Gitea tells from 1.27 on."""
    token = asked.object("token")
    value = token.value.get("scopes") if token else None
    return tuple(str(scope) for scope in value) if isinstance(value, list) else None


class _Asked:
    """Reads of the API, and the statuses that came back."""

    def __init__(self, transport: Transport, root_url: str) -> None:
        self._transport = transport
        self._root_url = root_url
        self.statuses: list[int] = []

    def may(self, *parts: str, query: str = "") -> bool:
        """Whether something may be read."""
        return self._get(parts, query).is_success

    def object(self, *parts: str) -> Fields | None:
        """An object, None where it may not be read or is not there."""
        response = self._get(parts, "")
        return object_of(response, "/".join(parts)) if response.is_success else None

    def array(self, *parts: str, query: str) -> tuple[Fields, ...] | None:
        """An array of objects, None where it may not be read or is not there."""
        response = self._get(parts, query)
        return objects_of(response, "/".join(parts)) if response.is_success else None

    def _get(self, parts: tuple[str, ...], query: str) -> Response:
        path = "/".join(quote(part, safe="") for part in parts)
        url = f"{self._root_url}/api/v1/{path}" + (f"?{query}" if query else "")
        response = self._transport.send(Request(method="GET", url=url, limit_bytes=API_LIMIT_BYTES))
        self.statuses.append(response.status)
        if not response.is_success and response.status not in _NO:
            raise refusal(response, path)
        return response
