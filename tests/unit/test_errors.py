"""The error tree."""

from __future__ import annotations

import pickle

import pytest

from samebytes.errors import BuildError, ExitStatus, FormatError, SamebytesError


def test_an_error_shows_its_code_and_sentence() -> None:
    """The text of an error is its code and what is wrong."""
    error = SamebytesError("SB-9001", "it broke", hint="do this", details={"a": "b"})
    assert str(error) == "SB-9001: it broke"
    assert (error.hint, dict(error.details)) == ("do this", {"a": "b"})
    assert error.exit_status is ExitStatus.UNEXPECTED


def test_a_format_error_grows_its_place_on_the_way_up() -> None:
    """Each level that knows more about where the document lives puts it in front."""
    error = FormatError("SB-4001", "not a digest", place="line 3")
    assert error.within("release.json").summary == "release.json: line 3: not a digest"
    assert FormatError("SB-4001", "not a digest", place="").within("x").place == "x"
    assert error.within("x").exit_status is ExitStatus.CONFIG


@pytest.mark.parametrize(
    "error",
    [
        FormatError("SB-4030", "is odd", place="m: a", hint="try 4", details={"number": "3"}),
        BuildError("SB-4035", "m: a changed", hint="again"),
    ],
)
def test_an_error_survives_pickling(error: SamebytesError) -> None:
    """An error that crosses a process border keeps class, text, hint, details and place."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), copy.hint, copy.details) == (str(error), error.hint, error.details)
    assert getattr(copy, "place", None) == getattr(error, "place", None)
