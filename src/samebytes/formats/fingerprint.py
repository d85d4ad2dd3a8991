"""The fingerprint of a release: the statement's digest in a form that two people can compare by voice."""

from __future__ import annotations

from samebytes.errors import FormatError
from samebytes.model.digests import Digest

# Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
_SYMBOLS = 25
_GROUP = 5


def write(statement_sha256: Digest) -> str:
    """The first 125 bits of the digest as five groups of five symbols: `7ZG0M-2X4QK-…`."""
    bits = int.from_bytes(statement_sha256.value, "big") >> (8 * len(statement_sha256.value) - 5 * _SYMBOLS)
    symbols = "".join(_ALPHABET[bits >> 5 * place & 31] for place in reversed(range(_SYMBOLS)))
    return _grouped(symbols)


def read(text: str) -> str:
    """The normal form of a fingerprint that a person typed.

    Case, hyphens and spaces do not matter; i and l are read as 1, o as 0. Raises FormatError (SB-4070).
    """
    symbols = text.strip().upper().translate(_READ_AS)
    if len(symbols) != _SYMBOLS or any(symbol not in _ALPHABET for symbol in symbols):
        raise FormatError(
            "SB-4070",
            f"{text!r} is not a fingerprint",
            place="",
            hint="a fingerprint is 25 letters and digits without u, in groups of five",
        )
    return _grouped(symbols)


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + _GROUP] for start in range(0, _SYMBOLS, _GROUP))
