"""Every server that the recordings are replayed on: the stand-in, and the real ones where the environment names them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from samebytes.testing.forge.state import Limits
from tests.contract.forge.servers import server_of
from tests.contract.forge.under_test import STAND_IN, ForgeUnderTest, Starter
from tests.live.program import SERVERS, is_named
from tests.live.starter import starter

STARTERS: tuple[Starter, ...] = (STAND_IN, *(starter(server) for server in SERVERS if is_named(server)))


def on_each_server(recorded: Iterable[str]) -> list[Any]:
    """Parameters (starter, recorded server) for all that each starter serves."""
    return [
        pytest.param(starter, name, id=f"{starter.name} {name}", marks=starter.marks(server_of(name)))
        for starter in STARTERS
        for name in recorded
        if starter.serves(server_of(name))
    ]


def started(starter: Starter, folder: Path, recorded: str) -> AbstractContextManager[ForgeUnderTest]:
    """The recorded server, as this starter has it, with nothing limited."""
    return starter.start(folder, server_of(recorded), Limits())
