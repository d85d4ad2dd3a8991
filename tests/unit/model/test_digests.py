"""Digests in their notations."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.model.digests import Digest, from_hex, from_integrity, sha256, sha512

# NIST's vectors for the three-byte message "abc" (FIPS 180-4 examples).
ABC_256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
ABC_SRI = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="


def test_digests_agree_with_published_vectors() -> None:
    """sha256 and sha512 of "abc" are what FIPS 180-4 says."""
    assert sha256(b"abc").hex == ABC_256
    assert sha512(b"abc").integrity == ABC_SRI
    assert str(sha256(b"abc")) == f"sha256:{ABC_256}"


def test_both_notations_are_read_back() -> None:
    """Hexadecimal and SRI name the same digest."""
    assert from_hex("sha256", ABC_256) == sha256(b"abc")
    assert from_integrity(ABC_SRI) == sha512(b"abc")


@pytest.mark.parametrize("text", ["", "zz", ABC_256.upper(), ABC_256[:-2], ABC_256 + "00", " " + ABC_256])
def test_other_hexadecimal_is_refused(text: str) -> None:
    """Equal digests have equal texts: upper case, blanks and wrong lengths are refused."""
    with pytest.raises(FormatError):
        from_hex("sha256", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha512",
        "sha512-",
        "sha512-!!!!",
        "md5-" + "A" * 24,
        ABC_SRI + " " + ABC_SRI,
        ABC_SRI[:-2],
        ABC_SRI + "?x",
        "3a81",
    ],
)
def test_other_integrity_strings_are_refused(text: str) -> None:
    """One hash, a known algorithm, canonical base64; lists and options are refused."""
    with pytest.raises(FormatError) as caught:
        from_integrity(text)
    assert caught.value.code == "SB-4001"


def test_integrity_in_another_base64_spelling_is_refused() -> None:
    """Unused bits of the last character must be zero, or two texts would mean one digest."""
    with pytest.raises(FormatError):
        from_integrity(ABC_SRI.replace("nw==", "nx=="))


def test_a_digest_has_the_length_of_its_algorithm() -> None:
    """A digest that cannot exist is not built."""
    with pytest.raises(FormatError):
        Digest("sha256", b"short")
    with pytest.raises(FormatError):
        Digest("md5", b"0" * 16)
