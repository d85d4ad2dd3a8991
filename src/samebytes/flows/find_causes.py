"""Look into a build's own files for what may have made them differ from an expected statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from samebytes.core.differences import compare
from samebytes.core.repack import TAR_LIMIT_BYTES
from samebytes.core.suspects import cause_by_digest, suspects_in
from samebytes.flows.make_release import BuiltRelease
from samebytes.formats import gzip
from samebytes.formats.ustar_reader import read_canonical
from samebytes.model.build_record import BuildRecord
from samebytes.model.change import Change, Layer
from samebytes.model.digests import Digest
from samebytes.model.release import Release
from samebytes.system.chunks import read_chunks

_DAY = len("2026-01-31")


def changes_with_causes(expected: Release, built: BuiltRelease) -> tuple[Change, ...]:
    """Every difference of a build from an expected statement, each differing file with a cause where one shows.

    Of the expected side only digests are known, so a cause is what turns our bytes into theirs, or what in our bytes
    gives away where and when they were built.
    """
    changes = compare(expected, built.release)
    return tuple(
        change
        for package, group in groupby(changes, key=lambda change: change.package)
        for change in _explained(package, tuple(group), expected, built)
    )


def _explained(package: str, changes: tuple[Change, ...], expected: Release, built: BuiltRelease) -> Iterator[Change]:
    stated = next((subject for subject in expected.subjects if str(subject.id) == package), None)
    member = next((member for member in built.packed if str(member.tarball.id) == package), None)
    if stated is None or member is None or all(change.layer is not Layer.CONTENT for change in changes):
        yield from changes
        return
    files = _files(member.file, package)
    digests = {file.path: file.sha256 for file in stated.files}
    for change in changes:
        content = change.layer is Layer.CONTENT and not change.cause
        cause = _cause(files[change.path], digests[change.path], built.record) if content else change.cause
        yield replace(change, cause=cause)


def _files(tarball: str, place: str) -> Mapping[str, bytes]:
    """Stored path to bytes; the tarball is one that this run has packed."""
    tar = gzip.decompress(b"".join(read_chunks(tarball)), TAR_LIMIT_BYTES, place)
    return {entry.path.partition("/")[2]: bytes(entry.data) for entry in read_canonical(tar, place)}


def _cause(data: bytes, expected: Digest, record: BuildRecord) -> str:
    facts = {
        "the path of the build": record.path,
        "the time of the build": record.started,
        "the day of the build": record.started[:_DAY],
        "the run of the build": record.run,
    }
    return cause_by_digest(data, expected) or ", ".join(suspects_in(data, facts))
