"""The first differing place, as people read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.first_difference import first_difference


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (b"same", b"same", ""),
        (b"a\nbc\n", b"a\nbd\n", "line 2, column 2\n- bc\n+ bd"),
        (b"a", b"ab", "line 1, column 2\n- a\n+ ab"),
        (b"", b"x", "line 1, column 1\n- \n+ x"),
        ("xä".encode(), "xü".encode(), "line 1, column 2\n- xä\n+ xü"),
        (b"a\x1b[31m", b"b", "line 1, column 1\n- a\\x1b[31m\n+ b"),
        (b"\0\1", b"\0\2", "byte 1\n- 00 01\n+ 00 02"),
        (b"\xff", b"", "byte 0\n- ff\n+ end of file"),
        (b"", b"\xff", "byte 0\n- end of file\n+ ff"),
    ],
)
def test_the_place_is_a_line_for_text_and_an_offset_for_bytes(left: bytes, right: bytes, expected: str) -> None:
    """Text has line and column of the first differing character, anything else offset and hex; no control characters."""
    assert first_difference(left, right) == expected


def test_long_lines_are_cut_around_the_place() -> None:
    """A minified file does not flood the terminal, and the differing place stays in sight."""
    shown = first_difference(b"x" * 5000 + b"LEFT" + b"y" * 5000, b"x" * 5000 + b"RIGHT" + b"y" * 5000)
    assert "LEFT" in shown
    assert "RIGHT" in shown
    assert max(len(line) for line in shown.splitlines()) < 200
    assert len(first_difference(b"a" * 500, b"b" * 500)) < 400


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_different_bytes_always_show_a_place(left: bytes, right: bytes) -> None:
    """Whatever the bytes, a difference is shown exactly when there is one, in three lines."""
    shown = first_difference(left, right)
    assert bool(shown) == (left != right)
    assert len(shown.split("\n")) in {1, 3}
