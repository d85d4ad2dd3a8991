"""Packuments as clients get them: with tarball URLs of the host they asked, whole or abbreviated, kept while unchanged."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from samebytes.core.install_manifest import has_install_script
from samebytes.formats import directory_site, package_json, stored_packument
from samebytes.formats.stored_packument import StoredPackument
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageName
from samebytes.system.site_folder import SiteFolder, as_site_error

_KEPT_BYTES = 64 * 1024 * 1024
# What the npm registry puts into an abbreviated version object (npm/registry, docs/responses/package-metadata.md),
# `libc` and `peerDependenciesMeta` as it serves them today.
_ABBREVIATED = (
    "name",
    "version",
    "deprecated",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "bin",
    "directories",
    "dist",
    "engines",
    "cpu",
    "os",
    "libc",
    "funding",
    "_hasShrinkwrap",
)
# Whole and abbreviated for some names of one server; a client may send any Host.
_KEPT_BODIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A document ready to be sent."""

    data: bytes
    etag: str


@dataclass(slots=True)
class _Kept:
    """A packument as last read: which file it was, and the bodies made of it so far."""

    identity: tuple[int, int, int]
    size_bytes: int
    packument: StoredPackument
    bodies: dict[tuple[str, bool], Body] = field(default_factory=dict)


class Packuments:
    """The packuments of one site; what was read stays in memory as long as its file is the same."""

    def __init__(self, folder: SiteFolder) -> None:
        self._folder = folder
        self._kept: OrderedDict[PackageName, _Kept] = OrderedDict()
        self._kept_bytes = 0

    def get(self, name: PackageName) -> StoredPackument | None:
        """The stored packument, None where the site has no version of the package. Raises SiteError (SB-5001)."""
        kept = self._current(name)
        return kept.packument if kept is not None and kept.packument.versions else None

    def body(self, name: PackageName, registry_url: str, *, abbreviated: bool) -> Body | None:
        """What a client gets; `registry_url` is where it found the registry, without a slash at the end."""
        kept = self._current(name)
        if kept is None or not kept.packument.versions:
            return None
        key = (registry_url, abbreviated)
        body = kept.bodies.pop(key, None)
        if body is not None:
            kept.bodies[key] = body  # the newest again
            return body
        document = abbreviate(kept.packument, registry_url) if abbreviated else whole(kept.packument, registry_url)
        body = json_body(document)
        if name in self._kept:
            self._keep(name, key, body)
        return body

    def _keep(self, name: PackageName, key: tuple[str, bool], body: Body) -> None:
        bodies = self._kept[name].bodies
        more_bytes = len(body.data)
        if len(bodies) == _KEPT_BODIES:
            more_bytes -= len(bodies.pop(next(iter(bodies))).data)
        bodies[key] = body
        self._count(name, more_bytes)

    def _current(self, name: PackageName) -> _Kept | None:
        self._folder.check()
        path = directory_site.packument(name)
        file = self._folder.files.open(path)
        if file is None:
            self._forget(name)
            return None
        with file:
            found = os.fstat(file.fileno())
            identity = (found.st_ino, found.st_mtime_ns, found.st_size)
            kept = self._kept.get(name)
            if kept is not None and kept.identity == identity:
                self._kept.move_to_end(name)
                return kept
            data = file.read(stored_packument.LIMIT_BYTES + 1)
        self._forget(name)
        with as_site_error():
            kept = _Kept(identity, 0, stored_packument.read(data, name, path))
        self._kept[name] = kept
        self._count(name, len(data))
        return kept

    def _forget(self, name: PackageName) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            self._kept_bytes -= kept.size_bytes

    def _count(self, name: PackageName, more_bytes: int) -> None:
        """Count what is kept for a package, and forget the longest unused ones, or even this one, above the limit."""
        self._kept[name].size_bytes += more_bytes
        self._kept_bytes += more_bytes
        while self._kept_bytes > _KEPT_BYTES:
            self._forget(next(iter(self._kept)))


def whole(packument: StoredPackument, registry_url: str) -> JsonObject:
    """The full packument."""
    return {
        "_id": str(packument.name),
        "name": str(packument.name),
        "dist-tags": packument.dist_tags,
        "versions": {version: with_url(m, registry_url) for version, m in packument.versions.items()},
        "time": packument.time,
    }


def abbreviate(packument: StoredPackument, registry_url: str) -> JsonObject:
    """The packument as installers ask for it; with `time`, which pnpm needs for its age rules."""
    return {
        "name": str(packument.name),
        "dist-tags": packument.dist_tags,
        "versions": {v: _abbreviated_manifest(with_url(m, registry_url)) for v, m in packument.versions.items()},
        "modified": packument.time.get("modified", ""),
        "time": packument.time,
    }


def with_url(manifest: JsonObject, registry_url: str) -> JsonObject:
    """A stored version manifest with the URL of its tarball."""
    dist = manifest["dist"]
    assert isinstance(dist, Mapping)  # noqa: S101  the strict reader has seen it
    return {**manifest, "dist": {**dist, "tarball": f"{registry_url}/{dist['tarball']}"}}


def json_body(document: JsonObject) -> Body:
    """A document ready to be sent, its ETag made of its bytes."""
    data = package_json.write(document)
    return Body(data=data, etag=f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def _abbreviated_manifest(manifest: JsonObject) -> JsonObject:
    kept = {key: manifest[key] for key in _ABBREVIATED if key in manifest}
    if has_install_script(manifest):
        kept["hasInstallScript"] = True
    return kept
