"""Who and what a stand-in knows: users, tokens, organisations with team rights, repositories, quotas."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from samebytes.testing.forge.product import Product
from samebytes.testing.forge.storage import Storage

Level = Literal["none", "read", "write", "admin", "owner"]
LEVELS: tuple[Level, ...] = ("none", "read", "write", "admin", "owner")
# Units of a repository, named as in team rights; each can be off at a repository.
CODE, RELEASES, PACKAGES, ACTIONS = "repo.code", "repo.releases", "repo.packages", "repo.actions"
UNITS = (CODE, RELEASES, PACKAGES, ACTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or bot; the password is kept as its SHA-256."""

    id: int
    name: str
    password_sha256: str
    is_admin: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A personal access token, kept as its SHA-256; scopes as in the token API ("write:package", "all")."""

    id: int
    name: str
    user: str
    sha256: str
    last_eight: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Members of an organisation and what they may do with each unit of it."""

    name: str
    members: tuple[str, ...]
    rights: Mapping[str, Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An owner that is not a person."""

    id: int
    name: str
    is_private: bool = False
    teams: tuple[Team, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository; its git folder is at `Storage.repository_path`."""

    id: int
    owner: str
    name: str
    is_private: bool = False
    default_branch: str = "main"
    units: tuple[str, ...] = UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an administrator may have limited; -1 is unlimited, sizes in bytes, `owner_packages` counts versions."""

    npm_size: int = -1
    owner_size: int = -1
    owner_packages: int = -1
    asset_size: int = 2048 * 1024 * 1024
    asset_types: str = ""


def digest(secret: str) -> str:
    """How a password or token is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


class FlyingWrites:
    """Tells whether two writes of one thing ran at the same time, so that races can end as on PostgreSQL.

    A write that finds another one finished after its own beginning overlapped with it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self._finished: dict[str, int] = {}

    def begin(self) -> int:
        """The moment a write begins: before it reads anything."""
        with self._lock:
            self._now += 1
            return self._now

    def finish(self, thing: str) -> None:
        """A write of this thing is done."""
        with self._lock:
            self._now += 1
            self._finished[thing] = self._now

    def overlaps(self, thing: str, begun: int) -> bool:
        """Whether another write of this thing was done after this one began."""
        with self._lock:
            return self._finished.get(thing, 0) > begun


@dataclass(slots=True, kw_only=True)
class Forge:
    """One stand-in: what it is, what it stores, and its chance.

    `root_url` is ROOT_URL of the server's settings without a slash at its end: the host of tarball addresses. Names of
    users, owners and repositories are found in any letter case. `flying` counts running requests for the races.
    """

    storage: Storage
    product: Product
    random: random.Random
    root_url: str = ""
    limits: Limits = field(default_factory=Limits)
    flying: FlyingWrites = field(default_factory=FlyingWrites)

    @classmethod
    def open(cls, folder: Path, product: Product, *, seed: int = 0, limits: Limits | None = None) -> Forge:
        """The stand-in of a folder, which is made if it is missing."""
        chance = random.Random(seed)  # noqa: S311  repeatable on purpose
        return cls(storage=Storage(folder), product=product, random=chance, limits=limits or Limits())

    @classmethod
    def read(cls, folder: Path, product: Product) -> Forge:
        """The stand-in of a folder for a checker: it changes nothing, while a server may go on."""
        chance = random.Random(0)  # noqa: S311  unused
        return cls(storage=Storage(folder, read_only=True), product=product, random=chance)

    def now(self) -> datetime:
        """The time, to the second, as servers store it."""
        return datetime.now(UTC).replace(microsecond=0)

    # Users and tokens

    def add_user(self, name: str, password: str, *, is_admin: bool = False, is_private: bool = False) -> User:
        """Add a user."""
        user = User(
            id=self.storage.next_id("owner"),
            name=name,
            password_sha256=digest(password),
            is_admin=is_admin,
            is_private=is_private,
        )
        self.storage.put("user", name.lower(), asdict(user))
        return user

    def user(self, name: str) -> User | None:
        """The user of this name."""
        found = self.storage.get("user", name.lower())
        return None if found is None else User(**found)

    def add_token(self, user: str, name: str, scopes: tuple[str, ...], secret: str | None = None) -> str:
        """Add a token, of chance unless given; returns its text, which is not stored."""
        secret = secret or f"{self.random.getrandbits(160):040x}"
        token = Token(
            id=self.storage.next_id("token"),
            name=name,
            user=user,
            sha256=digest(secret),
            last_eight=secret[-8:],
            scopes=scopes,
        )
        self.storage.put("token", token.sha256, asdict(token))
        return secret

    def token(self, secret: str) -> Token | None:
        """The token with this text."""
        found = self.storage.get("token", digest(secret))
        return None if found is None else _token(found)

    def tokens_of(self, user: str) -> list[Token]:
        """A user's tokens, oldest first."""
        return [_token(found) for found in self.storage.values("token") if found["user"].lower() == user.lower()]

    # Organisations and repositories

    def add_organisation(self, name: str, *, is_private: bool = False, teams: tuple[Team, ...] = ()) -> Organisation:
        """Add an organisation, or replace the teams of one."""
        found = self.organisation(name)
        organisation = Organisation(
            id=found.id if found else self.storage.next_id("owner"), name=name, is_private=is_private, teams=teams
        )
        self.storage.put("organisation", name.lower(), asdict(organisation))
        return organisation

    def organisation(self, name: str) -> Organisation | None:
        """The organisation of this name."""
        found = self.storage.get("organisation", name.lower())
        if found is None:
            return None
        teams = tuple(Team(**{**team, "members": tuple(team["members"])}) for team in found["teams"])
        return Organisation(**{**found, "teams": teams})

    def owner(self, name: str) -> User | Organisation | None:
        """The user or organisation of this name."""
        return self.user(name) or self.organisation(name)

    def add_repository(self, owner: str, name: str, **options: Any) -> Repository:
        """Add a repository's record, or replace it; its git folder is not made here."""
        found = self.repository(owner, name)
        repository = Repository(
            id=found.id if found else self.storage.next_id("repository"), owner=owner, name=name, **options
        )
        self.storage.put("repository", f"{owner}/{name}".lower(), asdict(repository))
        return repository

    def repository(self, owner: str, name: str) -> Repository | None:
        """The repository of this name."""
        found = self.storage.get("repository", f"{owner}/{name}".lower())
        return None if found is None else Repository(**{**found, "units": tuple(found["units"])})


def _token(found: Mapping[str, Any]) -> Token:
    return Token(**{**found, "scopes": tuple(found["scopes"])})
