"""The benchmarks keep running: each in its quick form, and the page that keeps their figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import page
from bench.figures import HEADINGS, Figure, table
from bench.rounds import Pairs, by_turns
from bench.run import BENCHES, main
from tests.cached import ROOT
from tests.unmeasured import unmeasured

_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is sampled from /proc")


def _figure(bench: str, value: float, goal: float | None = None) -> Figure:
    return Figure(bench=bench, what="a / b", value=value, low=value, high=value, runs=1, goal=goal)


@pytest.mark.parametrize(
    "bench",
    [pytest.param(name, marks=_LINUX) if name in {"publish", "memory", "verdaccio"} else name for name in BENCHES],
)
def test_each_benchmark_prints_its_table(bench: str) -> None:
    """`bench/run.py --quick NAME`, started as `make bench` does, ends well and prints a row of figures."""
    shown = subprocess.run(
        (sys.executable, "bench/run.py", "--quick", bench),
        cwd=ROOT,
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    rows = [line for line in shown.stdout.splitlines() if line.startswith(f"| {bench} ")]
    assert rows
    assert all(row.count("|") == len(HEADINGS) + 1 for row in rows)


def test_ours_and_the_peer_take_turns() -> None:
    """The two run by turns, and the first pair only warms up."""
    order: list[str] = []
    pairs = by_turns(lambda: order.append("ours"), lambda: order.append("peer"), rounds=2)
    assert order == ["ours", "peer"] * 3
    assert (len(pairs.ours_s), len(pairs.peer_s)) == (2, 2)


def test_a_figure_is_the_median_of_ratios_not_the_ratio_of_medians() -> None:
    """Each pair gives one ratio; a sample of the peer's work is counted up."""
    pairs = Pairs(ours_s=(1.0, 8.0, 3.0), peer_s=(1.0, 2.0, 6.0))
    figure = pairs.figure("pack", "a / b", goal=0.9)
    assert (figure.low, figure.value, figure.high, figure.met) == (0.5, 1.0, 4.0, "NO")
    assert pairs.figure("pack", "a / b", goal=0.9, peer_times=10).value == pytest.approx(0.1)


def test_the_table_says_whether_a_goal_is_met() -> None:
    """A goal that is missed is in capitals; no goal, no verdict."""
    rows = table([_figure("a", 1.0, goal=1.5).cells(), _figure("b", 1.6, goal=1.5).cells(), _figure("c", 9.0).cells()])
    verdicts = [line.split("|")[-2].strip() for line in rows.splitlines()[2:]]
    assert verdicts == ["yes", "NO", "-"]


def test_the_page_keeps_the_figures_of_benchmarks_that_did_not_run(tmp_path: Path) -> None:
    """Writing replaces the rows of what ran; other rows and all words stay, and writing again changes nothing."""
    kept = tmp_path / "benchmarks.md"
    kept.write_text((ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8") + "\nAfter it.\n", encoding="utf-8")
    page.write([_figure(name, 1.0) for name in BENCHES], kept)
    page.write([_figure("pack", 2.0)], kept)
    once = kept.read_text(encoding="utf-8")
    block = once.partition("<!-- figures")[2].partition("<!-- end")[0]
    rows = [line.split(" | ") for line in block.splitlines() if line.startswith("| ")][2:]
    assert {row[0].strip("| "): row[2].strip() for row in rows} == {
        name: "2.00 x" if name == "pack" else "1.00 x" for name in BENCHES
    }
    assert once.endswith("\nAfter it.\n")
    page.write([_figure("pack", 2.0)], kept)
    assert kept.read_text(encoding="utf-8") == once


def test_the_page_needs_a_place_for_figures(tmp_path: Path) -> None:
    """A page without the marks is not overwritten."""
    other = tmp_path / "other.md"
    other.write_text("words\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.md has no place for figures"):
        page.write([_figure("pack", 1.0)], other)
    assert other.read_text(encoding="utf-8") == "words\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["nothing"], "no benchmark is called nothing"), (["--quick", "--write"], "--quick figures mean nothing")],
)
def test_refuses_what_makes_no_sense(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown benchmark, and writing quick figures, are usage errors."""
    with pytest.raises(SystemExit):
        main(arguments)
    assert complaint in capsys.readouterr().err
