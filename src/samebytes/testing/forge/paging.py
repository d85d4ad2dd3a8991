"""Pages of a list: 30 entries unless asked otherwise, 50 at most, with the headers that lead on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from samebytes.testing.forge.call import Call
from samebytes.testing.forge.state import Forge

DEFAULT_SIZE, LARGEST_SIZE = 30, 50

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Entry]):
    """One page, and the headers that go with it."""

    entries: Sequence[Entry]
    headers: Mapping[str, str]


def page(forge: Forge, call: Call, found: Sequence[Entry]) -> Page[Entry]:
    """The page that `limit` and `page` of the query ask for; one after the last is empty."""
    size = min(_number(call.query.get("limit"), DEFAULT_SIZE) or DEFAULT_SIZE, LARGEST_SIZE)
    number = max(_number(call.query.get("page"), 1), 1)
    last = max(-(-len(found) // size), 1)
    # Behind the last page the links are those of the last one.
    here = min(number, last)
    links = []
    if here < last:
        links += [(here + 1, "next"), (last, "last")]
    if here > 1:
        links += [(1, "first"), (here - 1, "prev")]
    headers = {"X-Total-Count": str(len(found))}
    if links:
        headers["Link"] = ",".join(f'<{_address(forge, call, to)}>; rel="{name}"' for to, name in links)
    headers["Access-Control-Expose-Headers"] = "Link, X-Total-Count" if links else "X-Total-Count"
    return Page(entries=found[(number - 1) * size : number * size], headers=headers)


def count_header(total: int) -> dict[str, str]:
    """X-Total-Count alone, of lists that have no links."""
    return {"Access-Control-Expose-Headers": "X-Total-Count", "X-Total-Count": str(total)}


def _address(forge: Forge, call: Call, number: int) -> str:
    query = {**dict(call.query), "page": str(number)}
    return f"{forge.root_url}{call.raw_path}?{urlencode(sorted(query.items()))}"


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
