"""A secret shows itself to who asks by name, and to nobody else."""

from __future__ import annotations

import copy
import pickle

import pytest

from samebytes.model.secret import Secret


def test_a_secret_is_revealed_and_otherwise_not_shown() -> None:
    """Its text is in no repr, str or format."""
    secret = Secret("s3cret")
    assert secret.reveal() == "s3cret"
    assert "s3cret" not in f"{secret} {secret!r} {[secret]}"


def test_a_secret_is_not_written_anywhere() -> None:
    """Pickling it, or copying it by the same way, is a mistake."""
    for write in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="not pickled"):
            write(Secret("s3cret"))


def test_secrets_compare_by_their_text() -> None:
    """An empty one is false."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert (bool(Secret("")), bool(Secret("a"))) == (False, True)
