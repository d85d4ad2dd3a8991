"""A forge stand-in for any test: `start_forge("gitea-1.25")` runs one until the test ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from samebytes.testing.forge.product import product
from samebytes.testing.forge.state import Limits
from tests.contract.forge.under_test import StandIn, stand_in


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
