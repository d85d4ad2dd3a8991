"""A finished release as a folder: tarballs, SHA512SUMS, release.json, build-record.json."""

from __future__ import annotations

from samebytes.flows.make_release import BuiltRelease


def write_out(built: BuiltRelease, out: str) -> tuple[str, ...]:
    """Put a release into a folder in one step, and return the names written, sorted.

    A folder that holds an earlier output of ours is replaced; one that holds anything else is refused
    (UsageError SB-1101). Nobody ever sees a half-written folder: it is made beside `out` and renamed.
    """
    raise NotImplementedError
