"""Lists that a server may hand out in pages, or may not: some ignore the page that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from samebytes.forges.gitea_api import GiteaApi
from samebytes.forges.gitea_json import Fields, as_object, as_objects, json_of
from samebytes.system.http.base import Response

# With pages of 50: more than a release looks at, and an end for a server that never ends.
_MAX_PAGES = 40


def read_list(
    api: GiteaApi,
    url: str,
    page_size: int,
    items_of: Callable[[Response], Sequence[Fields]],
    key: str,
    query: Mapping[str, str],
) -> tuple[Fields, ...] | Response:
    """All items, each `key` once, in the server's order; or the first answer that is no success.

    A page that is not full or brings nothing new is the last one.
    """
    found: dict[str, Fields] = {}
    for page in range(1, _MAX_PAGES + 1):
        parameters = {**query, "limit": str(page_size), "page": str(page)}
        response = api.get(f"{url}?{urlencode(parameters)}")
        if not response.is_success:
            return response
        items, known = items_of(response), len(found)
        for item in items:
            found.setdefault(str(item.value.get(key)), item)
        if len(items) != page_size or len(found) == known:
            break
    return tuple(found.values())


def wrapped(name: str, place: str) -> Callable[[Response], Sequence[Fields]]:
    """Reads the items of a list that is wrapped in an object under this name, or is not."""

    def items(response: Response) -> Sequence[Fields]:
        value = json_of(response, place)
        return as_objects(value, place) if isinstance(value, list) else as_object(value, place).objects(name)

    return items
