"""Users: how the API shows them, and the API that makes tokens."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, describe
from samebytes.testing.forge.auth import Identity, refuse_api
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import Forge, Organisation, Token, User

_CATEGORIES = "activitypub|admin|misc|notification|organization|package|issue|repository|user"
_SCOPE = re.compile(rf"all|public-only|(?:read|write):(?:{_CATEGORIES})")
_NEVER = "0001-01-01T00:00:00Z"


def owner_json(forge: Forge, owner: User | Organisation, viewer: Identity) -> dict[str, Any]:
    """A user or organisation as /api/v1 shows it to somebody; only oneself and an administrator see all."""
    is_self = isinstance(owner, User) and (viewer.is_admin or viewer.user == owner)
    shown = describe.user_json(forge, owner, is_self=is_self) or {}
    return shown | {"active": is_self or viewer.is_admin}


def _current_user(forge: Forge, call: Call) -> Response:
    refused = refuse_api(forge, call.identity, "user", write=False)
    if refused is not None or call.identity.user is None:
        return refused or answers.no_such_page()
    return answers.api_json(200, owner_json(forge, call.identity.user, call.identity))


def _create_token(forge: Forge, call: Call) -> Response:
    refused = refuse_api(forge, call.identity, "user", write=True)
    user = call.identity.user
    if refused is not None or user is None:
        return refused or answers.no_such_page()
    if call.identity.scopes is not None:
        return answers.api_error(401, "auth required", forge.root_url)
    asked = call.json()
    name, scopes = asked.get("name", ""), tuple(asked.get("scopes") or ())
    if any(token.name == name for token in forge.tokens_of(user.name)):
        return answers.api_error(400, "access token name has been used already", forge.root_url)
    if not scopes:
        return answers.api_error(400, "access token must have a scope", forge.root_url)
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            wrong = f"invalid access token scope provided: invalid access token scope: {scope}"
            return answers.api_error(400, wrong, forge.root_url)
    with forge.storage.transaction():
        secret = forge.add_token(user.name, name, scopes)
    token = forge.token(secret)
    return answers.api_json(201, _token_json(forge, token, secret) if token else {})


def _token_json(forge: Forge, token: Token, secret: str) -> dict[str, Any]:
    shown = {
        "id": token.id,
        "name": token.name,
        "sha1": secret,
        "token_last_eight": token.last_eight,
        "scopes": list(token.scopes),
    }
    return shown | ({} if forge.product.is_forgejo else {"created_at": _NEVER, "last_used_at": _NEVER})


ROUTES = (
    Route(method="GET", pattern="/api/v1/user", handler=_current_user),
    Route(method="POST", pattern="/api/v1/users/{user}/tokens", handler=_create_token),
)
