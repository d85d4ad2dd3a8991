"""Real servers as starters of the contract suite: each serves the recordings of its own version, and skips the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from samebytes.testing.forge.product import PRODUCTS, Product
from samebytes.testing.forge.state import Limits
from tests.contract.forge.under_test import ForgeUnderTest, Starter
from tests.live.forge import live_forge
from tests.live.program import Program, program_of


def starter(server: str) -> Starter:
    """The starter of a real "gitea" or "forgejo"."""

    @contextmanager
    def start(folder: Path, product: Product, limits: Limits) -> Iterator[ForgeUnderTest]:
        with live_forge(_program_for(server, product), folder, product.name, limits) as forge:
            yield forge

    return Starter(
        name=server,
        start=start,
        marks=lambda _product: (pytest.mark.live(server),),
        serves=lambda product: product.is_forgejo == (server == "forgejo") and not product.postgres,
        # Another patch of the recorded version.
        volatile=frozenset({("version",)}),
    )


def _program_for(server: str, product: Product) -> Program:
    program = program_of(server)
    assert program is not None, "the mark `live` skips where there is none"
    if product.name != f"{server}-{program.line}":
        pytest.skip(f"live: {product.name} was recorded, the program is {server} {program.version}")
    return program


def product_of(program: Program) -> str:
    """The recorded product of the program's version, or the newest one."""
    name = f"{program.server}-{program.line}"
    return name if name in PRODUCTS else [known for known in PRODUCTS if known.startswith(program.server)][-1]
