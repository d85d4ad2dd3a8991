"""The line in a tag's message that names the base of the release."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats.tag_message import base_line, read_base
from samebytes.model.selection import Base

_COMMIT = "a" * 40


@pytest.mark.parametrize(("tag", "commit"), [("v1.0.0", _COMMIT), ("@scope/name@1.0.0", "0" * 64), ("", "")])
def test_what_is_written_is_read_again(tag: str, commit: str) -> None:
    """A round trip, between other lines of a message."""
    base = Base(tag=tag, commit=commit, inferred=False)
    assert read_base(f"Release 2\n\n{base_line(base)}\nmore\n", "tag v2") == base


def test_a_message_without_the_line_says_nothing() -> None:
    """Hand-made tags have no such line, nor has text that only mentions it."""
    assert read_base("", "tag v1") is None
    assert read_base("Release\n  samebytes-base-v1: none\nsee samebytes-base-v1: none\n", "tag v1") is None


@pytest.mark.parametrize(
    "line",
    [
        "samebytes-base-v1: ",
        "samebytes-base-v1:none",
        "samebytes-base-v2: none",
        "samebytes-base-v1: none ",
        "samebytes-base-v1: none\r",
        "samebytes-base-v1: v1.0.0",
        "samebytes-base-v1: v1.0.0 abc",
        f"samebytes-base-v1: v1.0.0  {_COMMIT}",
        f"samebytes-base-v1: v1 0 {_COMMIT}",
        f"samebytes-base-v1: v1.0.0 {_COMMIT.upper()}",
        "samebytes-base-v1: none\nsamebytes-base-v1: none",
    ],
)
def test_a_line_that_cannot_be_read_is_an_error(line: str) -> None:
    """Nothing is guessed: the error says which tag and line."""
    with pytest.raises(FormatError) as caught:
        read_base(f"Release\n\n{line}\n", "tag v2")
    assert caught.value.code == "SB-2306"
    assert caught.value.place.startswith("tag v2: line ")
