"""Version ranges as npm reads them: a typed wrapper around node-semver."""

from __future__ import annotations

import nodesemver

from samebytes.model.versions import Version

# What node-semver raises for texts that are no range; longer texts are none either (its own limit is 256 a version).
_NO_RANGE = (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError)
_MAX_LENGTH = 1024


def is_range(text: str) -> bool:
    """Whether npm would take this for a version range (`^1.2.0`, `>=18 <21`, `1.x`, `*`, the empty text)."""
    if len(text) > _MAX_LENGTH:
        return False
    try:
        return nodesemver.valid_range(text, False) is not None  # noqa: FBT003  the library's own signature
    except _NO_RANGE:
        return False


def in_range(version: Version, text: str) -> bool:
    """Whether a version is in a range; False for what is no range. Prereleases count as in npm: only beside their own."""
    if not is_range(text):
        return False
    try:
        return bool(nodesemver.satisfies(version.text, text, loose=False))
    except _NO_RANGE:
        return False
