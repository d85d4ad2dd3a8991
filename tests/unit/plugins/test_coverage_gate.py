"""The gate's arithmetic: strict parts at 100 %, the rest together at 90 %."""

from __future__ import annotations

from tests.plugins.coverage_gate import judge


def _file(covered: int, total: int) -> dict[str, object]:
    return {
        "summary": {
            "covered_lines": covered,
            "num_statements": total,
            "covered_branches": 0,
            "num_branches": 0,
        },
        "missing_lines": list(range(covered, total)),
        "missing_branches": [],
    }


def test_full_core_and_mostly_covered_rest_pass() -> None:
    """100 % of core and 90 % elsewhere reach the gate."""
    lines, passed = judge({"src/samebytes/core/order.py": _file(10, 10), "src/samebytes/flows/pack.py": _file(9, 10)})
    assert passed
    assert "elsewhere: 90.00 % of 10, reached: 90 %" in lines


def test_one_missing_line_of_core_fails() -> None:
    """99 % of core does not pass, and the line is named."""
    lines, passed = judge({"src/samebytes/core/order.py": _file(99, 100)})
    assert not passed
    assert "    src/samebytes/core/order.py: 99" in lines


def test_badly_covered_rest_fails() -> None:
    """89 % elsewhere does not pass."""
    assert not judge({"src/samebytes/errors.py": _file(89, 100)})[1]
