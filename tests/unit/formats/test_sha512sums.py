"""SHA512SUMS is what `sha512sum` writes and checks."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from samebytes.errors import FormatError
from samebytes.formats import sha512sums
from samebytes.model.digests import Digest, sha256, sha512

_HEX = hashlib.sha512(b"x").hexdigest()


def test_sha512sum_checks_and_writes_the_same(tmp_path: Path) -> None:
    """`sha512sum -c` accepts the file, and `sha512sum` in the C locale writes the very bytes."""
    files = {"scope__b-1.0.0.tgz": b"b", "a-1.0.0.tgz": b"a", "release.json": b"{}", "\u00e9 x.txt": b"", "B": b"B"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    sums = sha512sums.write({name: sha512(data) for name, data in files.items()})
    (tmp_path / "SHA512SUMS").write_bytes(sums)
    command = ["sha512sum", "--check", "--strict", "--quiet", "SHA512SUMS"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    names = sorted(files, key=lambda name: name.encode())
    assert subprocess.run(["sha512sum", *names], cwd=tmp_path, check=True, capture_output=True).stdout == sums


def test_reads_back_what_it_writes() -> None:
    """The reader gives the digests in the order of the file, which is that of the names' bytes."""
    digests = {"b": sha512(b"b"), "a": sha512(b"a"), "\u00e9": sha512(b"e"), "B": sha512(b"B")}
    read = sha512sums.read(sha512sums.write(digests), "p")
    assert read == digests
    assert list(read) == ["B", "a", "b", "\u00e9"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\nb", "a\x1bb", "\x9b"])
def test_refuses_to_write_names_that_are_not_plain(name: str) -> None:
    """A name with a folder, or with anything that coreutils would escape, never gets into the file."""
    with pytest.raises(FormatError, match="SB-4060"):
        sha512sums.write({name: sha512(b"")})


def test_refuses_to_write_another_digest() -> None:
    """Only sha512 goes into SHA512SUMS."""
    with pytest.raises(FormatError, match="SB-4060: SHA512SUMS: a has a sha256 digest"):
        sha512sums.write({"a": sha256(b"")})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"", "p"),
        (f"{_HEX}  a".encode(), "p"),
        (f"{_HEX}  a\r\n".encode(), "p:1"),
        (f"{_HEX} *a\n".encode(), "p:1"),
        (f"{_HEX.upper()}  a\n".encode(), "p:1"),
        (f"{_HEX[:-1]}  a\n".encode(), "p:1"),
        (f"\\{_HEX}  a\\nb\n".encode(), "p:1"),
        (f"{_HEX}  a\n{_HEX}  a\n".encode(), "p:2"),
        (f"{_HEX}  b\n{_HEX}  a\n".encode(), "p:2"),
        (f"{_HEX}  a\n\n".encode(), "p:2"),
        (f"{_HEX}  ../a\n".encode(), "p:1"),
        (_HEX.encode() + b"  \xff\n", "p"),
        (b" " * (sha512sums.LIMIT_BYTES + 1), "p"),
    ],
)
def test_refuses_what_it_would_not_write(text: bytes, place: str) -> None:
    """Other forms, orders, repetitions and an empty file are refused where they stand."""
    with pytest.raises(FormatError) as caught:
        sha512sums.read(text, "p")
    assert (caught.value.code, caught.value.place) == ("SB-4060", place)


def test_digest_value_is_the_files() -> None:
    """A line stands for the digest it spells."""
    assert sha512sums.read(f"{_HEX}  a\n".encode(), "p") == {"a": Digest("sha512", hashlib.sha512(b"x").digest())}
