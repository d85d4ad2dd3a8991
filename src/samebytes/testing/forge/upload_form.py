"""Finds one file in a multipart form that lies on disk, without holding it in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import BinaryIO

_CHUNK = 64 * 1024
_LARGEST_HEADER = 64 * 1024


class FormError(Exception):
    """The form is not one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile:
    """Where a file lies in the body, in bytes, and the name it was sent with."""

    start: int
    size: int
    filename: str


def find_file(body: BinaryIO, size: int, content_type: str, field: str) -> FormFile | None:
    """The file of a field; None where the form has none, FormError where it is broken."""
    boundary = _parameter("content-type", content_type, "boundary")
    if not boundary:
        raise FormError("no multipart boundary param in Content-Type")
    # A part ends before the line break that stands before the next boundary.
    mark = b"\r\n--" + boundary.encode()
    at = _find(body, 0, size, mark[2:])
    while at is not None:
        start = at + len(mark) - 2 if at == 0 else at + len(mark)
        body.seek(start)
        head = body.read(_LARGEST_HEADER)
        if head.startswith(b"--"):
            return None
        blank = head.find(b"\r\n\r\n")
        if blank < 0:
            raise FormError("multipart: NextPart: EOF")
        begin = start + blank + 4
        # An empty part may share its line break with the blank line.
        end = _find(body, begin - 2, size, mark)
        if end is None:
            raise FormError("multipart: NextPart: EOF")
        disposition = _header(head[:blank].decode("utf-8", "replace"), "content-disposition")
        filename = _parameter("content-disposition", disposition, "filename")
        if filename and _parameter("content-disposition", disposition, "name") == field:
            return FormFile(start=begin, size=max(end - begin, 0), filename=filename)
        at = end
    return None


def _find(body: BinaryIO, start: int, size: int, mark: bytes) -> int | None:
    tail, position = b"", start
    body.seek(start)
    while position < size:
        chunk = body.read(_CHUNK)
        if not chunk:
            return None
        found = (tail + chunk).find(mark)
        if found >= 0:
            return position - len(tail) + found
        position += len(chunk)
        tail = (tail + chunk)[-(len(mark) - 1) :]
    return None


def _header(block: str, name: str) -> str:
    found = re.search(rf"(?im)^{re.escape(name)}:\s*(.*?)\s*$", block)
    return found[1] if found else ""


def _parameter(header: str, value: str, name: str) -> str:
    message = Message()
    message[header] = value.replace("\r", "").replace("\n", "")
    found = message.get_param(name, header=header)
    return found if isinstance(found, str) else ""
