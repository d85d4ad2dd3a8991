"""The places of these tests, made once for each worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import TypeAlias

import pytest

from tests.clients.verdaccio import running_verdaccio
from tests.convergence.places import ForgePlace, VerdaccioPlace
from tests.convergence.trials import Trials

TrialsAt: TypeAlias = Callable[[str], Trials]


@pytest.fixture(scope="session")
def trials_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrialsAt]:
    """Trials at `verdaccio`, or at a forge stand-in by its product's name."""
    with ExitStack() as stack:

        @cache
        def at(kind: str) -> Trials:
            folder = tmp_path_factory.mktemp(kind)
            if kind != "verdaccio":
                return Trials(ForgePlace(folder, kind))
            server = stack.enter_context(running_verdaccio(folder / "server"))
            return Trials(VerdaccioPlace(folder, server))

        yield at


@pytest.fixture
def forge_place(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ForgePlace]:
    """Makes places of a product, also with the races of PostgreSQL."""
    return lambda name="gitea-1.25", *, postgres=False: ForgePlace(tmp_path_factory.mktemp("forge"), name, postgres)
