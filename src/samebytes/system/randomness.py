"""Randomness, handed in so that every flow can be replayed."""

from __future__ import annotations

import secrets
from typing import Protocol


class Randomness(Protocol):
    """A source of unique tokens."""

    def token(self) -> str:
        """32 lower-case hexadecimal characters that no other call returns."""
        ...


class SystemRandomness:
    """The operating system's generator."""

    def token(self) -> str:
        """32 lower-case hexadecimal characters."""
        return secrets.token_hex(16)
