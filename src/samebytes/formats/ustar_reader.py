"""Tars read without trusting them: exactly what canon-v1 writes, or what any npm packer writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from samebytes.errors import FormatError
from samebytes.formats import stored_path, tar_header, ustar
from samebytes.formats.tar_header import TarHeader

MAX_ENTRIES = 100_000
_ROOT = "package/"
# A PAX header or GNU long name holds a path and little else; larger ones only cost memory.
_EXTENSION_LIMIT_BYTES = 64 * 1024
_EXTENSIONS = frozenset({b"x", b"g", b"L", b"K"})
_FILE_TYPES = frozenset({b"0", b"\0", b"7"})
_FORBIDDEN = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a FIFO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TarEntry:
    """One regular file in a tar; `path` is whole (`package/…`), `data` a view into the tar, `mtime` in seconds since 1970."""

    path: str
    mode: int
    mtime: int
    uid: int
    gid: int
    data: memoryview

    @property
    def size_bytes(self) -> int:
        """The size of the file."""
        return len(self.data)

    @property
    def executable(self) -> bool:
        """Whether its owner may run it."""
        return bool(self.mode & 0o100)


def read_canonical(tar: bytes, place: str) -> Iterator[TarEntry]:
    """The files of a tar that is written, to the last byte, as canon-v1 says; they come in its order.

    Raises FormatError while it is being read: SB-4020 damaged, SB-4021 unsafe, SB-4022 too many entries,
    SB-4023 any other deviation. Only when the iterator has come to its end has all of the tar been checked.
    """
    view = memoryview(tar)
    position = 0
    previous = ""
    for _ in range(MAX_ENTRIES + 1):
        block = tar[position : position + ustar.BLOCK_BYTES]
        if not any(block):
            _require_canonical_end(tar, position, place)
            return
        entry, next_position = _canonical_entry(view, position, place)
        if entry.path <= previous:
            raise FormatError("SB-4023", "there twice or not in the order of bytes", place=f"{place}: {entry.path}")
        yield entry
        previous, position = entry.path, next_position
    raise FormatError("SB-4022", f"has more than {MAX_ENTRIES} entries", place=place)


def read_foreign(tar: bytes, place: str) -> Iterator[TarEntry]:
    """The files of a tar by any packer, in its order: PAX and GNU long names, folders, any modes and owners.

    Raises FormatError while it is being read: SB-4020 damaged, SB-4021 unsafe or there twice, SB-4022 too many entries.
    """
    view = memoryview(tar)
    position = 0
    overrides: dict[bytes, bytes] = {}
    seen: set[str] = set()
    for _ in range(MAX_ENTRIES + 1):
        block = tar[position : position + ustar.BLOCK_BYTES]
        if not any(block):
            _require_foreign_end(view, position, overrides, place)
            return
        header = tar_header.parse(_whole(block, place), place)
        if header.typeflag in _EXTENSIONS:
            data, position = _data(view, position, header.size_bytes, place)
            overrides |= _extension(header, data, place)
            continue
        path = _foreign_path(overrides.get(b"path", header.path), place)
        data, position = _data(view, position, _foreign_size(header, overrides, place), place)
        overrides = {}
        if _is_folder(header, path):
            continue
        _require_safe(header, path.rstrip("/"), place)
        if path in seen:
            raise FormatError("SB-4021", "is there twice", place=f"{place}: {path}")
        seen.add(path)
        yield _entry(header, path, data)
    raise FormatError("SB-4022", f"has more than {MAX_ENTRIES} entries", place=place)


def _canonical_entry(view: memoryview, position: int, place: str) -> tuple[TarEntry, int]:
    """The entry at this position, and where the next one starts."""
    start = position
    header = tar_header.parse(_whole(bytes(view[position : position + ustar.BLOCK_BYTES]), place), place)
    path = header.path
    if header.typeflag == b"x":
        data, position = _data(view, position, header.size_bytes, place)
        path = _pax_path(header, data, place)
        header = tar_header.parse(_whole(bytes(view[position : position + ustar.BLOCK_BYTES]), place), place)
    text = _decoded(path, place)
    _require_safe(header, text, place)
    written = ustar.header(text, header.size_bytes, executable=header.mode == ustar.MODE_EXECUTABLE)
    found = bytes(view[start : position + ustar.BLOCK_BYTES])
    if found != written:
        raise FormatError("SB-4023", _deviation(found, written), place=f"{place}: {text}")
    if not text.startswith(_ROOT):
        raise FormatError("SB-4023", f"is not below {_ROOT}", place=f"{place}: {text}")
    data, next_position = _data(view, position, header.size_bytes, place)
    if any(view[next_position - ustar.padding(len(data)) : next_position]):
        raise FormatError("SB-4023", "the padding after the file is not zero", place=f"{place}: {text}")
    return _entry(header, text, data), next_position


def _entry(header: TarHeader, path: str, data: memoryview) -> TarEntry:
    return TarEntry(path=path, mode=header.mode, mtime=header.mtime, uid=header.uid, gid=header.gid, data=data)


def _deviation(found: bytes, written: bytes) -> str:
    """Which header field is not as canon-v1 writes it: the first, the checksum only when nothing else differs."""
    if len(found) != len(written):
        return "the PAX header is not as canon-v1 writes it"
    offsets = (at % ustar.BLOCK_BYTES for at in range(len(found)) if found[at] != written[at])
    fields = [tar_header.field_at(offset) for offset in offsets]
    return f"the header field {next((field for field in fields if field != 'checksum'), 'checksum')} is not as canon-v1 writes it"


def _pax_path(header: TarHeader, data: memoryview, place: str) -> bytes:
    if len(data) > _EXTENSION_LIMIT_BYTES:
        raise FormatError("SB-4022", f"has a PAX header of {len(data)} bytes", place=place)
    return tar_header.pax_records(bytes(data), place).get(b"path", header.path)


def _extension(header: TarHeader, data: memoryview, place: str) -> dict[bytes, bytes]:
    """What a PAX header or a GNU long name says about the next entry."""
    if len(data) > _EXTENSION_LIMIT_BYTES:
        raise FormatError("SB-4022", f"has an extension header of {len(data)} bytes", place=place)
    if header.typeflag == b"x":
        return tar_header.pax_records(bytes(data), place)
    if header.typeflag == b"L":
        return {b"path": bytes(data).rstrip(b"\0")}
    # A global PAX header (git archive stores its commit in one) and the target of a link, which is refused anyway.
    return {}


def _foreign_size(header: TarHeader, overrides: dict[bytes, bytes], place: str) -> int:
    written = overrides.get(b"size")
    if written is None:
        return header.size_bytes
    if not written.isdigit() or len(written) > len(str(ustar.SIZE_LIMIT)):
        raise FormatError("SB-4020", "a PAX header has a size that is no number", place=place)
    return int(written)


def _foreign_path(path: bytes, place: str) -> str:
    text = _decoded(path, place)
    while text.startswith("./"):
        text = text[2:]
    return text


def _decoded(path: bytes, place: str) -> str:
    try:
        return path.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError("SB-4021", f"the path {path!r} is not UTF-8", place=place) from error


def _is_folder(header: TarHeader, path: str) -> bool:
    return header.typeflag == b"5" or (header.typeflag in _FILE_TYPES and (path.endswith("/") or not path))


def _require_safe(header: TarHeader, path: str, place: str) -> None:
    if header.typeflag not in _FILE_TYPES:
        kind = _FORBIDDEN.get(header.typeflag, f"an entry of type {header.typeflag!r}")
        raise FormatError("SB-4021", f"is {kind}", place=f"{place}: {path}")
    problem = stored_path.problem_with(path)
    if problem:
        raise FormatError("SB-4021", f"the path {path!r} {problem}", place=place)


def _data(view: memoryview, position: int, size_bytes: int, place: str) -> tuple[memoryview, int]:
    """The bytes after the header block at this position, and where the next header block starts."""
    start = position + ustar.BLOCK_BYTES
    end = start + size_bytes
    next_position = end + ustar.padding(size_bytes)
    if next_position > len(view):
        raise FormatError("SB-4020", "the tar is cut off within an entry", place=place)
    return view[start:end], next_position


def _whole(block: bytes, place: str) -> bytes:
    if len(block) != ustar.BLOCK_BYTES:
        raise FormatError("SB-4020", "the tar is cut off within a header", place=place)
    return block


def _require_canonical_end(tar: bytes, position: int, place: str) -> None:
    if tar[position:] != ustar.END:
        raise FormatError("SB-4020", "the tar does not end with two zero blocks and nothing after them", place=place)


def _require_foreign_end(view: memoryview, position: int, overrides: dict[bytes, bytes], place: str) -> None:
    if overrides:
        raise FormatError("SB-4020", "the tar ends after an extension header", place=place)
    # Bytes compare at the speed of memcmp; any() over millions of padding bytes does not.
    if view[position:] != bytes(len(view) - position):
        raise FormatError("SB-4020", "the tar is followed by more data", place=place)
