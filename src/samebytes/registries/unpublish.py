"""Packuments as npm's own client changes and sends them back: without one version, or with a message at one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samebytes.dialects.registries import RegistryDialect
from samebytes.errors import FormatError
from samebytes.formats import package_json
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.names import PackageId
from samebytes.model.versions import Version

# What npm's client leaves out of what it sends back (libnpmpublish 11, unpublish.js).
_NOT_SENT = frozenset({"_attachments", "_revisions"})
_LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to send to the packument's `revision`; no body where the whole package goes, since nothing is left of it."""

    revision: str
    body: bytes | None


def without_version(document: JsonObject, id: PackageId, dialect: RegistryDialect) -> Change | None:  # noqa: A002
    """The packument without a version and the dist-tags at it; None where there is no such version.

    Where a registry needs a `latest`, the highest version that is left gets it, as npm's client does.
    """
    versions, tags = _object(document, "versions"), _object(document, "dist-tags")
    version = id.version.text
    if version not in versions:
        return None
    revision = str(document.get("_rev") or "0")
    left = {text: manifest for text, manifest in versions.items() if text != version}
    if not left:
        return Change(revision=revision, body=None)
    tags_left = {tag: at for tag, at in tags.items() if at != version}
    if _LATEST in tags and _LATEST not in tags_left and not dialect.latest_can_go:
        tags_left[_LATEST] = max(left, key=_rank)
    kept = {key: value for key, value in document.items() if key not in _NOT_SENT}
    return Change(revision=revision, body=package_json.write({**kept, "versions": left, "dist-tags": tags_left}))


def deprecated(document: JsonObject, id: PackageId, message: str) -> bytes | None:  # noqa: A002
    """The packument with a message at a version; None where there is no such version."""
    versions = _object(document, "versions")
    manifest = versions.get(id.version.text)
    if not isinstance(manifest, Mapping):
        return None
    changed = {**versions, id.version.text: {**manifest, "deprecated": message}}
    kept = {key: value for key, value in document.items() if key not in _NOT_SENT}
    return package_json.write({**kept, "versions": changed})


def _object(document: JsonObject, key: str) -> Mapping[str, JsonValue]:
    found = document.get(key)
    return found if isinstance(found, Mapping) else {}


def _rank(version: str) -> tuple[bool, Version]:
    """Sorts as semver does, with what is no strict version before all others."""
    try:
        return True, Version(version)
    except FormatError:
        return False, Version("0.0.0")
