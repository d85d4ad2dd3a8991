"""Send a stored tarball, whole or a range of it, without an ETag and without any condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from starlette.responses import Response, StreamingResponse

from samebytes.testing.forge.npm_store import Version
from samebytes.testing.forge.state import Forge

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def serve(forge: Forge, version: Version, range_header: str | None) -> Response:
    """The tarball of a version."""
    size = version.blob.size
    begin, end, status = 0, size, 200
    asked = _RANGE.fullmatch(range_header or "")
    if asked and int(asked[1]) < size:
        begin, status = int(asked[1]), 206
        end = min(size, int(asked[2]) + 1) if asked[2] else size
    name = version.file_name
    headers = {
        "Accept-Ranges": "bytes",
        "Access-Control-Expose-Headers": "Content-Disposition",
        "Cache-Control": (
            "private, max-age=300" if forge.product.is_forgejo else "max-age=0, private, must-revalidate, no-transform"
        ),
        "Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}",
        "Content-Length": str(end - begin),
        "Last-Modified": format_datetime(datetime.fromisoformat(version.created), usegmt=True),
        "X-Content-Type-Options": "nosniff",
    }
    if status == 206:  # noqa: PLR2004  partial content
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    chunks = _chunks(forge.storage.blob_path(version.blob), begin, end)
    return StreamingResponse(chunks, status, headers, "application/octet-stream")


def _chunks(path: Path, begin: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while begin < end and (chunk := file.read(min(_CHUNK, end - begin))):
            begin += len(chunk)
            yield chunk
