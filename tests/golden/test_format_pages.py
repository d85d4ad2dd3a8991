"""The examples in docs/formats are what the code writes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.cached import ROOT
from tests.golden.vectors import CANON_V1, DOCUMENT_VECTORS, pretty

_PAGES = ROOT / "docs" / "formats"
_EXAMPLE = re.compile(r"<!-- example: (?P<name>[^>]+) -->\n```\w*\n(?P<text>.*?)```\n", re.DOTALL)


def _documents(name: str) -> Callable[[], str]:
    make = DOCUMENT_VECTORS[name]
    return (lambda: pretty(make())) if name.endswith(".json") else make


EXAMPLES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        **{name: CANON_V1[name] for name in ("tarball-tar", "tarball", "tarball-digests")},
        **{name: _documents(name) for name in DOCUMENT_VECTORS},
        "release.json sha256": lambda: hashlib.sha256(DOCUMENT_VECTORS["release.json"]().encode()).hexdigest() + "\n",
    }
)


def _shown() -> dict[str, tuple[Path, str]]:
    return {
        match["name"]: (page, match["text"])
        for page in sorted(_PAGES.glob("*.md"))
        for match in _EXAMPLE.finditer(page.read_text(encoding="utf-8"))
        if match["name"] in EXAMPLES
    }


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_page_shows_what_is_written(name: str) -> None:
    """Each format's page has a complete example, and it is today's output."""
    _, text = _shown()[name]
    assert text == EXAMPLES[name]()


def test_the_examples_can_be_written_anew() -> None:
    """`python -m tests.golden.test_format_pages` leaves pages alone that are right."""
    before = {page: page.read_bytes() for page in _PAGES.glob("*.md")}
    subprocess.run([sys.executable, "-m", "tests.golden.test_format_pages"], cwd=ROOT, check=True, timeout=60)
    assert {page: page.read_bytes() for page in _PAGES.glob("*.md")} == before


def _write() -> None:
    for page in sorted(_PAGES.glob("*.md")):
        text = page.read_text(encoding="utf-8")

        def current(match: re.Match[str]) -> str:
            if match["name"] not in EXAMPLES:
                return match[0]
            start, end = match.start("text") - match.start(), match.end("text") - match.start()
            return match[0][:start] + EXAMPLES[match["name"]]() + match[0][end:]

        written = _EXAMPLE.sub(current, text)
        if written != text:
            page.write_text(written, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _write()
