"""Read a JSON document from a file without holding its long strings: a publish body is nearly all one base64 text."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

# A string of at least this many bytes stays in the file; shorter ones are values as usual.
_LONG = 64 * 1024
_CHUNK = 1024 * 1024
_QUOTE = re.compile(rb'"')
_QUOTE_OR_ESCAPE = re.compile(rb'["\\]')


@dataclass(frozen=True, slots=True, kw_only=True)
class LongText:
    """A long string's place in the file: `size` bytes from `start`, quotes left out, without any escape."""

    start: int
    size: int


class LargeJson:
    """A JSON document in a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        # Nobody can write a string that is taken for one of these.
        self._mark = secrets.token_hex(16)
        self._long: list[LongText] = []
        self._size = file.seek(0, os.SEEK_END)
        # The piece of the file that was read last, and where it begins.
        self._window = (b"", 0)

    def read(self) -> Any:
        """The document, with LongText in place of long strings; ValueError where it is no JSON."""
        return self._with_long(json.loads(b"".join(self._short_pieces())))

    def decode_base64(self, text: str | LongText) -> Iterator[bytes]:
        """The bytes of a string of padded base64, piece by piece; ValueError where it is none."""
        if isinstance(text, str):
            yield _decoded(text.encode())
            return
        self._file.seek(text.start)
        left = text.size
        while left:
            # Pieces are a multiple of four bytes; padding inside of one is an error, as it must be.
            chunk = self._file.read(min(left, _CHUNK))
            left -= len(chunk)
            if left and chunk.endswith(b"="):
                raise ValueError("padding in the middle of base64")
            yield _decoded(chunk)

    def text(self, value: str | LongText) -> str:
        """A string as a value."""
        if isinstance(value, str):
            return value
        self._file.seek(value.start)
        return self._file.read(value.size).decode()

    def _short_pieces(self) -> Iterator[bytes]:
        """The document with a placeholder for each long string; one with an escape is kept as it is."""
        at = 0
        while (quote := self._search(_QUOTE, at)) >= 0:
            end, is_plain = self._end_of_string(quote + 1)
            size = end - quote - 1
            if is_plain and size >= _LONG:
                yield self._range(at, quote)
                yield json.dumps(f"{self._mark}{len(self._long)}").encode()
                self._long.append(LongText(start=quote + 1, size=size))
            else:
                yield self._range(at, end + 1)
            at = end + 1
        yield self._range(at, self._size)

    def _end_of_string(self, start: int) -> tuple[int, bool]:
        """Where the closing quote is, and whether there is no escape before it; the file's end where it is missing."""
        at, is_plain = start, True
        while (found := self._search(_QUOTE_OR_ESCAPE, at)) >= 0:
            if self._range(found, found + 1) == b'"':
                return found, is_plain
            at, is_plain = found + 2, False
        return self._size, False

    def _search(self, pattern: re.Pattern[bytes], start: int) -> int:
        """The first match of one byte at or after a position, or -1."""
        while start < self._size:
            window, offset = self._window_at(start)
            found = pattern.search(window, start - offset)
            if found:
                return offset + found.start()
            start = offset + len(window)
        return -1

    def _range(self, start: int, end: int) -> bytes:
        """The bytes between two positions."""
        pieces = []
        while start < min(end, self._size):
            window, offset = self._window_at(start)
            piece = window[start - offset : end - offset]
            pieces.append(piece)
            start += len(piece)
        return b"".join(pieces)

    def _window_at(self, position: int) -> tuple[bytes, int]:
        window, offset = self._window
        if not offset <= position < offset + len(window):
            self._file.seek(position)
            self._window = window, offset = self._file.read(_CHUNK), position
        return window, offset

    def _with_long(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(self._mark):
            return self._long[int(value.removeprefix(self._mark))]
        if isinstance(value, dict):
            return {key: self._with_long(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._with_long(entry) for entry in value]
        return value


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
