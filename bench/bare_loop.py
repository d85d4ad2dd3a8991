"""The least that packing can cost: read, tar, compress and hash given files, and nothing else.

Same compressor and level, same number of processes. It lists nothing, checks nothing, keeps no digest of a file and
writes no file.
"""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import deflate

from samebytes.formats.gzip import LEVEL

# (path in the tarball, path on disk) of each file of a member.
Files: TypeAlias = Sequence[tuple[str, str]]


def pack_bare(members: Sequence[Files], workers: int) -> list[str]:
    """The sha512 of each member's tarball, made with this many processes (1: in this one)."""
    if workers == 1:
        return [pack_one(files) for files in members]
    # Forked, which costs least: nothing has to be imported again.
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        digests = pool.map(pack_one, members, chunksize=4)
        # Let the processes end by themselves: ended by a signal, one that is measured for coverage may hang.
        pool.close()
        pool.join()
    return digests


def pack_one(files: Files) -> str:
    """The sha512 of one tarball."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for stored, path in files:
            data = Path(path).read_bytes()
            entry = tarfile.TarInfo(stored)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return hashlib.sha512(deflate.gzip_compress(buffer.getvalue(), LEVEL)).hexdigest()
