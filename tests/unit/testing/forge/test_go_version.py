"""Versions are read and ordered as the servers' library does it."""

from __future__ import annotations

import pytest

from samebytes.testing.forge import go_version


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("1.0.3", "1.0.3"),
        ("v1.0.3", "1.0.3"),
        ("1.1", "1.1.0"),
        ("1", "1.0.0"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.0.1-RC.1", "1.0.1-RC.1"),
        ("1.0.2+a", "1.0.2+a"),
        ("1.0.0-x.1+b.2", "1.0.0-x.1+b.2"),
        ("01.0.0", "1.0.0"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    """A version has three numbers at least and no leading v."""
    assert str(go_version.parse(text)) == normal


@pytest.mark.parametrize("text", ["", "not-a-version", "latest", "1.x", "1.0.0-", "1.0.0 ", "V1.0.0"])
def test_no_version(text: str) -> None:
    """What is no version is None."""
    assert go_version.parse(text) is None


def test_order() -> None:
    """Numbers count before text, a pre-release comes before its release, and build metadata does not count."""
    rising = [
        "0.9.0",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-beta",
        "1.0.0-beta.1",
        "1.0.0",
        "1.0.1",
        "1.10.0",
        "2.0.0",
    ]
    keys = [found.order_key() for text in rising if (found := go_version.parse(text))]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(rising)
    one, other = go_version.parse("1.0.2+a"), go_version.parse("1.0.2+b")
    assert one is not None
    assert other is not None
    assert one.order_key() == other.order_key()
