"""Tests marked `system("part", …)` run where the machine has these parts; SAMEBYTES_REQUIRE makes a missing one a failure.

`SAMEBYTES_REQUIRE` is a comma list of part names, or `all`. Parts that need rights from the kernel are only ever
skipped: no script can install a right.
"""

from __future__ import annotations

import os
from functools import cache

import pytest

from tests.plugins.probes import NEEDS_KERNEL_RIGHTS, PROBES

VARIABLE = "SAMEBYTES_REQUIRE"


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a misspelt part before any test runs."""
    unknown = sorted(_required() - set(PROBES))
    if unknown:
        message = f"{VARIABLE} names unknown parts: {', '.join(unknown)}; known are: {', '.join(sorted(PROBES))}"
        raise pytest.UsageError(message)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail where required, a test whose parts are missing."""
    for marker in item.iter_markers("system"):
        for part in marker.args:
            need(str(part))


def need(part: str) -> None:
    """Skip or fail the running test unless the machine has this part; for fixtures that bring one."""
    if part not in PROBES:
        pytest.fail(f"unknown machine part {part!r}; known are: {', '.join(sorted(PROBES))}", pytrace=False)
    missing = _missing(part)
    if missing is None:
        return
    if part in NEEDS_KERNEL_RIGHTS:
        pytest.skip(f"{part}: the machine does not allow it ({missing})")
    if part in _required():
        pytest.fail(f"{part} is required by {VARIABLE}, but {missing}", pytrace=False)
    pytest.skip(f"{part}: {missing}")


@cache
def _missing(part: str) -> str | None:
    """Why the part cannot be used, asked once per process."""
    return PROBES[part]()


def _required() -> frozenset[str]:
    names = {name.strip() for name in os.environ.get(VARIABLE, "").split(",") if name.strip()}
    return frozenset(PROBES) if "all" in names else frozenset(names)
