"""Who a request comes from and what that one may do, with the answers of servers to those who may not."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.state import LEVELS, PACKAGES, Forge, Level, Organisation, Repository, User, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks: nobody (no user), a user by password (no scopes: all rights), or a user by token (its scopes).

    `is_malformed`: the header named no way to sign in that a server knows; `is_bad`: it did, and was wrong.
    """

    user: User | None = None
    scopes: tuple[str, ...] | None = None
    is_bad: bool = False
    is_malformed: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether it is the site's administrator."""
        return self.user is not None and self.user.is_admin

    def has_scope(self, category: str, *, write: bool) -> bool:
        """Whether the token's scopes cover a category such as "package"; a password covers all."""
        if self.scopes is None:
            return True
        wanted = {"all", f"write:{category}"} | (set() if write else {f"read:{category}"})
        return not wanted.isdisjoint(self.scopes)


NOBODY = Identity()
_BAD = Identity(is_bad=True)
_MALFORMED = Identity(is_bad=True, is_malformed=True)


def identify(forge: Forge, authorization: str | None) -> Identity:
    """Read an Authorization header: "Bearer PAT", "token PAT", Basic with a password or a PAT as password."""
    if authorization is None:
        return NOBODY
    kind, _, value = authorization.partition(" ")
    match kind.lower():
        case "bearer" | "token" if value.strip():
            return _by_token(forge, value.strip())
        case "basic" if value.strip():
            return _by_basic(forge, value.strip())
        case _:
            return _MALFORMED


def _by_token(forge: Forge, secret: str) -> Identity:
    token = forge.token(secret)
    user = forge.user(token.user) if token else None
    return Identity(user=user, scopes=token.scopes) if token and user else _BAD


def _by_basic(forge: Forge, value: str) -> Identity:
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return _MALFORMED
    # A token may stand in either half.
    for candidate in (secret, name):
        found = _by_token(forge, candidate) if candidate else _BAD
        if not found.is_bad:
            return found
    user = forge.user(name)
    return Identity(user=user) if user and user.password_sha256 == digest(secret) else _BAD


def refuse_bad_login(forge: Forge, identity: Identity, raw_path: str) -> Response | None:
    """The 401 for a login that is wrong; None where the request may go on."""
    if not identity.is_bad:
        return None
    if raw_path.startswith("/api/packages/"):
        return answers.text(401, "authGroup.Verify" if forge.product.is_forgejo else "Failed to authenticate user")
    if raw_path.startswith("/api/v1/"):
        if identity.is_malformed:
            return answers.api_error(401, "token is required", forge.root_url)
        message = (
            "user does not exist [uid: 0, name: ]"
            if forge.product.is_forgejo
            else "invalid username, password or token"
        )
        return answers.api_error(401, message, forge.root_url)
    return answers.text(401, "Unauthorized")


def refuse_api(forge: Forge, identity: Identity, category: str, *, write: bool) -> Response | None:
    """The 401 or 403 of /api/v1 for one who did not sign in or whose token lacks the scope."""
    if identity.user is None:
        return answers.api_error(401, "token is required", forge.root_url)
    if identity.has_scope(category, write=write):
        return None
    wanted = f"{'write' if write else 'read'}:{category}"
    missing = "token does not have at least one of required scope(s)"
    if forge.product.is_forgejo:
        return answers.api_error(403, f"{missing}: [{wanted}]", forge.root_url)
    has = ",".join(identity.scopes or ())
    return answers.api_error(403, f"{missing}, required=[{wanted}], token scope={has}", forge.root_url)


def may_read_owner(identity: Identity, owner: User | Organisation) -> bool:
    """Whether one sees an owner at all."""
    return not owner.is_private or identity.is_admin or _is_member(identity, owner)


def package_level(identity: Identity, owner: User | Organisation) -> Level:
    """What one may do with an owner's packages, scopes of the token aside."""
    if identity.is_admin or (isinstance(owner, User) and identity.user == owner):
        return "owner"
    if isinstance(owner, User):
        return "none" if owner.is_private else "read"
    level = _team_level(identity, owner, PACKAGES)
    return "read" if level == "none" and not owner.is_private else level


def repository_level(forge: Forge, identity: Identity, repository: Repository, unit: str) -> Level:
    """What one may do with a unit of a repository, scopes of the token aside; "none" where the unit is off."""
    if unit not in repository.units:
        return "none"
    owner = forge.owner(repository.owner)
    if owner is None:
        return "none"
    if identity.is_admin or (isinstance(owner, User) and identity.user == owner):
        return "owner"
    level: Level = _team_level(identity, owner, unit) if isinstance(owner, Organisation) else "none"
    is_open = not repository.is_private and not owner.is_private
    return "read" if level == "none" and is_open else level


def allows(level: Level, wanted: Level) -> bool:
    """Whether a level includes another one."""
    return LEVELS.index(level) >= LEVELS.index(wanted)


def _is_member(identity: Identity, owner: User | Organisation) -> bool:
    if identity.user is None:
        return False
    if isinstance(owner, User):
        return owner == identity.user
    return any(identity.user.name in team.members for team in owner.teams)


def _team_level(identity: Identity, owner: Organisation, unit: str) -> Level:
    if identity.user is None:
        return "none"
    levels = [team.rights.get(unit, "none") for team in owner.teams if identity.user.name in team.members]
    return max(levels, key=LEVELS.index, default="none")
