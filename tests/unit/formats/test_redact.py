"""Secrets do not show in text, in whichever form they come."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.formats.redact import MASK, masker, url_passwords

_SECRET = "npm_s3cret/token+with=all"


@pytest.mark.parametrize(
    "text",
    [
        f"token {_SECRET}!",
        f"https://registry.example/?t={quote(_SECRET, safe='')}",
        f"https://registry.example/?t={quote(_SECRET, safe='').lower()}",
        _SECRET.encode().hex(),
        _SECRET.encode().hex().upper(),
        base64.b64encode(_SECRET.encode()).decode(),
        base64.urlsafe_b64encode(_SECRET.encode()).decode(),
    ],
)
def test_each_form_of_a_secret_is_masked(text: str) -> None:
    """As it is, URL-encoded and in hexadecimal with letters of either case, and in both alphabets of base64."""
    masked = masker([_SECRET])(text)
    assert MASK in masked
    assert "s3cret" not in masked


@given(st.text(alphabet="abc:-", max_size=7), st.text(alphabet="xyz:-", max_size=7))
def test_base64_of_a_longer_value_gives_nothing_away(before: str, after: str) -> None:
    """`Basic` credentials hold the user too, so that the secret starts and ends anywhere in the encoding."""
    encoded = base64.b64encode(f"{before}{_SECRET}{after}".encode()).decode()
    shown = masker([_SECRET])(encoded)
    assert MASK in shown
    assert len(shown) <= len(encoded) - len(_SECRET)


def test_lines_of_a_secret_are_masked_one_by_one() -> None:
    """A log has one line at a time; a short line is not worth masking."""
    mask = masker(["-----BEGIN KEY-----\nc2VjcmV0\nab\n"])
    assert [mask(line) for line in ("c2VjcmV0", "ab")] == [MASK, "ab"]


@pytest.mark.parametrize("secrets", [[], [""], ["1"], ["   \n  "]])
def test_without_a_secret_text_stays(secrets: list[str]) -> None:
    """A value of a few characters is no secret, and masking it would hide everything else."""
    assert masker(secrets)("1 plain\n   \n") == "1 plain\n   \n"


def test_the_longer_secret_is_masked_first() -> None:
    """Else its rest would stay."""
    assert masker(["token", "token-longer"])("token-longer token") == f"{MASK} {MASK}"


def test_passwords_in_urls_are_found_as_written_and_decoded() -> None:
    """A proxy's URL may carry one; what is no URL carries none."""
    values = {"a": "http://user:p%40ss@proxy:1", "b": "proxy:1", "c": "http://[broken", "d": "http://user@proxy"}
    assert url_passwords(values) == ("p%40ss", "p@ss")
