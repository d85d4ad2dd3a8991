"""A stand-in that is ready to be published to: an organisation, its publisher, others who may not, and a repository."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from samebytes.testing.forge.product import Product
from samebytes.testing.forge.state import ACTIONS, CODE, PACKAGES, RELEASES, Forge, Limits, Team

OWNER = "lanterns"
REPOSITORY = "lamps"
PUBLISHER, STRANGER, ADMIN = "publisher", "stranger", "keeper"
# Known to every test, so that another process can sign in; each is worth nothing anywhere else.
PASSWORD = "a stand-in's password"  # noqa: S105
PUBLISHER_SCOPES = ("write:package", "write:repository", "read:user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens of a ready stand-in: of the publisher (with write scopes, read scopes, none for packages), and of others."""

    publisher: str
    read_only: str
    no_package_scope: str
    stranger: str
    admin: str


# Fixed texts in the form of real ones: 40 hex digits.
TOKENS = Tokens(
    publisher="5ab0000000000000000000000000000000000001",
    read_only="5ab0000000000000000000000000000000000002",
    no_package_scope="5ab0000000000000000000000000000000000003",
    stranger="5ab0000000000000000000000000000000000004",
    admin="5ab0000000000000000000000000000000000005",
)


def ready_forge(folder: Path, product: Product, *, seed: int = 0, limits: Limits | None = None) -> Forge:
    """A stand-in of a folder with everything that `fill` adds."""
    forge = Forge.open(folder, product, seed=seed, limits=limits)
    fill(forge)
    return forge


def fill(forge: Forge) -> None:
    """Add users, tokens, the organisation and its repository with an empty git folder; again, it changes nothing."""
    if forge.organisation(OWNER) is not None:
        return
    with forge.storage.transaction():
        forge.add_user(ADMIN, PASSWORD, is_admin=True)
        forge.add_user(PUBLISHER, PASSWORD)
        forge.add_user(STRANGER, PASSWORD)
        forge.add_token(PUBLISHER, "publisher", PUBLISHER_SCOPES, TOKENS.publisher)
        forge.add_token(PUBLISHER, "read only", ("read:package", "read:repository", "read:user"), TOKENS.read_only)
        forge.add_token(PUBLISHER, "no package", ("write:repository", "read:user"), TOKENS.no_package_scope)
        forge.add_token(STRANGER, "all", ("all",), TOKENS.stranger)
        forge.add_token(ADMIN, "all", ("all",), TOKENS.admin)
        rights = dict.fromkeys((CODE, RELEASES, PACKAGES, ACTIONS), "write")
        team = Team(name="publishers", members=(PUBLISHER,), rights=rights)  # type: ignore[arg-type]
        forge.add_organisation(OWNER, teams=(team,))
    add_repository(forge, OWNER, REPOSITORY)


def add_repository(
    forge: Forge, owner: str, name: str, *, is_private: bool = False, units: tuple[str, ...] = ()
) -> Path:
    """Add a repository with an empty bare git folder, whose path it returns; no units named are all of them."""
    path = forge.storage.repository_path(owner, name)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)  # noqa: S607  git of the PATH
    options = {"units": units} if units else {}
    forge.add_repository(owner, name, is_private=is_private, **options)
    return path
