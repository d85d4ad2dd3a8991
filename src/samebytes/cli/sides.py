"""The two sides of `explain`: a tarball, a folder of tarballs, a statement, or a release at a site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samebytes.cli.documents import read_statement
from samebytes.cli.session import Session
from samebytes.core.differences import side as side_of_subject
from samebytes.core.open_tarball import side_of_tarball
from samebytes.errors import EvidenceMissingError, UsageError
from samebytes.flows.fetch_release import fetch_tarballs
from samebytes.model.change import Side

_LIMIT_BYTES = 2 * 1024**3


def sides_of(argument: str, session: Session) -> tuple[Side, ...]:
    """Every package that this argument of `explain` stands for.

    Raises UsageError (SB-1014) when it is nothing of the kind, EvidenceMissingError (SB-7010) when there is no tarball.
    """
    path = Path(argument)
    if path.is_dir():
        sides = tuple(_tarballs_in(path))
        if not sides:
            raise EvidenceMissingError(
                "SB-7010", f"{argument} holds no tarball", hint="`samebytes pack --out DIR` fills one"
            )
        return sides
    if path.is_file():
        if path.suffix == ".json":
            return tuple(side_of_subject(subject) for subject in read_statement(argument).subjects)
        return (side_of_tarball(_bytes_of(path), path.name),)
    site_id, separator, tag = argument.partition("@")
    if separator and tag:
        site = session.sites(session.settings(), [site_id])[0]
        return tuple(side_of_tarball(data, name) for name, data in fetch_tarballs(tag, site))
    raise UsageError(
        "SB-1014",
        f"{argument} is no tarball, folder, release.json or SITE@TAG",
        hint="samebytes explain --help has examples",
    )


def _tarballs_in(folder: Path) -> Iterator[Side]:
    return (side_of_tarball(_bytes_of(file), file.name) for file in sorted(folder.glob("*.tgz")))


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LIMIT_BYTES:
            raise UsageError("SB-1014", f"{file.name} is larger than {_LIMIT_BYTES} bytes")
        return file.read_bytes()
    except OSError as error:
        raise UsageError("SB-1014", f"{file.name} cannot be read: {error.strerror}") from error
