"""A fingerprint says 125 bits so that two people can compare them."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.errors import FormatError
from samebytes.formats.fingerprint import read, write
from samebytes.model.digests import Digest

_DIGESTS = st.binary(min_size=32, max_size=32).map(lambda value: Digest("sha256", value))


@pytest.mark.parametrize(
    ("digest_hex", "text"),
    [
        ("00" * 32, "00000-00000-00000-00000-00000"),
        ("ff" * 32, "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ"),
        (bytes(range(32)).hex(), "000G4-0R40M-30E20-9185G-R38E1"),
        (hashlib.sha256(b"").hexdigest(), "WERC8-GMRZG-E196Q-VYK49-JVXS4"),
    ],
)
def test_writes_the_first_125_bits(digest_hex: str, text: str) -> None:
    """Five bits a symbol from the front of the digest, in groups of five."""
    assert write(Digest("sha256", bytes.fromhex(digest_hex))) == text


@given(_DIGESTS)
def test_is_base32_with_other_symbols(digest: Digest) -> None:
    """RFC 4648's base 32 of the digest, in Crockford's symbols, cut to 25."""
    rfc4648 = base64.b32encode(digest.value).decode()
    symbols = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert write(digest).replace("-", "") == rfc4648.translate(symbols)[:25]


@given(_DIGESTS)
def test_reads_back_what_it_writes(digest: Digest) -> None:
    """The normal form of a fingerprint is itself."""
    assert read(write(digest)) == write(digest)


@given(_DIGESTS)
def test_reads_what_people_type(digest: Digest) -> None:
    """Case, hyphens and spaces do not matter; i and l are read as 1, o as 0."""
    text = write(digest)
    assert read(text.lower()) == text
    assert read(f" {text.replace('-', ' ')} ") == text
    assert read(text.replace("1", "l").replace("0", "o")) == text
    assert read(text.replace("1", "I").replace("-", "")) == text


@given(_DIGESTS, st.integers(0, 124))
def test_each_bit_counts(digest: Digest, bit: int) -> None:
    """Digests that differ in one of the first 125 bits have different fingerprints."""
    flipped = int.from_bytes(digest.value, "big") ^ (1 << (255 - bit))
    assert write(Digest("sha256", flipped.to_bytes(32, "big"))) != write(digest)


@pytest.mark.parametrize(
    "text", ["", "00000-00000-00000-00000-0000", "U0000-00000-00000-00000-00000", "0" * 26, "\u0660" * 25]
)
def test_refuses_what_is_no_fingerprint(text: str) -> None:
    """Too short, too long, or with a letter that is not used."""
    with pytest.raises(FormatError, match="SB-4070"):
        read(text)
