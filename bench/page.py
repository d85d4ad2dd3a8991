"""The page docs/benchmarks.md: the table in it is replaced, row by row; the words around it are written by people."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from bench.figures import HEADINGS, Figure, table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_BEGIN = "<!-- figures: written by `make bench ARGS=--write` -->\n"
_END = "<!-- end of figures -->\n"


def write(figures: Sequence[Figure], page: Path = PAGE) -> None:
    """Put figures into the page; those of benches that did not run stay."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    old, end, after = rest.partition(_END)
    if not begin or not end:
        message = f"{page.name} has no place for figures: it needs the lines {_BEGIN!r} and {_END!r}"
        raise ValueError(message)
    page.write_text(f"{before}{begin}\n{_merged(_rows(old), figures)}\n\n{machine()}\n\n{end}{after}", encoding="utf-8")


def machine() -> str:
    """What the figures were measured on, in words that fit many machines."""
    cores = os.cpu_count() or 1
    return (
        f"Measured with CPython {platform.python_version()} on {platform.system()} ({platform.machine()}), "
        f"{cores} core{'s' if cores > 1 else ''}."
    )


def _merged(old: Sequence[tuple[str, ...]], figures: Sequence[Figure]) -> str:
    new: dict[str, list[tuple[str, ...]]] = {}
    for row in old:
        new.setdefault(row[0], []).append(row)
    for bench in {figure.bench for figure in figures}:
        new[bench] = [figure.cells() for figure in figures if figure.bench == bench]
    return table([row for rows in new.values() for row in rows])


def _rows(block: str) -> list[tuple[str, ...]]:
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in block.splitlines() if "|" in line]
    return [row for row in rows[2:] if len(row) == len(HEADINGS)]
