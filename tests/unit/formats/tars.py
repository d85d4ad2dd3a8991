"""Tars for tests: canonical ones by our own writer, odd ones field by field."""

from __future__ import annotations

from samebytes.formats import ustar


def canonical(*files: tuple[str, bytes, bool]) -> bytes:
    """A tar as canon-v1 writes it, of whole path, bytes and executability; the caller keeps the order."""
    parts = [
        ustar.header(path, len(data), executable=executable) + data + bytes(ustar.padding(len(data)))
        for path, data, executable in files
    ]
    return b"".join(parts) + ustar.END


def block(
    name: bytes,
    data: bytes = b"",
    *,
    typeflag: bytes = b"0",
    size: bytes | None = None,
    mode: bytes = b"000644 \0",
    prefix: bytes = b"",
    magic: bytes = b"ustar\x0000",
) -> bytes:
    """One entry with any name and type, npm's way of writing numbers, and a right checksum."""
    written_size = size if size is not None else b"%011o " % len(data)
    before = name.ljust(100, b"\0") + mode + bytes(16) + written_size + b"03560116604\0"
    after = typeflag + bytes(100) + magic + bytes(80) + prefix.ljust(155, b"\0") + bytes(12)
    checksum = b"%06o\0 " % (sum(before) + sum(after) + 256)
    return before + checksum + after + data + bytes(-len(data) % 512)


def pax(*records: tuple[str, str], typeflag: bytes = b"x") -> bytes:
    """A PAX header with these records."""
    data = b""
    for key, value in records:
        rest = f" {key}={value}\n".encode()
        length = next(n for n in range(len(rest), len(rest) + 9) if len(str(n)) + len(rest) == n)
        data += str(length).encode() + rest
    return block(b"PaxHeader/x", data, typeflag=typeflag)


def with_checksum(header: bytes) -> bytes:
    """The same header block with a checksum that fits."""
    total = sum(header[:148]) + sum(header[156:512]) + 256
    return header[:148] + b"%07o\0" % total + header[156:]
