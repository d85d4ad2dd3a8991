"""A publish body, read with the strictness and the gaps of the servers: its path, and all inside the tarball, is unseen."""

from __future__ import annotations

import base64
import binascii
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from samebytes.testing.forge import go_version
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.large_json import LargeJson, LongText
from samebytes.testing.forge.product import Product
from samebytes.testing.forge.storage import Blob, Storage

_NAME = re.compile(r"(@[a-z0-9-][a-z0-9-._]*/)?[a-z0-9-][a-z0-9-._]*")
_LONGEST_NAME = 214
# Go walks a map of up to eight entries from a slot of chance, round in a circle.
_SLOTS = 8


class BadPayloadError(Exception):
    """A body that is refused; `status` is 400 for what the server checks, 500 for what its decoder cannot read."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a server takes from a publish body; `fields` are those of the version manifest that it keeps."""

    name: str
    version: str
    file_name: str
    tags: tuple[str, ...]
    fields: Mapping[str, Any]
    repository: Mapping[str, str]
    blob: Blob


def read(call: Call, product: Product, storage: Storage, chance: random.Random) -> Upload:
    """Read a publish body and store its tarball; raises BadPayloadError."""
    document = LargeJson(call.body)
    try:
        body = document.read()
    except (ValueError, RecursionError) as error:
        raise _unreadable(product) from error
    if not _fits(body, _root(product)):
        raise _unreadable(product)
    body = body or {}
    versions = [entry for entry in (body.get("versions") or {}).values() if entry is not None]
    if not versions:
        raise BadPayloadError(400, "package is invalid")
    manifest = _walk(versions, chance)[0]
    name = manifest.get("name") or ""
    if name != name.strip() or len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise BadPayloadError(400, "package name is invalid")
    version = go_version.parse(manifest.get("version") or "")
    if version is None:
        raise BadPayloadError(400, "package version is invalid")
    attachments = [entry for entry in (body.get("_attachments") or {}).values() if entry]
    data = _walk(attachments, chance)[0].get("data") if attachments else None
    return Upload(
        name=name,
        version=str(version),
        file_name=f"{name.rpartition('/')[2]}-{version}.tgz".lower(),
        tags=tuple(_walk(list(body.get("dist-tags") or {}), chance)),
        fields=_kept(manifest, document, product),
        repository={key: (manifest.get("repository") or {}).get(key) or "" for key in ("type", "url")},
        blob=_store(document, data, (manifest.get("dist") or {}).get("integrity") or "", storage),
    )


def _walk(entries: Sequence[Any], chance: random.Random) -> list[Any]:
    """Entries in the order in which Go walks a map of them."""
    if len(entries) < 2:  # noqa: PLR2004  nothing to choose
        return list(entries)
    slot = chance.randrange(_SLOTS)
    first = slot if slot < len(entries) else 0
    return [*entries[first:], *entries[:first]]


def _store(document: LargeJson, data: str | LongText | None, integrity: str, storage: Storage) -> Blob:
    if not data:
        raise BadPayloadError(400, "package attachment is invalid")
    writer = storage.writer()
    try:
        for chunk in document.decode_base64(data):
            writer.write(chunk)
    except ValueError as error:
        writer.abandon()
        raise BadPayloadError(400, "package attachment is invalid") from error
    blob = writer.commit()
    algorithm, _, wanted = integrity.partition("-")
    try:
        expected = base64.b64decode(wanted, validate=True)
    except binascii.Error as error:
        raise BadPayloadError(400, "failed to validate integrity") from error
    found = {"sha1": blob.sha1, "sha512": blob.sha512}.get(algorithm, "")
    if not found or bytes.fromhex(found) != expected:
        raise BadPayloadError(400, "failed to validate integrity")
    return blob


def _kept(manifest: Mapping[str, Any], document: LargeJson, product: Product) -> dict[str, Any]:
    """The fields that come back in a packument; empty ones are left out, except those that Go always writes."""
    author = manifest.get("author")
    license_ = manifest.get("license")
    homepage = manifest.get("homepage") or ""
    names = [
        "dependencies",
        "devDependencies",
        "peerDependencies",
        "optionalDependencies",
        "bin",
        "bundleDependencies",
        *(["peerDependenciesMeta"] if product.keeps_peer_meta else []),
    ]
    kept = {
        "author": {"name": (author.get("name") if isinstance(author, Mapping) else author) or ""},
        "description": document.text(manifest.get("description") or ""),
    }
    optional = {
        "homepage": homepage if _is_url(homepage) else "",
        "license": (license_.get("type") if isinstance(license_, Mapping) else license_) or "",
        "readme": document.text(manifest.get("readme") or ""),
        **{name: manifest.get(name) for name in names},
    }
    return kept | {key: value for key, value in optional.items() if value}


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


# The types that Go's decoder wants, null always being one of them; anything else is an internal server error.

Fits = Callable[[Any], bool]


def _fits(value: Any, fits: Fits) -> bool:
    return value is None or fits(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | LongText)


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_author(value: Any) -> bool:
    # Its own reader looks at the first character only, and skips what is neither text nor object.
    return not isinstance(value, Mapping) or all(_fits(entry, _is_short_text) for entry in value.values())


def _is_anything(_value: Any) -> bool:
    return True


def _list_of(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(_fits(entry, fits) for entry in value)


def _map_of(fits: Fits) -> Fits:
    return lambda value: isinstance(value, dict) and all(_fits(entry, fits) for entry in value.values())


def _object_of(fields: Mapping[str, Fits]) -> Fits:
    return lambda value: (
        isinstance(value, dict) and all(_fits(value[key], fits) for key, fits in fields.items() if key in value)
    )


_TEXTS = _map_of(_is_short_text)
_SHARED: Mapping[str, Fits] = {
    "_id": _is_short_text,
    "name": _is_short_text,
    "description": _is_text,
    "readme": _is_text,
    "homepage": _is_short_text,
    "repository": _object_of({"type": _is_short_text, "url": _is_short_text}),
    "keywords": _list_of(_is_short_text),
    "author": _is_author,
    "maintainers": _list_of(_is_author),
}
_DIST = _object_of(dict.fromkeys(("integrity", "shasum", "tarball"), _is_short_text))


def _root(product: Product) -> Fits:
    license_ = _is_author if product.takes_license_object else _is_short_text
    version = {
        **_SHARED,
        "version": _is_short_text,
        "license": license_,
        "dist": _DIST,
        "bundleDependencies": _list_of(_is_short_text),
        "peerDependenciesMeta": _map_of(_is_anything) if product.keeps_peer_meta else _is_anything,
        **dict.fromkeys(("dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "bin"), _TEXTS),
    }
    attachment = {"content_type": _is_short_text, "data": _is_text, "length": lambda value: isinstance(value, int)}
    return _object_of(
        {
            **_SHARED,
            "license": license_,
            "dist-tags": _TEXTS,
            "readmeFilename": _is_short_text,
            "versions": _map_of(_object_of(version)),
            "_attachments": _map_of(_object_of(attachment)),
        }
    )


def _unreadable(product: Product) -> BadPayloadError:
    # Forgejo tells nobody but an administrator what went wrong inside.
    return BadPayloadError(500, "" if product.is_forgejo else "internal server error")
