"""Tests that run only when asked for: `slow` with SAMEBYTES_SLOW=1, `live` with a server named by SAMEBYTES_LIVE_<SERVER>."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a slow or live test that nobody asked for, with the words that ask for it."""
    if item.get_closest_marker("slow") and os.environ.get("SAMEBYTES_SLOW") != "1":
        pytest.skip("slow: set SAMEBYTES_SLOW=1 to run it")
    for marker in item.iter_markers("live"):
        for server in marker.args:
            _need_server(str(server))


def _need_server(server: str) -> None:
    variable = f"SAMEBYTES_LIVE_{server.upper().replace('-', '_')}"
    program = os.environ.get(variable, "")
    if not program:
        pytest.skip(f"live: set {variable} to the program of a real {server} to run it")
    if not os.access(program, os.X_OK) or Path(program).is_dir():
        pytest.fail(f"{variable} names {program}, which is not a program", pytrace=False)
