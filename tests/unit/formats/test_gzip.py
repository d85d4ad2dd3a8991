"""gzip is written in one way, and read without trusting it."""

from __future__ import annotations

import gzip as stdlib_gzip
import subprocess
import zlib

import deflate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.errors import FormatError, SamebytesError
from samebytes.formats import gzip

_MIB = 1024 * 1024


@given(st.binary(max_size=5000))
def test_round_trip(data: bytes) -> None:
    """What is compressed has the fixed header and is read back, by us and by the standard library."""
    packed = gzip.compress(data)
    assert packed[:10].hex() == "1f8b08000000000000ff"
    assert gzip.decompress(packed, len(data), "p") == data
    assert gzip.decompress_foreign(packed, len(data), "p") == data
    assert stdlib_gzip.decompress(packed) == data


def test_gzip_itself_accepts_it() -> None:
    """`gzip -t` finds nothing wrong."""
    data = gzip.compress(b"abc" * 100_000)
    subprocess.run(["gzip", "-t"], input=data, check=True, capture_output=True)


def test_another_compressor_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the installed compressor writes other bytes, nothing is packed, however often one tries."""
    gzip.check_golden.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(deflate, "deflate_compress", lambda data, _level: zlib.compress(data, 9, -zlib.MAX_WBITS))
        for _ in range(2):
            with pytest.raises(SamebytesError, match="SB-4025: the compressor of this installation"):
                gzip.compress(b"x")
    assert gzip.compress(b"x")


def _member(data: bytes) -> bytes:
    return gzip.compress(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SB-4023"),
        (b"not gzip at all", "SB-4023"),
        (stdlib_gzip.compress(b"x", mtime=1), "SB-4023"),
        (_member(b"x")[:10], "SB-4024"),
        (_member(b"x" * 99)[:-9], "SB-4024"),
        (_member(b"x")[:-1], "SB-4024"),
        (_member(b"x") + b"\0", "SB-4024"),
        (_member(b"x") + _member(b"y"), "SB-4024"),
        (_member(b"x")[:-5] + b"\1" + _member(b"x")[-4:], "SB-4024"),
        (_member(b"x")[:-1] + b"\1", "SB-4024"),
        (_member(b"x")[:10] + b"\xff" + _member(b"x")[11:], "SB-4024"),
    ],
)
def test_refuses_what_is_not_canonical_or_damaged(data: bytes, code: str) -> None:
    """Another header, a cut, a wrong checksum or anything after the one member is refused."""
    with pytest.raises(FormatError) as caught:
        gzip.decompress(data, _MIB, "p")
    assert (caught.value.code, caught.value.place) == (code, "p")


def test_the_limit_holds_for_both_readers() -> None:
    """A file that unpacks to one byte too many is refused, one that fits exactly is not."""
    data = _member(bytes(_MIB))
    assert gzip.decompress(data, _MIB, "p") == bytes(_MIB)
    for reader in (gzip.decompress, gzip.decompress_foreign):
        with pytest.raises(FormatError, match="SB-4022"):
            reader(data, _MIB - 1, "p")


def test_reads_what_other_packers_write() -> None:
    """File names in the header, several members and zeros at the end are fine for foreign files."""
    with_name = subprocess.run(["gzip", "-c9"], input=b"abc", check=True, capture_output=True).stdout
    assert gzip.decompress_foreign(with_name, 10, "p") == b"abc"
    assert gzip.decompress_foreign(stdlib_gzip.compress(b"ab") + with_name + bytes(512), 10, "p") == b"ababc"


def test_the_limit_counts_all_members() -> None:
    """Many small members do not get around the limit, nor does their number."""
    with pytest.raises(FormatError, match="SB-4022"):
        gzip.decompress_foreign(_member(b"abc") * 3, 8, "p")
    with pytest.raises(FormatError, match="SB-4022: p: has more than 16 gzip members"):
        gzip.decompress_foreign(_member(b"") * 17, 8, "p")


@pytest.mark.parametrize("data", [b"", b"x", _member(b"x") + b"x", _member(b"xyz" * 9)[:-3], b"\x1f\x8b\x08\xff"])
def test_foreign_files_may_not_be_damaged(data: bytes) -> None:
    """Cut off, followed by other data, or no gzip: refused for foreign files too."""
    with pytest.raises(FormatError, match="SB-4024"):
        gzip.decompress_foreign(data, _MIB, "p")
