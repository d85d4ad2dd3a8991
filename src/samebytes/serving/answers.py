"""What goes back to a client: documents, parts of files, and the short answers of conditional requests."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from samebytes.model.json_value import JsonObject
from samebytes.serving.packuments import Body, json_body
from samebytes.system.chunks import CHUNK_BYTES

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parts of a request that shape its answer; `origin` is scheme, host and port as the client wrote them."""

    headers: Headers
    is_head: bool
    origin: str
    query: str


_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_ETAG = re.compile(r'(?:W/)?("[^"]*")')


def document(asked: Asked, body: Body, *, media_type: str = JSON, vary: str = "Accept") -> Response:
    """A document, or 304 where the client has it."""
    fields = {"etag": body.etag, "vary": vary, "cache-control": "no-cache"}
    if _has(asked.headers, body.etag):
        return Response(status_code=304, headers=fields)
    return Response(body.data, media_type=media_type, headers=fields)


def json_answer(value: JsonObject, status: int = 200, extra: Mapping[str, str] | None = None) -> Response:
    """A short JSON answer."""
    return Response(json_body(value).data, status_code=status, media_type=JSON, headers=dict(extra or {}))


def file(asked: Asked, opened: BinaryIO, etag: str, *, media_type: str, cache_control: str) -> Response:
    """A file, or the part of it that the client asks for, or 304; closes the file in the end."""
    size_bytes = os.fstat(opened.fileno()).st_size
    fields = {"etag": etag, "accept-ranges": "bytes", "cache-control": cache_control}
    if _has(asked.headers, etag):
        opened.close()
        return Response(status_code=304, headers=fields)
    wanted = _wanted(asked.headers, size_bytes, etag)
    if wanted is None:
        opened.close()
        return Response(status_code=416, headers={**fields, "content-range": f"bytes */{size_bytes}"})
    start, end = wanted
    status = 200
    if (start, end) != (0, size_bytes):
        status, fields["content-range"] = 206, f"bytes {start}-{end - 1}/{size_bytes}"
    fields["content-length"] = str(end - start)
    if asked.is_head:
        opened.close()
        return Response(status_code=status, media_type=media_type, headers=fields)
    if end - start <= CHUNK_BYTES:
        with opened:
            opened.seek(start)
            return Response(opened.read(end - start), status_code=status, media_type=media_type, headers=fields)
    return StreamingResponse(_part(opened, start, end), status_code=status, media_type=media_type, headers=fields)


async def _part(opened: BinaryIO, start: int, end: int) -> AsyncIterator[bytes]:
    with opened:
        opened.seek(start)
        while start < end:
            chunk = await run_in_threadpool(opened.read, min(CHUNK_BYTES, end - start))
            if not chunk:
                break  # shorter than it was: the client sees that content-length is missed
            start += len(chunk)
            yield chunk


def _has(headers: Headers, etag: str) -> bool:
    """Whether If-None-Match names this ETag (RFC 9110, section 13.1.2: compared weakly)."""
    given = headers.get("if-none-match", "")
    return given.strip() == "*" or etag in _ETAG.findall(given)


def _wanted(headers: Headers, size_bytes: int, etag: str) -> tuple[int, int] | None:
    """Start and end (exclusive) of the wanted part; None where the range cannot be satisfied (RFC 9110, section 14).

    Several ranges, other units, and a range of another ETag's file are answered with the whole file, as allowed.
    """
    match = _RANGE.fullmatch(headers.get("range", ""))
    if match is None or match.groups() == ("", "") or headers.get("if-range", etag) != etag:
        return 0, size_bytes
    first, last = match.groups()
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < int(first):
            return 0, size_bytes
    return (start, end) if start < end else None
