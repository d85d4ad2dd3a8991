"""The generated pages of the reference are those that the code generates now."""

from __future__ import annotations

import pytest

from samebytes.errors import ExitStatus
from tests.cached import ROOT
from tools.reference import EXIT_REASONS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_generated(name: str) -> None:
    """A change of code that changes a page comes with the page: `python tools/reference.py` writes it."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == PAGES[name]()


def test_each_exit_code_has_its_reason() -> None:
    """No exit code is left unexplained."""
    assert set(EXIT_REASONS) == set(ExitStatus)
