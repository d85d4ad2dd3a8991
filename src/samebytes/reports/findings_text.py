"""Findings as lines and as JSON objects."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.model.finding import Finding
from samebytes.reports.visible import one_line


def findings_text(findings: Sequence[Finding]) -> str:
    """A line a finding, with its remedy behind it; empty where there is none."""
    return "\n".join(
        f"{finding.severity.value}: {one_line(finding.place)}: {one_line(finding.message)} [{finding.rule}]"
        + (f"\n  remedy: {finding.remedy}" if finding.remedy else "")
        for finding in findings
    )


def finding_documents(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Each finding as an object."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "place": finding.place,
            "message": finding.message,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]
