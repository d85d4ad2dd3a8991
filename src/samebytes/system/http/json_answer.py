"""JSON in an answer, with every bound that a hostile server may try."""

from __future__ import annotations

from samebytes.errors import FormatError, SiteError
from samebytes.formats.json_reader import MAX_DEPTH, parse_json
from samebytes.model.json_value import JsonValue
from samebytes.system.http.base import DEFAULT_LIMIT_BYTES, Response
from samebytes.system.http.urls import shown_url

# A value takes about 100 bytes in memory, however short it is as text. Packuments of 5,000 versions have half as many.
_MAX_VALUES = 1_000_000


def read_json(response: Response, *, limit_bytes: int = DEFAULT_LIMIT_BYTES, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The JSON value that is the body of a response.

    Raises SiteError: SB-5003 for a body larger than the limit or with more values than any sensible answer, SB-5130 for
    what is no strict JSON in UTF-8, is compressed or is nested deeper than `max_depth`.
    """
    where, body = shown_url(response.url), response.body
    if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise SiteError("SB-5130", f"{where} sent a compressed answer, which nobody asked for")
    if len(body) > limit_bytes:
        raise SiteError("SB-5003", f"the answer of {where} is larger than {limit_bytes} bytes")
    if body.count(b",") + body.count(b"[") + body.count(b"{") > _MAX_VALUES:
        raise SiteError("SB-5003", f"the answer of {where} has more than {_MAX_VALUES} values")
    try:
        return parse_json(body, where, limit_bytes=limit_bytes, max_depth=max_depth)
    except FormatError as error:
        raise SiteError("SB-5130", f"the answer of {where} cannot be read: {error.problem}") from error
