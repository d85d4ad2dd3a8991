"""The npm registry of a directory site: one packument file a package, tarballs beside it.

A version exists when its packument says so. The tarball is stored first, so no packument ever names a missing one.
Writes of one package are read-modify-write: they go one after the other here, and the lease keeps other processes out.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC

from samebytes.errors import BytesDifferError, SiteError
from samebytes.formats import directory_site, stored_packument
from samebytes.formats.stored_packument import StoredPackument
from samebytes.model.digests import Digest
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion, PackageObservation, UnreadablePackage
from samebytes.model.transfer import Sink
from samebytes.registries.base import Lease, UploadPackage
from samebytes.system.chunks import CHUNK_BYTES, read_chunks
from samebytes.system.clock import Clock
from samebytes.system.content import pour
from samebytes.system.site_folder import SiteFolder, as_site_error


class FolderRegistry:
    """The registry under `npm/` of a directory site."""

    def __init__(self, folder: SiteFolder, clock: Clock) -> None:
        self._folder = folder
        self._files = folder.files
        self._clock = clock
        self._locks: dict[PackageName, threading.Lock] = {}

    def invents_latest(self) -> bool:
        """Never: there are the dist-tags that were stored."""
        return False

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """What the registry has under each name."""
        return {name: self._observe(name) for name in names}

    def read_tarball(self, id: PackageId, sink: Sink) -> bool:  # noqa: A002  the field's own word
        """Give a sink the stored tarball; False where there is none."""
        self._folder.check()
        chunks = self._chunks(directory_site.tarball(id))
        if chunks is not None:
            pour(chunks, sink)
        return chunks is not None

    def upload(self, package: UploadPackage, lease: Lease) -> None:
        """Store a version that must not exist yet: its tarball, then its packument.

        A version that is listed with this very digest and has lost its tarball gets it back, and nothing else changes.
        Bytes of another build that a crashed upload has left under this version's file name, and that no packument has
        ever named, are BytesDifferError (SB-5201): they stay for people to look at.
        """
        tarball = package.packed.tarball
        with self._one_at_a_time(tarball.id.name):
            packument = self._read(tarball.id.name)
            version = str(tarball.id.version)
            if version in packument.versions:
                if packument.integrity(version) == tarball.sha512 and not self._has_tarball(tarball.id.name, version):
                    self._store_tarball(package, lease)
                return
            with as_site_error():
                manifest = stored_packument.version_manifest(
                    tarball.id, package.version_manifest, tarball, directory_site.tarball_reference(tarball.id)
                )
            self._store_tarball(package, lease)
            now = self._now()
            self._write(packument.with_version(version, manifest, package.dist_tag, now), lease)

    def set_tag(self, name: PackageName, dist_tag: str, version: str, lease: Lease) -> None:
        """Point a dist-tag at a version that exists."""
        with self._one_at_a_time(name):
            packument = self._read(name)
            if version not in packument.versions:
                raise SiteError("SB-5002", f"{dist_tag} of {name} cannot point at {version}: there is no such version")
            if packument.dist_tags.get(dist_tag) != version:
                self._write(packument.with_tag(dist_tag, version, self._now()), lease)

    def delete_tag(self, name: PackageName, dist_tag: str, lease: Lease) -> None:
        """Remove a dist-tag; one that is not there is fine."""
        with self._one_at_a_time(name):
            packument = self._read(name)
            if dist_tag in packument.dist_tags:
                self._write(packument.without_tag(dist_tag, self._now()), lease)

    def delete_version(self, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        """Remove one version, the dist-tags at it, and its tarball; one that is not there is fine."""
        with self._one_at_a_time(id.name):
            packument = self._read(id.name)
            if str(id.version) in packument.versions:
                self._write(packument.without_version(str(id.version), self._now()), lease)
            self._files.remove(directory_site.tarball(id), lease.guard)

    def _observe(self, name: PackageName) -> PackageObservation:
        try:
            packument = self._read(name)
            versions = {
                version: ObservedVersion(
                    integrity=packument.integrity(version), manifest=manifest, served=self._has_tarball(name, version)
                )
                for version, manifest in packument.versions.items()
            }
        except SiteError as error:
            return UnreadablePackage(name=name, code=error.code, why=error.summary)
        return ObservedPackage(name=name, versions=versions, dist_tags=packument.dist_tags)

    def _has_tarball(self, name: PackageName, version: str) -> bool:
        return self._files.size(f"{directory_site.NPM}/{name}/-/{name.base}-{version}.tgz") is not None

    def _read(self, name: PackageName) -> StoredPackument:
        self._folder.check()
        path = directory_site.packument(name)
        data = self._files.read(path, stored_packument.LIMIT_BYTES)
        if data is None:
            return stored_packument.empty(name)
        with as_site_error():
            return stored_packument.read(data, name, path)

    def _write(self, packument: StoredPackument, lease: Lease) -> None:
        data = stored_packument.write(packument)
        self._files.replace(directory_site.packument(packument.name), data, lease.guard)

    def _store_tarball(self, package: UploadPackage, lease: Lease) -> None:
        tarball = package.packed.tarball
        path = directory_site.tarball(tarball.id)
        chunks = _checked(read_chunks(package.packed.file), tarball.sha512, str(tarball.id))
        if self._files.create(path, chunks, lease.guard):
            return
        for _ in _checked(self._chunks(path) or iter(()), tarball.sha512, path):
            pass

    def _chunks(self, path: str) -> Iterator[bytes] | None:
        file = self._files.open(path)
        if file is None:
            return None

        def chunks() -> Iterator[bytes]:
            try:
                with file:
                    while chunk := file.read(CHUNK_BYTES):
                        yield chunk
            except OSError as error:
                raise SiteError("SB-5001", f"{path} cannot be read: {error.strerror}") from error

        return chunks()

    def _one_at_a_time(self, name: PackageName) -> threading.Lock:
        return self._locks.setdefault(name, threading.Lock())

    def _now(self) -> str:
        return self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _checked(chunks: Iterator[bytes], sha512: Digest, what: str) -> Iterator[bytes]:
    """The chunks, and an error instead of their end when they are not what was promised."""
    digest = hashlib.sha512()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.digest() != sha512.value:
        raise BytesDifferError(
            "SB-5201",
            f"{what} does not have the bytes that were packed",
            hint="if the file is what an interrupted upload of another build has left, remove it and run it again",
            details={"expected": sha512.integrity, "found": Digest("sha512", digest.digest()).integrity},
        )
