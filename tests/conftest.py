"""Registers the plugins and fixtures that all tests share."""

from __future__ import annotations

pytest_plugins = [
    "tests.plugins.seed",
    "tests.plugins.hypothesis_profiles",
    "tests.plugins.parts",
    "tests.plugins.optional_runs",
    "tests.plugins.skips",
    "tests.plugins.coverage_gate",
    "tests.plugins.second_python",
    "tests.clients.fixtures",
    "tests.forge_fixtures",
    "tests.clients.verdaccio",
]
