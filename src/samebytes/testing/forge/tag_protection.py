"""Protected tags: who may not make, move or delete them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.repositories import API, on_repository
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import CODE, Forge, Repository, User
from samebytes.testing.forge.storage import Record


def patterns_against(forge: Forge, repository: Repository, user: User | None) -> list[str]:
    """The patterns of tags that a user may not touch; regular expressions ("/…/") are not supported."""
    rules = forge.storage.values("tag protection", f"{repository.id}/")
    name = user.name if user else ""
    return [rule["name_pattern"] for rule in rules if name not in rule["whitelist_usernames"]]


def is_protected(forge: Forge, repository: Repository, user: User | None, tag: str) -> bool:
    """Whether a user may not touch a tag."""
    return any(fnmatchcase(tag, pattern) for pattern in patterns_against(forge, repository, user))


def _list(forge: Forge, call: Call, repository: Repository) -> Response:  # noqa: ARG001
    rules = forge.storage.values("tag protection", f"{repository.id}/")
    return answers.api_json(200, [_shown(rule) for rule in rules])


def _create(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    with forge.storage.transaction():
        now = time_text(forge.now())
        rule: Record = {
            "id": forge.storage.next_id("tag protection"),
            "name_pattern": str(asked.get("name_pattern", "")),
            "whitelist_usernames": list(asked.get("whitelist_usernames") or []),
            "created_at": now,
        }
        forge.storage.put("tag protection", f"{repository.id}/{rule['id']}", rule)
    return answers.api_json(201, _shown(rule))


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    is_gone = forge.storage.remove("tag protection", f"{repository.id}/{call.parameters['id']}")
    return answers.api_empty(204 if is_gone else 404)


def _shown(rule: Record) -> Record:
    return {**rule, "updated_at": rule["created_at"], "whitelist_teams": []}


ROUTES = (
    Route(method="GET", pattern=f"{API}/tag_protections", handler=on_repository(_list, unit=CODE, need="admin")),
    Route(method="POST", pattern=f"{API}/tag_protections", handler=on_repository(_create, unit=CODE, need="admin")),
    Route(
        method="DELETE",
        pattern=f"{API}/tag_protections/{{id}}",
        handler=on_repository(_delete, unit=CODE, need="admin"),
    ),
)
