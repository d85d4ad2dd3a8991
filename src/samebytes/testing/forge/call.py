"""One request as the handlers see it: its body lies on disk, so that its size costs no memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from starlette.datastructures import Headers, QueryParams

from samebytes.testing.forge.auth import Identity

# A body up to this size stays in memory, in bytes.
_IN_MEMORY = 256 * 1024


class NoContentTypeError(Exception):
    """A JSON body that does not say what it is: the API refuses it (seen at 1.25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request: `parameters` are the decoded parts of the path that the route names, `raw_path` the path as sent.

    `body` is a file of `body_size` bytes at its beginning; `begun` is the moment of `FlyingWrites` when it came in.
    """

    method: str
    raw_path: str
    parameters: Mapping[str, str]
    query: QueryParams
    headers: Headers
    identity: Identity
    body: BinaryIO
    body_size: int
    begun: int

    def read(self) -> bytes:
        """The whole body; for small ones."""
        self.body.seek(0)
        return self.body.read()

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; ValueError where it is none, NoContentTypeError where it does not say so."""
        if self.body_size and not self.headers.get("content-type"):
            raise NoContentTypeError
        found = self.json()
        if not isinstance(found, dict):
            raise ValueError("cannot unmarshal into an object")  # noqa: TRY004  one error for whatever is no object
        return found

    def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(self.read())


async def spool(chunks: AsyncIterable[bytes], folder: Path) -> tuple[BinaryIO, int]:
    """A body as a file, rewound, and its size in bytes; the caller closes it."""
    body = cast(
        BinaryIO,
        tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder)),  # noqa: SIM115  closed by the caller
    )
    size = 0
    try:
        async for chunk in chunks:
            body.write(chunk)
            size += len(chunk)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, size
