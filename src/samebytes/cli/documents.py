"""Documents that the command line names by path."""

from __future__ import annotations

from pathlib import Path

from samebytes.errors import UsageError
from samebytes.formats.statement import read
from samebytes.model.release import Release

_LIMIT_BYTES = 256 * 1024 * 1024


def read_statement(path: str) -> Release:
    """The release statement in a file.

    Raises UsageError (SB-1013) when it cannot be read, FormatError when it is not a statement.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise UsageError(
            "SB-1013",
            f"{path} cannot be read: {error.strerror}",
            hint="name a release.json, as `samebytes pack` writes it",
        ) from error
    return read(data, path)
