"""Digests: an algorithm and its bytes, in the notations npm, in-toto and coreutils use."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from samebytes.errors import FormatError

# sha224 and sha384 are for the `packageManager` field, which takes whatever Corepack wrote.
_SIZES = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A digest; equal digests have equal algorithm and equal bytes."""

    algorithm: str
    value: bytes

    def __post_init__(self) -> None:
        if _SIZES.get(self.algorithm) != len(self.value):
            raise FormatError("SB-4001", f"no {self.algorithm} digest has {len(self.value)} bytes", place="")

    @property
    def hex(self) -> str:
        """Lower-case hexadecimal, as `sha512sum` prints it."""
        return self.value.hex()

    @property
    def integrity(self) -> str:
        """The SRI string npm calls `integrity`: `sha512-<base64>` (W3C Subresource Integrity)."""
        return f"{self.algorithm}-{base64.b64encode(self.value).decode('ascii')}"

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"


def sha256(data: bytes) -> Digest:
    """The sha256 of these bytes."""
    return Digest("sha256", hashlib.sha256(data).digest())


def sha512(data: bytes) -> Digest:
    """The sha512 of these bytes."""
    return Digest("sha512", hashlib.sha512(data).digest())


def from_hex(algorithm: str, text: str) -> Digest:
    """Read a hexadecimal digest; upper case is refused because equal digests must be equal texts.

    Raises FormatError (SB-4001).
    """
    try:
        value = bytes.fromhex(text)
    except ValueError as error:
        raise FormatError("SB-4001", f"{text!r} is not a hexadecimal digest", place="") from error
    if value.hex() != text:
        raise FormatError("SB-4001", f"{text!r} is not lower-case hexadecimal", place="")
    return Digest(algorithm, value)


def from_integrity(text: str) -> Digest:
    """Read one SRI hash such as `sha512-<base64>`; lists of hashes and options are refused.

    Raises FormatError (SB-4001).
    """
    algorithm, separator, encoded = text.partition("-")
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("SB-4001", f"{text!r} is not an integrity string", place="") from error
    if not separator or algorithm not in _SIZES:
        raise FormatError("SB-4001", f"{text!r} names no known algorithm", place="")
    digest = Digest(algorithm, value)
    if digest.integrity != text:
        raise FormatError("SB-4001", f"{text!r} is not in canonical base64", place="")
    return digest
