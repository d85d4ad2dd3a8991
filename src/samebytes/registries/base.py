"""What a registry has to do for us."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import PackageObservation
from samebytes.model.tarball import PackedMember
from samebytes.model.transfer import Sink


class Lease(Protocol):
    """The right to write at a site, held for a while."""

    def guard(self) -> AbstractContextManager[None]:
        """Wrap every single write in this.

        Raises DeadlineError (SB-5102) before the write when the lease was taken over or has too little time left;
        where the site can fence (a folder), no taken-over holder can write inside the block.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPackage:
    """One upload: the tarball, the version manifest to store (with its `dist` left to the registry), the dist-tag."""

    packed: PackedMember
    version_manifest: JsonObject
    dist_tag: str


class Registry(Protocol):
    """An npm registry as a release needs it. Reading needs no lease. Any method may raise SiteError (SB-5xxx)."""

    def invents_latest(self) -> bool:
        """Whether a new package shows a `latest` that nobody stored."""
        ...

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """What the registry has under each name; a failure to read is a value, never an exception."""
        ...

    def read_tarball(self, id: PackageId, sink: Sink) -> bool:  # noqa: A002  the field's own word
        """Give a sink the stored tarball; False where there is none. What the sink raises comes out."""
        ...

    def upload(self, package: UploadPackage, lease: Lease) -> None:
        """Store a version that must not exist yet.

        A version that is already there is left untouched; who wants to know what is there now observes again.
        """
        ...

    def set_tag(self, name: PackageName, dist_tag: str, version: str, lease: Lease) -> None:
        """Point a dist-tag at a version that exists."""
        ...

    def delete_tag(self, name: PackageName, dist_tag: str, lease: Lease) -> None:
        """Remove a dist-tag; one that is not there is fine."""
        ...

    def delete_version(self, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        """Remove one version and its tarball; one that is not there is fine."""
        ...
