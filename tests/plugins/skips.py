"""Lists every skipped test with its reason just before pytest's closing line: a skip nobody reads is a hole."""

from __future__ import annotations

from collections import defaultdict

import pytest

_PREFIX = "Skipped: "


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the reasons, each with the tests it kept from running."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        by_reason[_reason(report)].append(report.nodeid)
    if not by_reason:
        terminalreporter.write_line("skipped: nothing")
        return
    terminalreporter.write_sep("-", f"skipped: {sum(map(len, by_reason.values()))}")
    for reason, nodes in sorted(by_reason.items()):
        terminalreporter.write_line(f"{len(nodes)} x {reason}")
        for node in sorted(nodes):
            terminalreporter.write_line(f"    {node}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The sentence given to skip(), without pytest's prefix."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix(_PREFIX)
    return str(report.longrepr).removeprefix(_PREFIX)
