"""The tar of canon-v1: ustar headers that depend on path, size and executability alone.

POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; docs/formats/canon-v1.md has every byte.
"""

from __future__ import annotations

from samebytes.errors import FormatError

BLOCK_BYTES = 512
END = bytes(2 * BLOCK_BYTES)
MODE_EXECUTABLE = 0o755
MODE_PLAIN = 0o644
# npm's fixed date, 1985-10-26T08:15:00Z, which every npm-like packer writes.
MTIME = 499162500
# Eleven octal digits hold sizes below this.
SIZE_LIMIT = 8 * 1024**3
_NAME_BYTES = 100
_PREFIX_BYTES = 155
_PAX_NAME_BYTES = 80
# All but the printable characters of ASCII.
_NOT_ASCII_SAFE = bytes(range(0x20)) + bytes(range(0x7F, 0x100))
_ZERO_ID = b"0000000\0"
_MAGIC_AND_OWNERS = b"ustar\x0000" + bytes(64) + _ZERO_ID * 2


def padding(size_bytes: int) -> int:
    """How many zero bytes follow a file of this size to fill its last block."""
    return -size_bytes % BLOCK_BYTES


def header(path: str, size_bytes: int, *, executable: bool) -> bytes:
    """Everything that stands before a file's bytes: its header block, after a PAX header where the path needs one.

    `path` is the whole stored path, `package/` included. Raises FormatError (SB-4034) for a file of 8 GiB or more.
    """
    if size_bytes >= SIZE_LIMIT:
        raise FormatError("SB-4034", f"{size_bytes} bytes do not fit a tar entry, the limit is 8 GiB", place=path)
    mode = _octal(MODE_EXECUTABLE if executable else MODE_PLAIN)
    encoded = path.encode("utf-8")
    prefix, name = _split(encoded)
    if name:
        return _block(name, prefix, mode, size_bytes, b"0")
    record = _pax_record(encoded)
    pax_name = b"PaxHeader/" + encoded.translate(None, _NOT_ASCII_SAFE)[:_PAX_NAME_BYTES]
    # Cut within a character, the rest of it is dropped.
    short = encoded[:_NAME_BYTES].decode("utf-8", "ignore").encode("utf-8")
    return (
        _block(pax_name, b"", _octal(MODE_PLAIN), len(record), b"x")
        + record
        + bytes(padding(len(record)))
        + _block(short, b"", mode, size_bytes, b"0")
    )


def _split(path: bytes) -> tuple[bytes, bytes]:
    """Prefix and name of a path, split at the last `/` that leaves at most 155 bytes before it; no name: it does not fit."""
    if len(path) <= _NAME_BYTES:
        return b"", path
    slash = path.rfind(b"/", 0, _PREFIX_BYTES + 1)
    name = path[slash + 1 :]
    if slash <= 0 or len(name) > _NAME_BYTES:
        return b"", b""
    return path[:slash], name


def _pax_record(path: bytes) -> bytes:
    """`<length> path=<path>` and LF, where the length counts itself."""
    rest = b" path=" + path + b"\n"
    length = len(rest)
    while len(rest) + len(str(length)) != length:
        length = len(rest) + len(str(length))
    return str(length).encode("ascii") + rest


def _octal(number: int) -> bytes:
    return b"%07o\0" % number


def _block(name: bytes, prefix: bytes, mode: bytes, size_bytes: int, typeflag: bytes) -> bytes:
    before = b"%b%b%b%b%011o\0%011o\0" % (name.ljust(_NAME_BYTES, b"\0"), mode, _ZERO_ID, _ZERO_ID, size_bytes, MTIME)
    after = b"%b%b%b%b%b" % (typeflag, bytes(100), _MAGIC_AND_OWNERS, prefix.ljust(_PREFIX_BYTES, b"\0"), bytes(12))
    # The sum counts its own field as eight spaces.
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    return b"%b%b%b" % (before, _octal(checksum), after)
