"""The packument a directory site keeps for each package: npm's own document, read strictly, changed as pure values.

A packument that is not exactly what a directory site writes is an error, never "no such version".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from samebytes.errors import FormatError
from samebytes.formats import package_json
from samebytes.formats.json_reader import parse_json
from samebytes.model.digests import Digest, from_integrity
from samebytes.model.json_value import JsonNumber, JsonObject, JsonValue
from samebytes.model.names import PackageId, PackageName
from samebytes.model.tarball import Tarball

LIMIT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPackument:
    """A package's version manifests, dist-tags and times (ISO 8601, UTC), each in the order in which they came."""

    name: PackageName
    versions: Mapping[str, JsonObject]
    dist_tags: Mapping[str, str]
    time: Mapping[str, str]

    def integrity(self, version: str) -> Digest:
        """The sha512 of a version's tarball; the version must be there."""
        dist = self.versions[version]["dist"]
        assert isinstance(dist, Mapping)  # noqa: S101  the reader refuses anything else, `with_version` writes it
        return from_integrity(str(dist["integrity"]))

    def with_version(self, version: str, manifest: JsonObject, dist_tag: str, now: str) -> StoredPackument:
        """This packument and one more version, which the dist-tag points at."""
        return replace(
            self,
            versions=MappingProxyType({**self.versions, version: manifest}),
            dist_tags=MappingProxyType({**self.dist_tags, dist_tag: version}),
            time=MappingProxyType({"created": now, **self.time, "modified": now, version: now}),
        )

    def with_tag(self, dist_tag: str, version: str, now: str) -> StoredPackument:
        """This packument with a dist-tag at a version."""
        dist_tags = MappingProxyType({**self.dist_tags, dist_tag: version})
        return replace(self, dist_tags=dist_tags, time=MappingProxyType({**self.time, "modified": now}))

    def without_tag(self, dist_tag: str, now: str) -> StoredPackument:
        """This packument without a dist-tag."""
        dist_tags = {tag: version for tag, version in self.dist_tags.items() if tag != dist_tag}
        time = MappingProxyType({**self.time, "modified": now})
        return replace(self, dist_tags=MappingProxyType(dist_tags), time=time)

    def without_version(self, version: str, now: str) -> StoredPackument:
        """This packument without a version and the dist-tags that point at it."""
        time = {key: value for key, value in self.time.items() if key != version} | {"modified": now}
        return StoredPackument(
            name=self.name,
            versions=MappingProxyType({key: value for key, value in self.versions.items() if key != version}),
            dist_tags=MappingProxyType({tag: at for tag, at in self.dist_tags.items() if at != version}),
            time=MappingProxyType(time),
        )


def empty(name: PackageName) -> StoredPackument:
    """The packument of a package that has no versions."""
    nothing: Mapping[str, str] = MappingProxyType({})
    return StoredPackument(name=name, versions=MappingProxyType({}), dist_tags=nothing, time=nothing)


def version_manifest(id: PackageId, given: JsonObject, tarball: Tarball, tarball_url: str) -> JsonObject:  # noqa: A002
    """The version manifest to store: the given one with `_id` and `dist` as npm's publish makes them.

    Raises FormatError (SB-5004) when the given manifest is of another package or version.
    """
    if given.get("name") != str(id.name) or given.get("version") != str(id.version):
        raise FormatError("SB-5004", "the version manifest is of another package or version", place=str(id))
    dist: JsonObject = {
        "integrity": tarball.sha512.integrity,
        "shasum": tarball.sha1.hex,
        "tarball": tarball_url,
        "fileCount": JsonNumber(str(len(tarball.files))),
        "unpackedSize": JsonNumber(str(sum(file.size_bytes for file in tarball.files))),
    }
    return {**given, "_id": str(id), "dist": dist}


def write(packument: StoredPackument) -> bytes:
    """The document, indented, keys in order."""
    return package_json.write(
        {
            "_id": str(packument.name),
            "name": str(packument.name),
            "dist-tags": packument.dist_tags,
            "versions": packument.versions,
            "time": packument.time,
        }
    )


def read(data: bytes, name: PackageName, place: str) -> StoredPackument:
    """The packument in these bytes.

    Raises FormatError: SB-4010 to SB-4013 as `parse_json`, SB-5004 with the key that is wrong.
    """
    document = parse_json(data, place, limit_bytes=LIMIT_BYTES)
    if not isinstance(document, Mapping) or document.get("name") != str(name):
        raise FormatError("SB-5004", f"this is not the packument of {name}", place=place)
    versions = document.get("versions")
    if not isinstance(versions, Mapping):
        raise FormatError("SB-5004", "it must be an object", place=f"{place}: versions")
    return StoredPackument(
        name=name,
        versions=MappingProxyType(
            {version: _version(name, version, value, place) for version, value in versions.items()}
        ),
        dist_tags=_texts(document, "dist-tags", place),
        time=_texts(document, "time", place),
    )


def _version(name: PackageName, version: str, manifest: JsonValue, place: str) -> JsonObject:
    where = f"{place}: versions.{version}"
    if not isinstance(manifest, Mapping) or manifest.get("name") != str(name) or manifest.get("version") != version:
        raise FormatError("SB-5004", f"this is not the manifest of {name}@{version}", place=where)
    match manifest.get("dist"):
        case {"integrity": str(integrity), "shasum": str(), "tarball": str()}:
            pass
        case _:
            raise FormatError("SB-5004", "it needs integrity, shasum and tarball", place=f"{where}.dist")
    try:
        digest = from_integrity(integrity)
    except FormatError as error:
        raise error.within(f"{where}.dist.integrity") from error
    if digest.algorithm != "sha512":
        raise FormatError("SB-5004", "it must be a sha512", place=f"{where}.dist.integrity")
    return manifest


def _texts(document: JsonObject, key: str, place: str) -> Mapping[str, str]:
    found = document.get(key)
    if not isinstance(found, Mapping):
        raise FormatError("SB-5004", "it must be an object", place=f"{place}: {key}")
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    if len(texts) != len(found):
        raise FormatError("SB-5004", "its values must be strings", place=f"{place}: {key}")
    return MappingProxyType(texts)
