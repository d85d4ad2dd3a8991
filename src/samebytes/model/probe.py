"""What a probe sees of a site, and what it says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from samebytes.model.finding import Finding
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import PackageObservation
from samebytes.model.rights import ForgeRights, RepositoryRights
from samebytes.model.site import Site

_NOBODY: Mapping[PackageName, PackageObservation] = MappingProxyType({})
_NO_TAGS: Mapping[PackageName, tuple[str, ...]] = MappingProxyType({})
_NO_LINKS: Mapping[str, RepositoryRights | None] = MappingProxyType({})
_NO_NUMBERS: Mapping[str, int | None] = MappingProxyType({})
_NO_ANSWERS: Mapping[str, bool | None] = MappingProxyType({})


class Part(StrEnum):
    """The part of a site that was looked at."""

    SETTINGS = "settings"
    SERVER = "server"
    PACKAGES = "packages"
    REPOSITORY = "repository"
    GIT = "git"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A part that could not be read, with the error that said so; `is_settings`: the user has to change settings."""

    part: Part
    code: str
    summary: str
    hint: str = ""
    is_settings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSeen:
    """Product (as the table of registries calls it) and version as told (empty: not told).

    `notes` are sentences about what is uncertain or other than configured; `skew_s` is how far the server's clock is ahead.
    """

    product: str
    version: str
    notes: tuple[str, ...] = ()
    skew_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeLimits:
    """What a forge tells about its limits; None where it does not."""

    asset_bytes: int | None
    page_size: int | None
    takes_assets: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeSeen:
    """What a forge shows: rights, limits, the repositories that manifests name, the tags that are protected.

    `linked` is `<owner>/<name>` to what may be done there, None where it is missing or hidden. `protected_tags` is None
    where only administrators may know. `download_url` is the address of some asset as the server tells it, else empty.
    """

    rights: ForgeRights
    limits: ForgeLimits
    linked: Mapping[str, RepositoryRights | None] = field(default_factory=lambda: _NO_LINKS)
    protected_tags: tuple[str, ...] | None = None
    download_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a release from here would ask of a site: the version manifests of the members, and the dist-tag."""

    manifests: Mapping[PackageId, JsonObject]
    dist_tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that was read at a site; a part that was not reached, or that the kind does not have, is None or empty.

    `user` is who the credential is to the registry. `may_publish` and `may_push` are None where reading does not tell.
    `has_undo`: there is a place for lock and journal.
    """

    site: Site
    question: Question
    has_credential: bool = True
    has_undo: bool = True
    server: ServerSeen | None = None
    forge: ForgeSeen | None = None
    user: str = ""
    may_publish: bool | None = None
    may_push: bool | None = None
    packages: Mapping[PackageName, PackageObservation] = field(default_factory=lambda: _NOBODY)
    disputed: Mapping[PackageName, tuple[str, ...]] = field(default_factory=lambda: _NO_TAGS)
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What `--write` tried with a throwaway version, in order; `done` are the steps that worked."""

    package: str
    done: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteProbe:
    """What is said of one site.

    `address` is its URL or folder. `supports` is a capability to how; `limits` are bytes and counts, None where unknown;
    `rights` is what to whether the credential may do it, None where reading does not tell. `looked_at` is how many
    packages were read, of `members` in the workspace.
    """

    site: str
    kind: str
    address: str
    product: str
    version: str
    treated_as: str
    user: str
    findings: tuple[Finding, ...]
    supports: Mapping[str, str]
    limits: Mapping[str, int | None] = field(default_factory=lambda: _NO_NUMBERS)
    rights: Mapping[str, bool | None] = field(default_factory=lambda: _NO_ANSWERS)
    looked_at: int = 0
    members: int = 0
    proof: Proof | None = None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """What reading and trying found."""
        return (*self.findings, *(self.proof.findings if self.proof else ()))
