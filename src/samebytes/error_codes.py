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
        # 1xxx command line and configuration
        "SB-1001": Meaning(errors.FormatError, "samebytes.toml is not UTF-8 text in TOML, or is far too large."),
        "SB-1002": Meaning(errors.FormatError, "samebytes.toml has a key that samebytes does not know."),
        "SB-1003": Meaning(errors.FormatError, "A value in samebytes.toml is missing, of the wrong type or out of range."),
        "SB-1004": Meaning(errors.ConfigError, "A path in samebytes.toml uses an environment variable that is not set."),
        "SB-1005": Meaning(errors.ConfigError, "`select.listed` and the selection rule `listed` do not go together."),
        # 2xxx workspace and selection
        "SB-2001": Meaning(errors.FormatError, "A package name is not one that npm registries accept."),
        "SB-2002": Meaning(errors.FormatError, "A version is not strict semver in normal form, or has build metadata."),
        "SB-2101": Meaning(errors.ConfigError, "A folder is not in a git repository."),
        "SB-2102": Meaning(errors.ConfigError, "Nothing in the repository has this name."),
        "SB-2103": Meaning(errors.ConfigError, "A name in the repository does not lead to a commit."),
        "SB-2104": Meaning(errors.ConfigError, "Git failed, or printed what cannot be read."),
        "SB-2105": Meaning(errors.ConfigError, "This clone lacks an object of the commit (a partial clone)."),
        "SB-2106": Meaning(errors.RefusedError, "An annotated tag is stored under another name than the one inside."),
        # 3xxx git and build
        "SB-3001": Meaning(errors.BuildError, "A program that is needed cannot be started."),
        "SB-3002": Meaning(errors.DeadlineError, "A program did not end within its time limit; its processes were killed."),
        "SB-3003": Meaning(errors.BuildError, "A program wrote more output than can be its result."),
        # 4xxx packing and formats
        "SB-4001": Meaning(errors.FormatError, "A digest or integrity string cannot be read."),
        # 6xxx publishing and promotion
        "SB-6001": Meaning(errors.ConfigError, "A site in the configuration is of a kind that samebytes does not know."),
    }
)
