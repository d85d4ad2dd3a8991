"""What a benchmark reports: one figure a row, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("bench", "what", "figure", "spread", "runs", "goal", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure.

    `value` is the median of `runs` values that lie between `low` and `high`; `unit` is `x` for a ratio (ours by the
    peer's), else `ms`, `MB` or the like. `goal` is the most it may be, None where none was set.
    """

    bench: str
    what: str
    value: float
    low: float
    high: float
    runs: int
    unit: str = "x"
    goal: float | None = None

    @property
    def met(self) -> str:
        """`yes`, `NO`, or `-` where there is no goal."""
        if self.goal is None:
            return "-"
        return "yes" if self.value <= self.goal else "NO"

    def cells(self) -> tuple[str, ...]:
        """The row, in the order of the headings."""
        return (
            self.bench,
            self.what,
            self._text(self.value),
            f"{_number(self.low)} to {_number(self.high)}",
            str(self.runs),
            "-" if self.goal is None else f"<= {self._text(self.goal)}",
            self.met,
        )

    def _text(self, value: float) -> str:
        return f"{_number(value)} {self.unit}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """The rows as a Markdown table that also reads well in a terminal."""
    widths = [max(len(row[column]) for row in (HEADINGS, *rows)) for column in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_line(row, widths) for row in (HEADINGS, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _number(value: float) -> str:
    """Three significant digits, without an exponent."""
    for limit, digits in ((10, 2), (100, 1)):
        if abs(value) < limit:
            return f"{value:.3f}" if abs(value) < 1 else f"{value:.{digits}f}"
    return f"{value:.0f}"
