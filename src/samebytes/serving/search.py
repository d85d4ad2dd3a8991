"""The packages of a site whose `latest` matches some words, as `npm search` asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

from samebytes.errors import FormatError
from samebytes.formats.directory_site import NPM
from samebytes.formats.stored_packument import StoredPackument
from samebytes.model.json_value import JsonNumber, JsonObject
from samebytes.model.names import PackageName
from samebytes.serving.packuments import Packuments
from samebytes.system.files import FileStore

_MAX_SHOWN = 250  # what npm's own search allows in `size`
_SHOWN = ("name", "version", "description", "keywords")


def search(files: FileStore, packuments: Packuments, query: str) -> JsonObject:
    """The answer of `/-/v1/search`: packages whose name or description holds every word of `text`, by name."""
    words = " ".join(parse_qs(query).get("text", [])).lower().split()
    candidates = (_summary(packument) for name in package_names(files) if (packument := packuments.get(name)))
    found = [summary for summary in candidates if summary and _matches(summary, words)]
    objects = [{"package": summary} for summary in found[:_MAX_SHOWN]]
    return {"objects": objects, "total": JsonNumber(str(len(found)))}


def package_names(files: FileStore) -> Iterator[PackageName]:
    """Every package name that has a folder in the registry; other names there are none of ours."""
    for folder in files.list(NPM):
        inner = files.list(f"{NPM}/{folder}") if folder.startswith("@") else ()
        for name in (f"{folder}/{base}" for base in inner) if inner else (folder,):
            try:
                yield PackageName(name)
            except FormatError:
                continue


def _summary(packument: StoredPackument) -> JsonObject | None:
    latest = packument.dist_tags.get("latest", "")
    manifest = packument.versions.get(latest)
    if manifest is None:
        return None
    fields = {key: manifest[key] for key in _SHOWN if key in manifest}
    # npm 11 fails on a result without maintainers.
    return {"keywords": [], **fields, "date": packument.time.get(latest, ""), "maintainers": []}


def _matches(summary: JsonObject, words: list[str]) -> bool:
    text = f"{summary['name']} {summary.get('description', '')}".lower()
    return all(word in text for word in words)
