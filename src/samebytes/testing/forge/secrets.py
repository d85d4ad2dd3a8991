"""Secrets of repositories and organisations: written, listed by name, never shown."""

from __future__ import annotations

import re

from starlette.responses import Response

from samebytes.testing.forge import answers, paging
from samebytes.testing.forge.auth import allows, refuse_api
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.repositories import API, on_repository
from samebytes.testing.forge.routing import Handler, Route
from samebytes.testing.forge.state import ACTIONS, LEVELS, Forge, Organisation, Repository
from samebytes.testing.forge.storage import Record

_NAME = re.compile(r"[A-Z_][A-Z0-9_]*", re.IGNORECASE)
_FORBIDDEN = re.compile(r"GIT(EA|HUB)_", re.IGNORECASE)
_LARGEST = 65_536


def name_error(forge: Forge, name: str) -> str | None:
    """What is wrong with the name of a secret or variable."""
    is_forgejo = forge.product.is_forgejo
    is_wrong = not _NAME.fullmatch(name) or _FORBIDDEN.match(name)
    if is_wrong or (name.upper() == "CI" and not is_forgejo):
        return "invalid secret name" if is_forgejo else "invalid variable or secret name"
    return None


def _put(forge: Forge, call: Call, prefix: str) -> Response:
    name, asked = call.parameters["name"].upper(), call.json_object()
    data = str(asked.get("data") or "")
    if not data:
        return answers.api_error(422, "[Data]: Required", forge.root_url)
    wrong = name_error(forge, name)
    if wrong is None and not forge.product.is_forgejo and len(data.encode()) > _LARGEST:
        wrong = "data too long"
    if wrong is not None:
        return answers.api_error(400, wrong, forge.root_url)
    with forge.storage.transaction():
        found = forge.storage.get("secret", f"{prefix}/{name}")
        created = found["created_at"] if found else time_text(forge.now())
        description = str(asked.get("description") or "")
        secret = {"name": name, "data": data, "description": description, "created_at": created}
        forge.storage.put("secret", f"{prefix}/{name}", secret)
    return answers.api_empty(204 if found else 201)


def _list(forge: Forge, call: Call, prefix: str) -> Response:
    found = sorted(forge.storage.values("secret", f"{prefix}/"), key=lambda secret: str(secret["name"]))
    shown = [_shown(forge, secret) for secret in paging.page(forge, call, found).entries]
    return answers.api_json(200, shown, paging.count_header(len(found)))


def _delete(forge: Forge, call: Call, prefix: str) -> Response:
    if forge.storage.remove("secret", f"{prefix}/{call.parameters['name'].upper()}"):
        return answers.api_empty(204)
    return answers.api_error(404, "secret was not found [name: ]", forge.root_url)


def _shown(forge: Forge, secret: Record) -> Record:
    keys = ("name", "created_at") if forge.product.is_forgejo else ("name", "description", "created_at")
    return {key: secret[key] for key in keys}


def _of_repository(act: str) -> Handler:
    def handle(forge: Forge, call: Call, repository: Repository) -> Response:
        return _ACTS[act](forge, call, f"repository {repository.id}")

    return on_repository(handle, unit=ACTIONS, need="owner")


def _of_organisation(act: str) -> Handler:
    def handle(forge: Forge, call: Call) -> Response:
        refused = refuse_api(forge, call.identity, "organization", write=call.method != "GET")
        organisation = forge.organisation(call.parameters["org"])
        if refused is not None or organisation is None:
            return refused or answers.no_such_page()
        if not (call.identity.is_admin or _owns(call, organisation)):
            return answers.api_error(403, "Must be an organization owner", forge.root_url)
        return _ACTS[act](forge, call, f"owner {organisation.id}")

    return handle


def _owns(call: Call, organisation: Organisation) -> bool:
    user = call.identity.user
    teams = [team for team in organisation.teams if user is not None and user.name in team.members]
    levels = [level for team in teams for level in team.rights.values()]
    return allows(max(levels, key=LEVELS.index, default="none"), "owner")


_ACTS = {"put": _put, "list": _list, "delete": _delete}
_REPOSITORY, _ORGANISATION = f"{API}/actions/secrets", "/api/v1/orgs/{org}/actions/secrets"
ROUTES = (
    Route(method="GET", pattern=_REPOSITORY, handler=_of_repository("list")),
    Route(method="PUT", pattern=f"{_REPOSITORY}/{{name}}", handler=_of_repository("put")),
    Route(method="DELETE", pattern=f"{_REPOSITORY}/{{name}}", handler=_of_repository("delete")),
    Route(method="GET", pattern=_ORGANISATION, handler=_of_organisation("list")),
    Route(method="PUT", pattern=f"{_ORGANISATION}/{{name}}", handler=_of_organisation("put")),
    Route(method="DELETE", pattern=f"{_ORGANISATION}/{{name}}", handler=_of_organisation("delete")),
)
