"""Who a header names, and what that one may do."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from samebytes.testing.forge import auth, setup
from samebytes.testing.forge.auth import Identity
from samebytes.testing.forge.product import PRODUCTS
from samebytes.testing.forge.setup import TOKENS
from samebytes.testing.forge.state import CODE, PACKAGES, UNITS, Forge


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """A stand-in with all users."""
    forge = setup.ready_forge(tmp_path, PRODUCTS["gitea-1.25"])
    yield forge
    forge.storage.close()


def _basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def _name(identity: Identity) -> str | None:
    return identity.user.name if identity.user else None


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {TOKENS.publisher}",
        f"token {TOKENS.publisher}",
        f"BEARER  {TOKENS.publisher}",
        _basic(f"publisher:{TOKENS.publisher}"),
        _basic(f"{TOKENS.publisher}:x-oauth-basic"),
    ],
)
def test_a_token_signs_in(forge: Forge, header: str) -> None:
    """A token is taken in every form, with its scopes."""
    found = auth.identify(forge, header)
    assert (_name(found), found.scopes) == ("publisher", setup.PUBLISHER_SCOPES)


def test_a_password_signs_in_with_all_rights(forge: Forge) -> None:
    """A password has no scopes, so it may do everything that its user may."""
    found = auth.identify(forge, _basic(f"PUBLISHER:{setup.PASSWORD}"))
    assert (_name(found), found.scopes) == ("publisher", None)
    assert found.has_scope("user", write=True)


@pytest.mark.parametrize(
    ("header", "is_malformed"),
    [
        ("Bearer", True),
        ("Bearer ", True),
        ("Digest x", True),
        ("Basic %%%", True),
        ("Bearer 0000", False),
        (_basic("publisher:wrong"), False),
        (_basic(f"nobody:{setup.PASSWORD}"), False),
        (_basic(":"), False),
    ],
)
def test_a_wrong_login_is_bad(forge: Forge, header: str, is_malformed: bool) -> None:
    """A wrong secret is bad, a header that nobody can read is malformed too."""
    found = auth.identify(forge, header)
    assert (found.user, found.is_bad, found.is_malformed) == (None, True, is_malformed)


def test_no_header_is_nobody(forge: Forge) -> None:
    """Without a header one is nobody, which is no error."""
    assert auth.identify(forge, None) == auth.NOBODY
    assert auth.refuse_bad_login(forge, auth.NOBODY, "/api/v1/user") is None


@pytest.mark.parametrize(
    ("actor", "may_write"), [("publisher", True), ("stranger", False), ("keeper", True), (None, False)]
)
def test_rights_on_an_organisation(forge: Forge, actor: str | None, may_write: bool) -> None:
    """Members write by their team's rights and administrators always; the rest of the world reads."""
    identity = Identity(user=forge.user(actor) if actor else None)
    owner, repository = forge.owner("LANTERNS"), forge.repository("Lanterns", "LAMPS")
    assert owner is not None
    assert repository is not None
    assert auth.allows(auth.package_level(identity, owner), "read")
    assert auth.allows(auth.package_level(identity, owner), "write") == may_write
    assert auth.allows(auth.repository_level(forge, identity, repository, CODE), "write") == may_write


def test_rights_on_a_unit_that_is_off(forge: Forge) -> None:
    """Nobody has rights on a unit that is off, not even an administrator."""
    forge.add_repository("lanterns", "lamps", units=tuple(unit for unit in UNITS if unit != PACKAGES))
    repository = forge.repository("lanterns", "lamps")
    assert repository is not None
    keeper = Identity(user=forge.user("keeper"))
    assert auth.repository_level(forge, keeper, repository, PACKAGES) == "none"
    assert auth.repository_level(forge, keeper, repository, CODE) == "owner"


def test_private_owners_are_hidden(forge: Forge) -> None:
    """A private owner is read by its members and administrators only."""
    forge.add_organisation("cellar", is_private=True)
    forge.add_user("hermit", "x", is_private=True)
    for name in ("cellar", "hermit"):
        owner = forge.owner(name)
        assert owner is not None
        assert auth.package_level(Identity(user=forge.user("publisher")), owner) == "none"
        assert auth.package_level(Identity(user=forge.user("keeper")), owner) == "owner"
        assert not auth.may_read_owner(auth.NOBODY, owner)
    hermit = forge.owner("hermit")
    assert hermit is not None
    assert auth.package_level(Identity(user=forge.user("hermit")), hermit) == "owner"
    assert auth.may_read_owner(Identity(user=forge.user("hermit")), hermit)


def test_no_secret_is_stored(forge: Forge) -> None:
    """Neither a token nor a password lies in any file of the folder."""
    secrets = [token.encode() for token in (TOKENS.publisher, TOKENS.admin)] + [setup.PASSWORD.encode()]
    files = [path for path in forge.storage.folder.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files for secret in secrets if secret in path.read_bytes()]
