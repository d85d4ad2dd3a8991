"""A forge that the contract suite runs against: the stand-in, or a real server that somebody started and prepared.

Both have the organisation, users and tokens of `samebytes.testing.forge.setup`; what a recording needs beyond them is
asked for through `ForgeUnderTest`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import pytest

from samebytes.testing.forge import server, setup
from samebytes.testing.forge.app import ROUTES
from samebytes.testing.forge.product import Product
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import ACTIONS, CODE, PACKAGES, RELEASES, UNITS, Forge, Limits
from tests.contract.forge.compare import Where

# Actors of the recordings, and the tokens of `setup.Tokens`.
ACTORS = ("publisher", "read_only", "no_package_scope", "stranger", "admin")
_USERS: Mapping[str, str] = MappingProxyType(
    {
        "publisher": setup.PUBLISHER,
        "read_only": setup.PUBLISHER,
        "no_package_scope": setup.PUBLISHER,
        "stranger": setup.STRANGER,
        "admin": setup.ADMIN,
    }
)
BAD_TOKEN = "0" * 40


class ForgeUnderTest(Protocol):
    """What the suite needs of a server; one server serves one recording, so that names are free."""

    @property
    def base_url(self) -> str:
        """Its address without a slash at the end, which is its ROOT_URL too."""

    @property
    def product(self) -> str:
        """The product's name, which chooses the recordings."""

    def authorization(self, actor: str, scheme: str) -> str | None:
        """The Authorization header of an actor; None for nobody."""

    def add_organisation(self, name: str, *, is_private: bool) -> None:
        """Add an organisation whose only member is the administrator."""

    def add_repository(self, owner: str, name: str, *, is_private: bool = False, has_packages: bool = True) -> None:
        """Add an empty repository of an owner that exists."""

    def turn_off_actions(self, owner: str, name: str) -> None:
        """Turn the Actions unit of a repository off."""

    def settle(self) -> None:
        """Wait until all is done that a push sets off: real servers do it in queues, after their answer."""


def authorization(tokens: Mapping[str, str], actor: str, scheme: str) -> str | None:
    """A header in one of the forms of the recordings; `tokens` by actor."""
    user = _USERS.get(actor, "")
    match scheme:
        case "":
            return None
        case "malformed":
            return "Bearer"
        case "Basic":
            return f"Basic {_base64(f'{user}:{tokens[actor]}')}"
        case "password":
            return f"Basic {_base64(f'{user}:{setup.PASSWORD}')}"
        case _:
            return f"{scheme} {BAD_TOKEN if actor == 'bad' else tokens[actor]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """The stand-in as a forge under test."""

    base_url: str
    forge: Forge

    @property
    def product(self) -> str:
        """The product's name."""
        return self.forge.product.name

    def authorization(self, actor: str, scheme: str) -> str | None:
        """The Authorization header of an actor."""
        return authorization(asdict(setup.TOKENS), actor, scheme)

    def add_organisation(self, name: str, *, is_private: bool) -> None:
        """Add an organisation without teams."""
        self.forge.add_organisation(name, is_private=is_private)

    def add_repository(self, owner: str, name: str, *, is_private: bool = False, has_packages: bool = True) -> None:
        """Add a repository."""
        units = UNITS if has_packages else (CODE, RELEASES, ACTIONS)
        setup.add_repository(self.forge, owner, name, is_private=is_private, units=units)

    def turn_off_actions(self, owner: str, name: str) -> None:
        """Leave the repository all its other units."""
        self.forge.add_repository(owner, name, units=(CODE, RELEASES, PACKAGES))

    def settle(self) -> None:
        """There are no queues."""


@contextmanager
def stand_in(
    folder: Path,
    product: Product,
    *,
    limits: Limits | None = None,
    routes: tuple[Route, ...] | None = None,
    seed: int = 0,
) -> Iterator[StandIn]:
    """A stand-in that runs; with other routes it is a wrong one."""
    forge = setup.ready_forge(folder, product, limits=limits, seed=seed)
    try:
        with server.running(forge, routes=routes or ROUTES) as base_url:
            yield StandIn(base_url=base_url, forge=forge)
    finally:
        forge.storage.close()


def _start_stand_in(folder: Path, product: Product, limits: Limits) -> AbstractContextManager[ForgeUnderTest]:
    return stand_in(folder, product, limits=limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """One way to get a server of a product it `serves` for one recording, and the marks of tests that use it.

    `volatile` values are its own.
    """

    name: str
    start: Callable[[Path, Product, Limits], AbstractContextManager[ForgeUnderTest]]
    marks: Callable[[Product], tuple[pytest.MarkDecorator, ...]] = lambda _product: ()
    serves: Callable[[Product], bool] = lambda _product: True
    volatile: frozenset[Where] = frozenset()


STAND_IN = Starter(name="stand-in", start=_start_stand_in)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
