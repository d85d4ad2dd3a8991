"""What each kind of npm registry keeps of a version manifest, refuses, invents and can undo.

Sources: [RUN] Gitea 1.25.4, a development build of 1.26 (commit 3db3c058b3), Forgejo 11.0.1 and Verdaccio 6.10.4 were run;
[READ] their sources, release notes and issues (numbers are of go-gitea/gitea); [INF] inferred, or from npm's documents.
docs/reference/registries.md shows the table; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from samebytes.model.install_fields import PROJECTED


class RegistryProduct(StrEnum):
    """The servers we know; `npm` is any other one."""

    GITEA = "gitea"
    FORGEJO = "forgejo"
    VERDACCIO = "verdaccio"
    NPMJS = "npmjs"
    OTHER = "npm"


class Removal(StrEnum):
    """How one version is removed."""

    VERSION_PATH = "one DELETE whose path names the version"
    REVISION = "npm's own way: the packument without it, then the tarball"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDialect:
    """One product from one version on.

    `kept_fields` are the install-relevant fields that the full packument serves as they were sent, `abbreviated_fields`
    those of the abbreviated one (empty: there is none). A dist-tag that `refused_tags` matches in full is refused.
    `duplicate_statuses` are what a version that is there already may be answered with. `latest_when_unset`: a new package
    shows a `latest` that nobody stored; `latest_can_go`: `latest` can be removed. `json_when_missing`: a package that is not
    there is a 404 in JSON, any other 404 is a wrong address or owner. `several_holders`: races can leave a dist-tag at
    several versions, which `/dist-tags` shows otherwise than the packument. `checks_integrity`: an upload whose bytes have
    another digest is refused. `leaves_tarballs`: a server that was stopped midway keeps a tarball without a version, which
    blocks that version. `fresh_query` asks past caches. `hints` say by status what a person can do.
    """

    product: RegistryProduct
    since: str = ""
    kept_fields: frozenset[str]
    abbreviated_fields: frozenset[str] = frozenset()
    refused_tags: str
    duplicate_statuses: frozenset[int] = frozenset({409})
    latest_when_unset: bool = False
    latest_can_go: bool = True
    json_when_missing: bool = True
    several_holders: bool = False
    checks_integrity: bool = False
    leaves_tarballs: bool = False
    removal: Removal = Removal.REVISION
    deprecates: bool = False
    fresh_query: str = ""
    hints: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    sources: tuple[str, ...] = ()

    def refuses_tag(self, dist_tag: str) -> bool:
        """Whether the server refuses a dist-tag of this name, or may leave a version untagged because of it."""
        return not dist_tag or re.fullmatch(self.refused_tags, dist_tag) is not None

    @property
    def reads_abbreviated(self) -> bool:
        """Whether the abbreviated packument tells all that is compared."""
        return self.kept_fields <= self.abbreviated_fields


# What all of them serve as it was sent [RUN].
_LEAST = frozenset(
    {"bin", "bundleDependencies", "dependencies", "name", "optionalDependencies", "peerDependencies", "version"}
)
# Gitea up to 1.25 and Forgejo read a version after any words [RUN e]; a digit anywhere after it is refused to be safe.
_AFTER_WORDS = r"(?:\w+-)*[vV]?[0-9].*"
# Gitea from 1.26 on reads a version only at the start: `1.x` and `next-1` are fine, `1a` and `v2-latest` are not [RUN e].
_AT_START = r"[vV]?[0-9]+(?:\.[0-9]+)*(?:-?[0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*)?(?:\+.*)?"
# npm's own client refuses what reads as a range (libnpmpublish, npm-cli dist-tag) [READ].
_RANGES = r"[vV=~^<>]*[0-9].*|[xX*](?:\..*)?"
_NOT_IN_A_PATH = r".*[^A-Za-z0-9._~!'()*-].*"

_FORGE_HINTS: Mapping[int, str] = MappingProxyType(
    {
        400: "look at the manifest, and at the dist-tag: one that looks like a version is refused",
        401: "use a personal access token with the scope write:package, of a user who may write packages of this owner;"
        " the token that a workflow gets by itself cannot publish",
        403: "the manifest's `repository` may name a repository of this server whose Packages unit is off or which the"
        " token's user cannot write, or a limit for packages is reached",
        404: "check `url` and `owner`: the server knows no such owner",
        413: "something in front of the server limits the size of requests",
    }
)
_NPM_HINTS: Mapping[int, str] = MappingProxyType(
    {
        401: "use a token that may publish; it may have run out",
        402: "a scoped package is private at first: set `publishConfig.access` to `public`",
        403: "the token's user may not publish this package, or the version was published before and is final",
        404: "check `url` and the scope: a token without rights may be told that there is no such package",
        413: "the tarball is larger than the registry takes",
    }
)
_VERDACCIO_HINTS: Mapping[int, str] = MappingProxyType(
    {
        **_NPM_HINTS,
        401: "use a token of a user whom `packages:` in the server's configuration lets publish (and unpublish)",
        403: "`packages:` in the server's configuration does not let the token's user do this",
        413: "raise `max_body_size` in the server's configuration (10mb by default); base64 adds a third",
    }
)

_GITEA_1_21 = RegistryDialect(
    product=RegistryProduct.GITEA,
    since="1.21",
    kept_fields=_LEAST,
    refused_tags=_AFTER_WORDS,
    duplicate_statuses=frozenset({400, 409}),
    several_holders=True,
    checks_integrity=True,
    removal=Removal.VERSION_PATH,
    hints=_FORGE_HINTS,
    sources=("[READ] v1.21.11: a version that is there is 400",),
)
_GITEA_1_22 = replace(
    _GITEA_1_21,
    since="1.22",
    duplicate_statuses=frozenset({409}),
    sources=("[READ] #27480: it is 409", "[INF] the fields of Forgejo 11"),
)
_GITEA_1_25 = replace(
    _GITEA_1_22,
    since="1.25",
    kept_fields=_LEAST | {"peerDependenciesMeta"},
    sources=("[RUN] Gitea 1.25.4 on SQLite and PostgreSQL",),
)
_GITEA_1_26 = replace(_GITEA_1_25, since="1.26", refused_tags=_AT_START, sources=("[RUN] 1.26-dev, commit 3db3c058b3",))
_GITEA_28 = replace(
    _GITEA_1_26,
    since="28.0",
    kept_fields=_GITEA_1_26.kept_fields | {"cpu", "deprecated", "engines", "hasInstallScript", "os"},
    deprecates=True,
    sources=("[READ] #37890: more fields, `npm deprecate`; #38236 (1.27): text forms of bin and repository",),
)
_GITEA_28_2 = replace(
    _GITEA_28,
    since="28.2",
    latest_when_unset=True,
    sources=("[READ] the npm API after 28.1: a `latest` where none is stored, npm's tarball path",),
)
_FORGEJO_11 = replace(
    _GITEA_1_22, product=RegistryProduct.FORGEJO, since="11.0", sources=("[RUN] Forgejo 11.0.1", "[READ] 12-dev")
)
_VERDACCIO_6 = RegistryDialect(
    product=RegistryProduct.VERDACCIO,
    since="5.0",
    kept_fields=PROJECTED,
    # hasInstallScript is made of `scripts` there, so that one for node-gyp is lost.
    abbreviated_fields=PROJECTED - {"hasInstallScript", "libc"},
    refused_tags=_NOT_IN_A_PATH,
    latest_when_unset=True,
    latest_can_go=False,
    leaves_tarballs=True,
    deprecates=True,
    hints=_VERDACCIO_HINTS,
    sources=("[RUN] Verdaccio 6.10.4", "[INF] 5.x"),
)
_NPMJS = RegistryDialect(
    product=RegistryProduct.NPMJS,
    kept_fields=PROJECTED,
    abbreviated_fields=PROJECTED - {"libc"},
    refused_tags=f"{_RANGES}|{_NOT_IN_A_PATH}",
    duplicate_statuses=frozenset({403, 409}),
    latest_when_unset=True,
    latest_can_go=False,
    checks_integrity=True,
    deprecates=True,
    fresh_query="write=true",
    hints=_NPM_HINTS,
    sources=("[READ] npm/registry docs/responses/package-metadata.md; libnpmpublish 11", "[INF] not run"),
)
_OTHER = RegistryDialect(
    product=RegistryProduct.OTHER,
    kept_fields=_LEAST,
    refused_tags=f"{_AFTER_WORDS}|{_RANGES}|{_NOT_IN_A_PATH}",
    duplicate_statuses=frozenset({400, 403, 409}),
    latest_when_unset=True,
    json_when_missing=False,
    several_holders=True,
    hints=_NPM_HINTS,
    sources=("[INF] what holds for all of the others",),
)

# Each product's dialects, oldest first, and the newest version that was looked at.
_TABLE: Mapping[RegistryProduct, tuple[RegistryDialect, ...]] = MappingProxyType(
    {
        RegistryProduct.GITEA: (_GITEA_1_21, _GITEA_1_22, _GITEA_1_25, _GITEA_1_26, _GITEA_28, _GITEA_28_2),
        RegistryProduct.FORGEJO: (_FORGEJO_11,),
        RegistryProduct.VERDACCIO: (_VERDACCIO_6,),
        RegistryProduct.NPMJS: (_NPMJS,),
        RegistryProduct.OTHER: (_OTHER,),
    }
)
_LOOKED_AT: Mapping[RegistryProduct, tuple[int, int]] = MappingProxyType(
    {RegistryProduct.GITEA: (28, 2), RegistryProduct.FORGEJO: (12, 0), RegistryProduct.VERDACCIO: (6, 10)}
)
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?")


def registry_dialects() -> tuple[RegistryDialect, ...]:
    """All of them, by product, oldest first."""
    return tuple(dialect for dialects in _TABLE.values() for dialect in dialects)


def registry_dialect(product: RegistryProduct, version: str = "") -> tuple[RegistryDialect, str]:
    """The dialect for a version as a server tells it, and what is uncertain about it (empty where nothing is).

    A version that is newer than all known ones is treated as the newest known, one that cannot be read as well.
    """
    dialects = _TABLE[product]
    if product not in _LOOKED_AT:
        return dialects[-1], "" if product is not RegistryProduct.OTHER else "the kind of registry is not known"
    found = _VERSION.match(version)
    if found is None:
        named = f"version {version!r}" if version else "a version that the server does not tell"
        return dialects[-1], f"{named} of {product} is treated as {dialects[-1].since}"
    wanted = int(found[1]), int(found[2] or 0)
    fitting = [dialect for dialect in dialects if _since(dialect) <= wanted]
    if not fitting:
        return dialects[0], f"{product} {version} is older than the oldest known, and treated as {dialects[0].since}"
    if wanted > _LOOKED_AT[product]:
        return fitting[-1], f"{product} {version} is newer than what is known, and treated as {fitting[-1].since}"
    return fitting[-1], ""


def _since(dialect: RegistryDialect) -> tuple[int, int]:
    major, _, minor = dialect.since.partition(".")
    return int(major), int(minor)
