"""Registry, release store and evidence store of a site in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from samebytes.errors import BytesDifferError, SiteError
from samebytes.model import digests
from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion, PackageObservation, UnreadablePackage
from samebytes.model.tag import Commit
from samebytes.model.transfer import Content, Sink
from samebytes.registries.base import Lease, UploadPackage
from samebytes.system.content import pour
from samebytes.testing.memory_world import MemoryWorld, StoredPackage


class MemoryRegistry:
    """The registry part."""

    def __init__(self, site: MemoryWorld) -> None:
        self._site = site

    def invents_latest(self) -> bool:
        """As a test says."""
        return self._site.invents_latest

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """What there is under each name; names in `unreadable` cannot be read."""
        try:
            return self._site.step("observe", lambda: {name: self._observe(name) for name in names})
        except SiteError as error:
            return {name: UnreadablePackage(name=name, code=error.code, why=error.summary) for name in names}

    def read_tarball(self, id: PackageId, sink: Sink) -> bool:  # noqa: A002  the field's own word
        """Give a sink the stored bytes in small chunks."""
        data = self._site.step(f"tarball {id}", lambda: self._package(id.name).tarballs.get(id.version.text))
        if data is not None:
            pour((data[start : start + 64] for start in range(0, len(data), 64)), sink)
        return data is not None

    def upload(self, package: UploadPackage, lease: Lease) -> None:
        """Store a version that is not there yet."""
        id_ = package.packed.tarball.id

        def act() -> None:
            stored = self._site.packages.setdefault(id_.name, StoredPackage())
            data = Path(package.packed.file).read_bytes()
            listed = stored.versions.get(id_.version.text)
            if listed is not None:
                if listed.integrity == package.packed.tarball.sha512:
                    stored.tarballs.setdefault(id_.version.text, data)
                return
            digest = Digest("sha512", hashlib.sha512(data).digest())
            manifest: JsonObject = {**package.version_manifest, "dist": {"integrity": digest.integrity}}
            stored.tarballs[id_.version.text] = data
            stored.versions[id_.version.text] = ObservedVersion(integrity=digest, manifest=manifest)
            stored.dist_tags[package.dist_tag] = id_.version.text

        with lease.guard():
            self._site.step(f"upload {id_}", act)

    def set_tag(self, name: PackageName, dist_tag: str, version: str, lease: Lease) -> None:
        """Point a dist-tag at a version that exists."""

        def act() -> None:
            if version not in self._package(name).versions:
                raise SiteError("SB-5002", f"{dist_tag} of {name} cannot point at {version}: there is no such version")
            self._package(name).dist_tags[dist_tag] = version

        with lease.guard():
            self._site.step(f"set_tag {name} {dist_tag} {version}", act)

    def delete_tag(self, name: PackageName, dist_tag: str, lease: Lease) -> None:
        """Remove a dist-tag; one that is not there is fine."""
        with lease.guard():
            self._site.step(f"delete_tag {name} {dist_tag}", lambda: self._package(name).dist_tags.pop(dist_tag, None))

    def delete_version(self, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        """Remove a version and the dist-tags at it; one that is not there is fine."""

        def act() -> None:
            package = self._package(id.name)
            package.versions.pop(id.version.text, None)
            package.tarballs.pop(id.version.text, None)
            package.dist_tags = {tag: at for tag, at in package.dist_tags.items() if at != id.version.text}

        with lease.guard():
            self._site.step(f"delete_version {id}", act)

    def _package(self, name: PackageName) -> StoredPackage:
        return self._site.packages.get(name, StoredPackage())

    def _observe(self, name: PackageName) -> PackageObservation:
        if name in self._site.unreadable:
            return UnreadablePackage(name=name, code="SB-5001", why=f"the packument of {name} is garbled")
        package = self._package(name)
        versions = {
            version: replace(shown, served=version in package.tarballs) for version, shown in package.versions.items()
        }
        return ObservedPackage(name=name, versions=versions, dist_tags=dict(package.dist_tags))


class MemoryReleases:
    """The release store."""

    def __init__(self, site: MemoryWorld) -> None:
        self._site = site

    def assets(self, tag: str) -> dict[str, int] | None:
        """Asset name to size in bytes."""
        found = self._site.step(f"assets {tag}", lambda: self._site.stored.get(tag))
        return None if found is None else {name: len(data) for name, data in found.items()}

    def read(self, tag: str, name: str, limit_bytes: int) -> bytes | None:
        """The bytes of an asset."""
        data = self._site.step(f"read {tag} {name}", lambda: self._asset(tag, name))
        if data is not None and len(data) > limit_bytes:
            raise SiteError("SB-5003", f"{name} of {tag} is larger than {limit_bytes} bytes")
        return data

    def digest(self, tag: str, name: str) -> Digest | None:
        """The sha256 of an asset."""
        data = self._site.step(f"digest {tag} {name}", lambda: self._asset(tag, name))
        return None if data is None else digests.sha256(data)

    def check_tag(self, tag: Commit) -> None:
        """Nothing: there are no git tags."""

    def create(self, tag: Commit, lease: Lease) -> None:
        """Create the release of this tag; one that is there is fine."""
        with lease.guard():
            self._site.step(f"create {tag.name} {tag.commit}", lambda: self._site.stored.setdefault(tag.name, {}))

    def put(self, tag: str, name: str, content: Content, sha256: Digest, lease: Lease, *, fixed: bool = True) -> None:
        """Store an asset once; other bytes than promised, given or found, are BytesDifferError (SB-5201)."""

        def act() -> None:
            if tag not in self._site.stored:
                raise SiteError("SB-5002", f"{name} cannot be stored: there is no release of {tag!r}")
            data = b"".join(content.chunks())
            found = self._site.stored[tag].get(name, data) if fixed else data
            if digests.sha256(found) != sha256 or digests.sha256(data) != sha256:
                raise BytesDifferError("SB-5201", f"the release of {tag!r} has another {name}")
            self._site.stored[tag].setdefault(name, data)

        with lease.guard():
            self._site.step(f"put {tag} {name}", act)

    def repeated(self, tag: str) -> frozenset[str]:  # noqa: ARG002
        """None: a name stands for one asset here."""
        return frozenset()

    def tidy(self, tag: str, lease: Lease, any_bytes: Collection[str] = ()) -> None:
        """Nothing to do."""

    def _asset(self, tag: str, name: str) -> bytes | None:
        return self._site.stored.get(tag, {}).get(name)


class MemoryEvidence:
    """The evidence store."""

    def __init__(self, site: MemoryWorld) -> None:
        self._site = site

    def add(self, kind: str, document: bytes) -> Digest:
        """Store a document."""
        digest = digests.sha256(document)
        self._site.step(f"add {kind}", lambda: self._site.documents.setdefault((kind, digest), document))
        return digest

    def get(self, kind: str, sha256: Digest, limit_bytes: int) -> bytes | None:
        """A document, checked against its name."""
        document = self._site.step(f"get {kind}", lambda: self._site.documents.get((kind, sha256)))
        if document is None:
            return None
        if len(document) > limit_bytes:
            raise SiteError("SB-5003", f"{kind} {sha256} is larger than {limit_bytes} bytes")
        if digests.sha256(document) != sha256:
            raise SiteError("SB-5001", f"{kind} {sha256} does not hold what its name says")
        return document

    def list(self, kind: str) -> Sequence[Digest]:
        """The digests stored under a kind, sorted."""
        return self._site.step(f"list {kind}", lambda: sorted(d for found, d in self._site.documents if found == kind))
