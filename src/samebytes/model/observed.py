"""What a site has now, and how that compares with what a release says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from samebytes.model.digests import Digest
from samebytes.model.install_fields import PROJECTED
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedVersion:
    """One version as the registry's packument shows it; `manifest` is its version manifest as served.

    `kept_fields` are the install-relevant fields that a server of this kind keeps of what it is sent. `served` is False
    where the site itself shows that the tarball is gone; most can only be asked for it.
    """

    integrity: Digest | None
    manifest: JsonObject
    kept_fields: frozenset[str] = PROJECTED
    served: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedPackage:
    """A packument that could be read; a package the registry does not know has no versions and no tags.

    Versions and tags keep the registry's own text: a stranger may have stored versions that we would refuse.
    """

    name: PackageName
    versions: Mapping[str, ObservedVersion]
    dist_tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePackage:
    """A packument that could not be read; nothing may be concluded from it. `code` is an error code, `why` a sentence."""

    name: PackageName
    code: str
    why: str


PackageObservation: TypeAlias = ObservedPackage | UnreadablePackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The site has no such version."""

    id: PackageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The packument lists this very version and its tarball is gone: storing the same bytes again repairs it."""

    id: PackageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """The site serves this version with the same sha512 and the same install-relevant manifest."""

    id: PackageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    """The site serves other bytes under this name and version."""

    id: PackageId
    expected: Digest
    found: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestDiffers:
    """Equal bytes, but the packument tells clients to install something else; `fields` names what differs."""

    id: PackageId
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It could not be determined what the site has."""

    id: PackageId
    code: str
    why: str


MemberState: TypeAlias = Absent | Broken | Same | Different | ManifestDiffers | Unknown
