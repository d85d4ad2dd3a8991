"""What the tracked files of a checkout hold, by content: the way to know that they are what the commit says.

Sizes and times are not looked at: a build can keep both.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping

from samebytes.system.git_objects import bytes_of

_CHUNK_BYTES = 1 << 20
_SHA256_HEX_LENGTH = 64

ABSENT = "absent"
OTHER = "other"


def path_in(directory: str, path: str) -> bytes:
    """The file-system path of a path as git stores it, whatever the locale's encoding is."""
    return os.path.join(os.fsencode(directory), bytes_of(path))


def observe(directory: str, paths: Iterable[str], algorithm: str) -> Mapping[str, str]:
    """What each path is now: `<mode> <git blob id>`, or `absent`, or `other` for a folder or device.

    `algorithm` is `sha1` or `sha256`, as the repository's object format.
    """
    return {path: _observe_one(path_in(directory, path), algorithm) for path in paths}


def algorithm_of(object_id: str) -> str:
    """The hash that made an object id."""
    return "sha256" if len(object_id) == _SHA256_HEX_LENGTH else "sha1"


def _observe_one(path: bytes, algorithm: str) -> str:
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            target = os.readlink(path)
            return f"120000 {_blob(algorithm, len(target), [target])}"
        if not stat.S_ISREG(status.st_mode):
            return OTHER
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
            mode = "100755" if status.st_mode & stat.S_IXUSR else "100644"
            return f"{mode} {_blob(algorithm, size, chunks)}"
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT


def _blob(algorithm: str, size: int, chunks: Iterable[bytes]) -> str:
    """The object id git gives a blob: the hash of `blob <size>`, a zero byte and the content."""
    state = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
    for chunk in chunks:
        state.update(chunk)
    return state.hexdigest()
