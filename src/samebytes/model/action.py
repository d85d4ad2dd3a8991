"""What there is to do at a site, in the order in which it is done."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.model.names import PackageId, PackageName

HOLD_TAG = "samebytes-hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Upload one tarball under a dist-tag; `level` orders uploads: a level starts when the earlier ones are done.

    Without a dist-tag the version is listed already, and only its tarball, which is gone, is stored again.
    """

    id: PackageId
    dist_tag: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTag:
    """Point a dist-tag at a version; `previous` is the version it leaves, or empty."""

    name: PackageName
    dist_tag: str
    version: str
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTag:
    """Remove a dist-tag that points at `version`."""

    name: PackageName
    dist_tag: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAsset:
    """Store one named asset in the release of a tag; assets are create-only."""

    tag: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """Everything a run would do at one site, or why it must not start; `why_held` says why `latest` stays."""

    site: str
    uploads: tuple[Upload, ...]
    assets: tuple[PutAsset, ...]
    promotion: tuple[SetTag | DropTag, ...]
    why_held: str
