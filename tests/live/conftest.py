"""The real servers that the tests here run against: one that is not named skips its tests with a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.program import SERVERS, Program, program_of
from tests.live.site import LiveSite, live_site


@pytest.fixture(params=[pytest.param(server, marks=pytest.mark.live(server)) for server in SERVERS])
def program(request: pytest.FixtureRequest) -> Program:
    """Each real server that the environment names."""
    found = program_of(request.param)
    assert found is not None, "the mark `live` skips where there is none"
    return found


@pytest.fixture
def live(program: Program, tmp_path: Path) -> Iterator[LiveSite]:
    """A fresh server with the publisher's site."""
    with live_site(program, tmp_path) as found:
        yield found
