"""Strict semantic versions in normal form, ordered as semver orders them (semver.org 2.0.0, section 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

from samebytes.errors import FormatError

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?")
# node-semver's limits: 256 characters, numbers up to Number.MAX_SAFE_INTEGER.
_MAX_LENGTH = 256
_MAX_NUMBER = 2**53 - 1


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version such as `1.2.3` or `1.2.3-rc.1`; build metadata is refused because registries disagree about it."""

    text: str

    def __post_init__(self) -> None:
        match = _VERSION.fullmatch(self.text)
        if match is None or len(self.text) > _MAX_LENGTH or any(int(part) > _MAX_NUMBER for part in match.groups()[:3]):
            raise FormatError(
                "SB-2002",
                f"{self.text!r} is not a strict semantic version",
                place="",
                hint="write MAJOR.MINOR.PATCH with an optional -prerelease, without 'v', leading zeros or +build",
            )

    @property
    def release(self) -> tuple[int, int, int]:
        """Major, minor, patch."""
        major, minor, patch = self.text.partition("-")[0].split(".")
        return int(major), int(minor), int(patch)

    @property
    def prerelease(self) -> tuple[str, ...]:
        """The dot-separated identifiers after the first hyphen; empty for a release."""
        tail = self.text.partition("-")[2]
        return tuple(tail.split(".")) if tail else ()

    def _key(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        # Numeric identifiers sort below alphanumeric ones; a release sorts above all its prereleases.
        identifiers = tuple((False, int(part), "") if part.isdigit() else (True, 0, part) for part in self.prerelease)
        return self.release, not identifiers, identifiers

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()

    def __str__(self) -> str:
        return self.text
