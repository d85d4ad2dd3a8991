"""A packument as any server may send it: read strictly and within bounds, because it may be hostile.

One that is not what was asked for, or contradicts itself, is an error as a whole: nothing may be concluded from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from samebytes.errors import FormatError, SiteError
from samebytes.model.digests import Digest, from_integrity
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion
from samebytes.system.http.base import Response
from samebytes.system.http.json_answer import read_json

LIMIT_BYTES = 64 * 1024 * 1024
# A registry with thousands of versions has far fewer levels than this.
_MAX_DEPTH = 64
_TAGS_LIMIT_BYTES = 1024 * 1024


def read_document(answer: Response, name: PackageName) -> JsonObject:
    """The packument's JSON object, of this package.

    Raises SiteError: SB-5210 for that of another package, SB-5003 and SB-5130 as `read_json`.
    """
    document = read_json(answer, limit_bytes=LIMIT_BYTES, max_depth=_MAX_DEPTH)
    if not isinstance(document, Mapping) or document.get("name") != name.text:
        raise _lie(name, "it is not one, or that of another package")
    return document


def read_packument(answer: Response, name: PackageName, kept_fields: frozenset[str]) -> ObservedPackage:
    """All versions with their digests, and the dist-tags. Raises SiteError as `read_document`."""
    return observed(read_document(answer, name), name, kept_fields)


def observed(document: JsonObject, name: PackageName, kept_fields: frozenset[str]) -> ObservedPackage:
    """The same of a document that `read_document` gave. Raises SiteError (SB-5210)."""
    if "versions" not in document and _was_unpublished(document):
        return empty(name)
    versions = document.get("versions")
    if not isinstance(versions, Mapping):
        raise _lie(name, "`versions` is not an object")
    seen = {version: _version(name, version, manifest, kept_fields) for version, manifest in versions.items()}
    # Gitea and Forgejo leave the key out where no version has a tag (1.25.4, test_a_version_without_any_tag_is_repaired).
    tags = _texts(document.get("dist-tags", {}))
    if tags is None:
        raise _lie(name, "`dist-tags` is not an object of strings")
    return ObservedPackage(name=name, versions=MappingProxyType(seen), dist_tags=tags)


def empty(name: PackageName) -> ObservedPackage:
    """A package that the registry does not know."""
    return ObservedPackage(name=name, versions=MappingProxyType({}), dist_tags=MappingProxyType({}))


def read_dist_tags(answer: Response, name: PackageName) -> Mapping[str, str]:
    """The answer to a request for the dist-tags. Raises SiteError as `read_document`."""
    tags = _texts(read_json(answer, limit_bytes=_TAGS_LIMIT_BYTES))
    if tags is None:
        raise SiteError("SB-5210", f"the list of dist-tags of {name} is not an object of strings")
    return tags


def tarball_url(manifest: JsonObject) -> str:
    """Where a version manifest says that its tarball is; empty where it does not say."""
    dist = manifest.get("dist")
    found = dist.get("tarball") if isinstance(dist, Mapping) else None
    return found if isinstance(found, str) else ""


def _version(name: PackageName, version: str, manifest: JsonValue, kept_fields: frozenset[str]) -> ObservedVersion:
    if (
        not isinstance(manifest, Mapping)
        or manifest.get("name") != name.text
        or manifest.get("version") != version
        or not version
    ):
        raise _lie(name, f"what it has as version {_shown(version)} is the manifest of something else")
    dist = manifest.get("dist")
    if not isinstance(dist, Mapping):
        raise _lie(name, f"version {_shown(version)} has no `dist`")
    return ObservedVersion(integrity=_integrity(name, version, dist), manifest=manifest, kept_fields=kept_fields)


def _integrity(name: PackageName, version: str, dist: JsonObject) -> Digest | None:
    """The one hash; None for a version from before npm wrote any (2017), which has a `shasum` only."""
    integrity = dist.get("integrity")
    if integrity is None and isinstance(dist.get("shasum"), str):
        return None
    if not isinstance(integrity, str):
        raise _lie(name, f"version {_shown(version)} has no integrity")
    try:
        return from_integrity(integrity)
    except FormatError as error:
        raise _lie(name, f"the integrity of version {_shown(version)} is not one whole hash") from error


def _was_unpublished(document: JsonObject) -> bool:
    """What is left of a package that was removed as a whole: only times (npm's public registry)."""
    time = document.get("time")
    return isinstance(time, Mapping) and isinstance(time.get("unpublished"), Mapping)


def _texts(found: JsonValue) -> Mapping[str, str] | None:
    if not isinstance(found, Mapping):
        return None
    texts = {key: value for key, value in found.items() if isinstance(value, str)}
    return MappingProxyType(texts) if len(texts) == len(found) else None


def _lie(name: PackageName, why: str) -> SiteError:
    return SiteError(
        "SB-5210",
        f"the packument of {name} cannot be trusted: {why}",
        hint="look at what the registry, or something between, answers there",
    )


def _shown(text: str) -> str:
    return ascii(text[:64])
