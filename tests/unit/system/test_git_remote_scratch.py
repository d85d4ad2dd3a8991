"""The scratch repository: sound objects, limits before memory, and damage that is found."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from samebytes.errors import SiteError
from samebytes.system.git_remote_scratch import Scratch


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    """One that is removed."""
    scratch = Scratch([], [])
    yield scratch
    scratch.close()


def _file(scratch: Scratch, object_id: str) -> Path:
    return Path(scratch.path, "objects", object_id[:2], object_id[2:])


@pytest.mark.parametrize("data", [b"", b"x", bytes(100_000), bytes(range(256)) * 100])
def test_round_trip_up_to_the_limit(scratch: Scratch, data: bytes) -> None:
    """What is written is read; its exact size is allowed, one byte less is not."""
    blob = scratch.write_blob(data)
    assert scratch.write_blob(data) == blob
    assert scratch.read(blob, "blob", len(data)) == data
    if data:
        with pytest.raises(SiteError) as raised:
            scratch.read(blob, "blob", len(data) - 1)
        assert raised.value.code == "SB-5003"


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"no zlib",
        zlib.compress(b"blob x\0"),
        zlib.compress(b"blob 3\0abcd"),
        zlib.compress(b"blob 3\0abd"),
        zlib.compress(b"blob 3\0abc")[:-6],
        zlib.compress(b"blob 3\0abc" + bytes(1_000_000)),
    ],
)
def test_damaged_object_is_found(scratch: Scratch, stored: bytes) -> None:
    """An object whose bytes are not those of its name is an error, whatever is wrong with it."""
    blob = scratch.write_blob(b"abc")
    _file(scratch, blob).write_bytes(stored)
    with pytest.raises(SiteError, match="is damaged") as raised:
        scratch.read(blob, "blob", 1000)
    assert raised.value.code == "SB-5001"
