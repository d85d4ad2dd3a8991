"""Each field of a canon-v1 header is what the format page says."""

from __future__ import annotations

import io
import tarfile

import pytest

from samebytes.errors import FormatError
from samebytes.formats import ustar


def _field(block: bytes, start: int, length: int) -> bytes:
    return block[start : start + length]


def test_every_field_of_a_plain_header() -> None:
    """Zero-padded octal and NUL for every number, npm's date, nobody's name, a regular file."""
    block = ustar.header("package/index.js", 0o1234567, executable=False)
    assert len(block) == 512
    assert _field(block, 0, 100) == b"package/index.js" + bytes(84)
    assert _field(block, 100, 8) == b"0000644\0"
    assert _field(block, 108, 8) == b"0000000\0"
    assert _field(block, 116, 8) == b"0000000\0"
    assert _field(block, 124, 12) == b"00001234567\0"
    assert _field(block, 136, 12) == b"03560116604\0"
    assert int(_field(block, 136, 11), 8) == 499162500
    assert _field(block, 148, 8) == b"%07o\0" % (sum(block[:148]) + sum(block[156:]) + 256)
    assert _field(block, 156, 1) == b"0"
    assert _field(block, 157, 100) == bytes(100)
    assert _field(block, 257, 8) == b"ustar\x0000"
    assert _field(block, 265, 64) == bytes(64)
    assert _field(block, 329, 16) == b"0000000\0" * 2
    assert _field(block, 345, 167) == bytes(167)


def test_an_executable_file_differs_in_mode_and_checksum_alone() -> None:
    """Mode 0755 for what may be run, never bits for group or others to write."""
    plain = ustar.header("package/a", 5, executable=False)
    executable = ustar.header("package/a", 5, executable=True)
    assert _field(executable, 100, 8) == b"0000755\0"
    assert executable[:100] + executable[108:148] + executable[156:] == plain[:100] + plain[108:148] + plain[156:]


@pytest.mark.parametrize(
    ("path", "prefix_bytes", "name_bytes"),
    [
        ("n" * 99, 0, 99),
        ("n" * 100, 0, 100),
        ("d" * 9 + "/" + "n" * 91, 9, 91),
        ("d/e/" + "n" * 97, 3, 97),
        ("p" * 155 + "/" + "n", 155, 1),
        ("p" * 155 + "/" + "n" * 100, 155, 100),
        ("p" * 100 + "/" + "q" * 54 + "/" + "n" * 100, 155, 100),
        ("p" * 100 + "/" + "q" * 55 + "/" + "n" * 44, 100, 100),
        ("\u00e9" * 77 + "/" + "\u00e9" * 50, 154, 100),
    ],
)
def test_splits_at_the_last_slash_that_leaves_a_prefix(path: str, prefix_bytes: int, name_bytes: int) -> None:
    """Up to 100 bytes are one name; longer paths have the longest prefix of at most 155 bytes."""
    block = ustar.header(path, 0, executable=False)
    assert len(block) == 512
    encoded = path.encode()
    name, prefix = _field(block, 0, 100).rstrip(b"\0"), _field(block, 345, 155).rstrip(b"\0")
    assert (len(prefix), len(name)) == (prefix_bytes, name_bytes)
    assert (prefix + b"/" + name if prefix else name) == encoded


@pytest.mark.parametrize(
    "path",
    [
        "n" * 101,
        "d/" + "n" * 101,
        "p" * 156 + "/" + "n",
        "p" * 155 + "/" + "n" * 101,
        "/" + "n" * 100,
        "d/" + "\u00e9" * 51,
        "package/" + "\U0001f600" * 30 + "/" + "e\u0301" * 200,
    ],
)
def test_a_path_that_does_not_fit_has_a_pax_header(path: str) -> None:
    """One PAX header with one record; the entry's own name is the path cut to whole characters."""
    encoded = path.encode()
    blocks = ustar.header(path, 7, executable=True)
    pax, entry = blocks[:512], blocks[-512:]
    safe = bytes(byte for byte in encoded if 32 <= byte <= 126)[:80]
    assert _field(pax, 0, 100).rstrip(b"\0") == b"PaxHeader/" + safe
    assert _field(pax, 100, 8) == b"0000644\0"
    assert _field(pax, 136, 12) == b"03560116604\0"
    assert _field(pax, 156, 1) == b"x"
    record_bytes = int(_field(pax, 124, 11), 8)
    record = blocks[512 : 512 + record_bytes]
    assert record == b"%d path=%b\n" % (record_bytes, encoded)
    assert not any(blocks[512 + record_bytes : -512])
    assert len(blocks) == 1024 + record_bytes + -record_bytes % 512
    name = _field(entry, 0, 100).rstrip(b"\0")
    assert encoded.startswith(name)
    assert 97 <= len(name) <= 100
    assert name.decode()
    assert _field(entry, 345, 155) == bytes(155)
    assert _field(entry, 100, 8) == b"0000755\0"
    assert _field(entry, 124, 12) == b"00000000007\0"


@pytest.mark.parametrize("length", [*range(86, 96), *range(985, 997), *range(9984, 9996)])
def test_a_pax_record_counts_its_own_length(length: int) -> None:
    """Also where writing the length makes it longer, the record says exactly how long it is."""
    record = ustar._pax_record(b"n" * length)
    assert int(record.partition(b" ")[0]) == len(record)


def test_the_largest_file_is_one_byte_below_eight_gib() -> None:
    """Eleven octal digits are all there are."""
    assert _field(ustar.header("a", 8 * 1024**3 - 1, executable=False), 124, 12) == b"77777777777\0"
    with pytest.raises(FormatError, match="SB-4034: a: 8589934592 bytes"):
        ustar.header("a", 8 * 1024**3, executable=False)


@pytest.mark.parametrize("path", ["package/a", "p" * 155 + "/" + "n" * 100, "package/" + "\u00e9" * 140])
def test_pythons_tarfile_reads_the_same(path: str) -> None:
    """An independent reader sees path, size, mode, owner and date."""
    tar = ustar.header(path, 3, executable=True) + b"abc" + bytes(ustar.padding(3)) + ustar.END
    with tarfile.open(fileobj=io.BytesIO(tar), format=tarfile.PAX_FORMAT) as archive:
        (member,) = archive.getmembers()
        assert member.isreg()
        assert (member.name, member.size, member.mode, member.mtime) == (path, 3, 0o755, ustar.MTIME)
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
