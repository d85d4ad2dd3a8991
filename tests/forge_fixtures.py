"""Forges for any test.

`start_forge("gitea-1.25")` runs a stand-in until the test ends, `real_forge("gitea")` the real server that the environment
names; that one is there for all tests of the process, which use names of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

from samebytes.testing.forge.product import product
from samebytes.testing.forge.state import Limits
from tests.contract.forge.under_test import StandIn, stand_in
from tests.live.forge import LiveForge, live_forge
from tests.live.program import program_of
from tests.live.starter import product_of


class StartForge(Protocol):
    """Starts stand-ins with the owner, users and tokens of `samebytes.testing.forge.setup`."""

    def __call__(
        self, name: str = "gitea-1.25", *, postgres: bool = False, limits: Limits | None = None, seed: int = 0
    ) -> StandIn:
        """A running stand-in of a product, in a folder of its own (`forge.storage.folder`)."""


@pytest.fixture
def start_forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartForge]:
    """Start forge stand-ins; all are stopped at the end."""
    with ExitStack() as stack:

        def start(
            name: str = "gitea-1.25", *, postgres: bool = False, limits: Limits | None = None, seed: int = 0
        ) -> StandIn:
            folder: Path = tmp_path_factory.mktemp("forge")
            running = stand_in(folder, product(name, postgres=postgres), limits=limits, seed=seed)
            return stack.enter_context(running)

        yield start


@pytest.fixture(scope="session")
def real_forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], LiveForge]]:
    """Start real servers, each at most once."""
    with ExitStack() as stack:

        @cache
        def start(server: str) -> LiveForge:
            program = program_of(server)
            assert program is not None, "the mark `live` skips where there is none"
            return stack.enter_context(live_forge(program, tmp_path_factory.mktemp(server), product_of(program)))

        yield start
