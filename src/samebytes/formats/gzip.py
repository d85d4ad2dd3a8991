"""gzip as canon-v1 writes it, and reading it without trusting it.

The compressor is libdeflate at one fixed level, through the `deflate` wheel pinned by hash: its bytes are the format.
Before the first use its bytes are held against golden digests; a build of it that writes others is never used.
"""

from __future__ import annotations

import functools
import hashlib
import struct
import zlib

import deflate

from samebytes.errors import FormatError, SamebytesError

# RFC 1952: no name, no time, no extra flags, operating system unknown; equal at every site.
HEADER = bytes.fromhex("1f8b08000000000000ff")
# As small as zlib's level 9, which npm uses, at a third of its time: docs/decisions/compressor-level.md.
LEVEL = 8
# sha256 of `compress` of each of the golden inputs.
_GOLDEN = (
    "30e6fa98fb48c2b132824d1ac5e2243c0be9e9082ff32598d34d7687ca7f6c7f",
    "769d564de3b1c823dba8a25fdac3aba2993cddceaf20618bbb1f830b0584d0a5",
    "4b743f27997229bd07dfce556ebcd7205278f9904336423861a699b3024057f1",
)
_TRAILER = struct.Struct("<II")
_CHUNK_BYTES = 256 * 1024
# Packers write one; each costs a pass, so a file of nothing but members must not keep us busy.
_MEMBERS = 16


def compress(data: bytes | bytearray) -> bytes:
    """One gzip member that holds these bytes. Raises SamebytesError (SB-4025) when the compressor is another one."""
    check_golden()
    return _compressed(data)


@functools.cache
def check_golden() -> None:
    """Hold the compressor against its golden digests, once per process.

    Raises SamebytesError (SB-4025): nothing can be packed here then.
    """
    for number, (golden, data) in enumerate(zip(_GOLDEN, _golden_inputs(), strict=True)):
        found = hashlib.sha256(_compressed(data)).hexdigest()
        if found != golden:
            raise SamebytesError(
                "SB-4025",
                f"the compressor of this installation (deflate {deflate.__version__}) does not write canon-v1's bytes",
                hint="install samebytes with its locked dependencies (requirements/runtime.lock)",
                details={"vector": str(number), "expected": golden, "found": found},
            )


def decompress(data: bytes, limit_bytes: int, place: str) -> bytes:
    """The bytes in a gzip file that canon-v1 could have written: its fixed header, one member, nothing after it.

    Raises FormatError: SB-4023 for another header, SB-4024 damaged, cut off or followed by more, SB-4022 above the limit.
    """
    if data[: len(HEADER)] != HEADER:
        problem = "the gzip header is not that of canon-v1" if data[:2] == HEADER[:2] else "not a gzip file"
        raise FormatError("SB-4023", problem, place=place)
    plain, rest = _inflated(zlib.decompressobj(-zlib.MAX_WBITS), memoryview(data)[len(HEADER) :], limit_bytes, place)
    if len(rest) != _TRAILER.size:
        raise FormatError("SB-4024", "the gzip file is cut off or followed by more data", place=place)
    if _TRAILER.unpack(rest) != (zlib.crc32(plain), len(plain) & 0xFFFFFFFF):
        raise FormatError("SB-4024", "the gzip checksum is wrong", place=place)
    return plain


def decompress_foreign(data: bytes, limit_bytes: int, place: str) -> bytes:
    """The bytes in any gzip file: header fields, a few members and zeros at the end are fine.

    Raises FormatError: SB-4024 damaged, cut off or followed by other data, SB-4022 above the limits.
    """
    plain = b""
    rest = memoryview(data)
    for _ in range(_MEMBERS):
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        member, rest = _inflated(inflater, rest, limit_bytes - len(plain), place)
        plain += member
        if not any(rest):
            return plain
    raise FormatError("SB-4022", f"has more than {_MEMBERS} gzip members", place=place)


def _compressed(data: bytes | bytearray) -> bytes:
    trailer = _TRAILER.pack(deflate.crc32(data), len(data) & 0xFFFFFFFF)
    return b"".join((HEADER, deflate.deflate_compress(data, LEVEL), trailer))


def _inflated(inflater: zlib._Decompress, data: memoryview, limit_bytes: int, place: str) -> tuple[bytes, memoryview]:
    """One stream's bytes and what follows it; never holds more than the limit and one chunk."""
    chunks: list[bytes] = []
    size_bytes = position = 0
    try:
        while not inflater.eof:
            # In pieces, because zlib copies what it has not consumed yet on every call.
            pending = inflater.unconsumed_tail or data[position : position + _CHUNK_BYTES]
            position += 0 if inflater.unconsumed_tail else len(pending)
            chunk = inflater.decompress(pending, _CHUNK_BYTES)
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise FormatError("SB-4022", f"unpacks to more than {limit_bytes} bytes", place=place)
            if not chunk and not pending and not inflater.eof:
                raise FormatError("SB-4024", "the gzip file is cut off", place=place)
            chunks.append(chunk)
    except zlib.error as error:
        raise FormatError("SB-4024", f"the gzip data is damaged: {error}", place=place) from error
    return b"".join(chunks), data[position - len(inflater.unused_data) :]


def _golden_inputs() -> tuple[bytes, bytes, bytes]:
    """Nothing; words, noise and zeros beyond one window and one block; and a short text."""
    noise = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(1024))
    words = b" ".join(b"export const v%d = require('./m%d');\n" % (byte, byte % 7) for byte in noise[:6000])
    return b"", words + noise + bytes(70_000) + noise[:9000] + words[::-1], b'{"name":"golden"}\n'
