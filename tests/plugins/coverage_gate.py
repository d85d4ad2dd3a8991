"""The coverage gate: with SAMEBYTES_COVERAGE=1 the run fails when a part of the package is covered less than it must be.

It runs when all workers and subprocesses are combined and before pytest's closing line, which therefore stays last.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import coverage
import pytest

from tests.cached import ROOT

VARIABLE = "SAMEBYTES_COVERAGE"
PERCENT_ELSEWHERE = 90
PERCENT: Mapping[str, int] = MappingProxyType({"core": 100, "formats": 100, "model": 100})
_LINES = pytest.StashKey[list[str]]()


@dataclass
class _Part:
    """What is covered of one part: statements and branches counted alike."""

    covered: int = 0
    total: int = 0
    gaps: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.total if self.total else 100.0


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Judge the combined data, in the controller only, and turn a passing run into a failing one."""
    if os.environ.get(VARIABLE) != "1" or hasattr(session.config, "workerinput"):
        return
    lines, passed = _measure(session.config)
    session.config.stash[_LINES] = lines
    if not passed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _measure(config: pytest.Config) -> tuple[list[str], bool]:
    """Judge what this very run measured; without `--cov` the data file would be an older run's."""
    if not config.getoption("cov_source", None):
        return [f"nothing to judge: {VARIABLE}=1 needs --cov"], False
    try:
        return judge(_measured_files())
    except coverage.CoverageException as error:
        return [f"nothing to judge: {error}"], False


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what the gate found."""
    lines = config.stash.get(_LINES, [])
    if lines:
        terminalreporter.write_sep("-", "coverage gate")
    for line in lines:
        terminalreporter.write_line(line)


def _measured_files() -> Mapping[str, Mapping[str, object]]:
    """The files of coverage's JSON report, its only documented form of the numbers."""
    measurement = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"), data_file=str(ROOT / ".coverage"))
    measurement.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        measurement.json_report(outfile=str(report))
        files: dict[str, Mapping[str, object]] = json.loads(report.read_bytes())["files"]
    return files


def judge(files: Mapping[str, Mapping[str, object]]) -> tuple[list[str], bool]:
    """The lines to print, and whether every part reaches its percentage."""
    parts = {name: _Part() for name in (*PERCENT, "elsewhere")}
    for path, report in sorted(files.items()):
        _add(parts[_part_of(path)], path, report)
    lines, passed = [], True
    for name, part in parts.items():
        wanted = PERCENT.get(name, PERCENT_ELSEWHERE)
        good = part.percent >= wanted
        passed = passed and good
        lines.append(f"{name}: {part.percent:.2f} % of {part.total}, {'reached' if good else 'MISSED'}: {wanted} %")
        if not good:
            lines.extend(f"    {gap}" for gap in part.gaps)
    return lines, passed


def _part_of(path: str) -> str:
    """The first folder below the package, where it has a percentage of its own."""
    parts = PurePosixPath(path).parts
    inside = parts[parts.index("samebytes") + 1 :]
    return inside[0] if inside[0] in PERCENT else "elsewhere"


def _add(part: _Part, path: str, report: Mapping[str, object]) -> None:
    summary = report["summary"]
    assert isinstance(summary, dict)
    part.covered += summary["covered_lines"] + summary["covered_branches"]
    part.total += summary["num_statements"] + summary["num_branches"]
    lines, branches = report["missing_lines"], report["missing_branches"]
    assert isinstance(lines, list)
    assert isinstance(branches, list)
    if lines or branches:
        arrows = (f"{start}->{'exit' if end <= 0 else end}" for start, end in branches)
        part.gaps.append(f"{path}: {_joined(map(str, lines), arrows)}")


def _joined(*groups: Iterable[str]) -> str:
    return ", ".join(entry for group in groups for entry in group)
