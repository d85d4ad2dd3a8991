"""What every error code means: the table behind docs/reference/errors.md.

Ranges: 1xxx command line and configuration, 2xxx workspace and selection, 3xxx git and build, 4xxx packing and formats,
5xxx sites and registries, 6xxx publishing and promotion, 7xxx evidence, 8xxx forges and CI, 9xxx ourselves.
A test holds each literal code in the sources against this table and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from samebytes import errors


@dataclass(frozen=True, slots=True)
class Meaning:
    """The error class of a code, and the sentence its reference entry starts with."""

    error: type[errors.SamebytesError]
    sentence: str


MEANINGS: Mapping[str, Meaning] = MappingProxyType(
    {
        # 2xxx workspace and selection
        "SB-2001": Meaning(errors.FormatError, "A package name is not one that npm registries accept."),
        "SB-2002": Meaning(errors.FormatError, "A version is not strict semver in normal form, or has build metadata."),
        # 4xxx packing and formats
        "SB-4001": Meaning(errors.FormatError, "A digest or integrity string cannot be read."),
    }
)
