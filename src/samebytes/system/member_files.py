"""The files of members: read straight into a tar, and the finished tarball written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from samebytes.errors import BuildError, ConfigError
from samebytes.system.open_inside import open_inside


def require_utf8_names() -> None:
    """Refuse to go on where the locale makes Python take names on disk for something else than UTF-8.

    The same file would have another path at another site. Raises ConfigError (SB-4041).
    """
    encoding = sys.getfilesystemencoding()
    if encoding != "utf-8":
        raise ConfigError(
            "SB-4041",
            f"the locale makes file names {encoding} here, canon-v1 stores them in UTF-8",
            hint="set PYTHONUTF8=1, or a UTF-8 locale such as LC_ALL=C.UTF-8",
        )


def size_of(path: str, place: str) -> int:
    """The size in bytes of a regular file, no link followed. Raises BuildError (SB-4037) for anything else."""
    try:
        status = os.lstat(path)
    except OSError as error:
        raise _unreadable(place, error.strerror or "unknown reason") from error
    if not stat.S_ISREG(status.st_mode):
        raise _unreadable(place, "not a regular file")
    return status.st_size


def read_into(path: str, target: memoryview, place: str) -> None:
    """Fill `target` with a file that must have exactly that many bytes; its path is absolute and free of links.

    Raises BuildError: SB-4035 when it has more or fewer, SB-4037 when it cannot be read.
    """
    position = 0
    try:
        with open_inside(path) as file:
            while position < len(target):
                count = file.readinto(target[position:])
                if not count:
                    raise _changed(place)
                position += count
            if file.read(1):
                raise _changed(place)
    except OSError as error:
        raise _unreadable(place, error.strerror or "unknown reason") from error


def write_whole(folder: str, name: str, data: bytes) -> str:
    """Write a file so that nobody ever sees a part of it; returns its path. Raises BuildError (SB-4038)."""
    path = Path(folder, name)
    unfinished = path.with_name(f".{name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BuildError("SB-4038", f"{path} cannot be written: {error.strerror}") from error
    return str(path)


def _changed(place: str) -> BuildError:
    return BuildError(
        "SB-4035", f"{place} changed while it was read", hint="stop what writes to the checkout and pack again"
    )


def _unreadable(place: str, why: str) -> BuildError:
    return BuildError("SB-4037", f"{place} cannot be packed: {why}")
