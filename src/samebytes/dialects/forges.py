"""What each version of Gitea and Forgejo can do, and how it behaves, outside of the package registry.

Sources: [RUN] Gitea 1.25.4, a development build of 1.26 (commit 3db3c058b3) and Forgejo 11.0.1 were run and recorded; [READ]
their sources, release notes and issues (numbers are of go-gitea/gitea); [INF] inferred. docs/reference/forges.md shows the
table; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

_MEGABYTE = 1024 * 1024


class Product(StrEnum):
    """The two servers; Forgejo's API grew out of Gitea's."""

    GITEA = "gitea"
    FORGEJO = "forgejo"


class RunsApi(StrEnum):
    """Who may list the runs of a repository by API."""

    NONE = "none"
    ADMINS = "repository admins"
    READERS = "readers"


class DispatchAnswer(StrEnum):
    """How the start of a workflow tells which run it made."""

    NO_API = "no API"
    NOTHING = "nothing"
    RUN_DETAILS = "return_run_details"
    RUN_INFO = "return_run_info"


class AutoCancel(StrEnum):
    """What makes the server cancel a queued or running run of the same workflow and ref by itself."""

    REPUSH = "re-pushed tag"
    DISPATCH = "second dispatch"
    CONCURRENCY = "queued run of the same concurrency group"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """Which names of secrets or variables are refused, letter case aside, and how large values may be, in bytes.

    A name is letters, digits and `_`, not beginning with a digit. `limit_bytes` None: no limit was met.
    """

    forbidden_prefixes: tuple[str, ...]
    forbidden_names: frozenset[str] = frozenset()
    limit_bytes: int | None

    def problem_with(self, name: str) -> str:
        """Why the server would refuse this name; empty where it would not."""
        if not _NAME.fullmatch(name):
            return "only letters, digits and _ are allowed, and no digit at the beginning"
        if name.upper() in self.forbidden_names:
            return f"the name {name.upper()} is reserved"
        prefix = next((prefix for prefix in self.forbidden_prefixes if name.upper().startswith(prefix)), "")
        return f"names that begin with {prefix} are reserved, in any letter case" if prefix else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeDialect:
    """One product from one version on.

    `asset_limit_bytes` is the default that an administrator may change. `drafts_by_id`, `drafts_by_tag`: anybody who knows
    the id, or the tag, sees an unpublished release. `external_assets`: an asset may be a link to elsewhere. `secrets` and
    `variables` are None where there is no API. `full_tag_refs`: a dispatch needs `refs/tags/…`. `run_details`: runs have
    `path`, `head_sha` and a separate conclusion (Gitea's form), else Forgejo's own; `run_pages_by_id`: a run's page is
    called by its id, not its number. `branch_cas`: a branch can be moved by
    compare-and-swap. `retention_days`: completed runs go after so many days, 0 is never; `sources` say where it is from.
    """

    product: Product
    since: str
    asset_limit_bytes: int
    drafts_by_id: bool
    drafts_by_tag: bool
    external_assets: bool
    page_size: int
    secrets: NameRules | None
    variables: NameRules | None
    variable_created: int
    runs: RunsApi
    run_details: bool
    run_pages_by_id: bool
    jobs_api: bool
    logs_api: bool
    dispatch: DispatchAnswer
    full_tag_refs: bool
    auto_cancel: frozenset[AutoCancel]
    tag_protections: bool
    branch_cas: bool
    retention_days: int
    workflow_folders: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenDialect:
    """The dialect for a version as a server tells it, and what is uncertain about it (empty where nothing is)."""

    version: str
    dialect: ForgeDialect
    note: str = ""


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?")
_OURS = ("GITEA_", "GITHUB_")
_LIMIT_BYTES = 65_536  # [RUN] 65,537 bytes are refused; [READ] services/secrets
_STRICT = NameRules(forbidden_prefixes=_OURS, forbidden_names=frozenset({"CI"}), limit_bytes=_LIMIT_BYTES)
_SECRETS_1_21 = NameRules(forbidden_prefixes=_OURS, limit_bytes=None)
_VARIABLES_1_22 = NameRules(forbidden_prefixes=(*_OURS, "CI"), limit_bytes=None)

_GITEA_1_21 = ForgeDialect(
    product=Product.GITEA,
    since="1.21",
    asset_limit_bytes=4 * _MEGABYTE,
    drafts_by_id=True,
    drafts_by_tag=False,
    external_assets=False,
    page_size=50,
    secrets=_SECRETS_1_21,
    variables=None,
    variable_created=204,
    runs=RunsApi.NONE,
    run_details=False,
    run_pages_by_id=False,
    jobs_api=False,
    logs_api=False,
    dispatch=DispatchAnswer.NO_API,
    full_tag_refs=True,
    auto_cancel=frozenset({AutoCancel.REPUSH, AutoCancel.DISPATCH}),
    tag_protections=False,
    branch_cas=False,
    retention_days=0,
    workflow_folders=(".gitea/workflows", ".github/workflows"),
    sources=("[READ] #26485 #26766 #26808 secrets", "[READ] modules/setting: 4 MB attachments", "[INF] drafts"),
)
_GITEA_1_22 = replace(
    _GITEA_1_21,
    since="1.22",
    asset_limit_bytes=2048 * _MEGABYTE,
    variables=_VARIABLES_1_22,
    sources=("[READ] #29520 variables", "[READ] modules/setting: 2048 MB attachments", "[INF] drafts"),
)
_GITEA_1_23 = replace(
    _GITEA_1_22, since="1.23", tag_protections=True, sources=("[READ] API routes of v1.23.8", "[INF] drafts")
)
_GITEA_1_24 = replace(
    _GITEA_1_23,
    since="1.24",
    logs_api=True,
    dispatch=DispatchAnswer.NOTHING,
    sources=("[READ] API routes of v1.24.7", "[INF] drafts"),
)
_GITEA_1_25 = replace(
    _GITEA_1_24,
    since="1.25",
    secrets=_STRICT,
    variables=_STRICT,
    variable_created=201,
    runs=RunsApi.ADMINS,
    run_details=True,
    jobs_api=True,
    sources=("[RUN] 1.25.4 on SQLite and PostgreSQL",),
)
_GITEA_1_26 = replace(
    _GITEA_1_25,
    since="1.26",
    drafts_by_id=False,
    run_pages_by_id=True,
    dispatch=DispatchAnswer.RUN_DETAILS,
    auto_cancel=frozenset({AutoCancel.CONCURRENCY}),
    branch_cas=True,
    sources=("[RUN] commit 3db3c058b3, before 1.26.0", "[READ] #36706 run details", "[READ] #32751 #35951 #36842"),
)
_GITEA_1_27 = replace(
    _GITEA_1_26,
    since="1.27",
    runs=RunsApi.READERS,
    sources=("[READ] API routes after 1.27", "[INF] whether 1.27.0 has them already: admins are tried as readers"),
)
_GITEA_28 = replace(
    _GITEA_1_27,
    since="28",
    retention_days=400,
    sources=("[READ] release notes: completed runs go after 400 days", "[READ] API routes after 1.27"),
)

_FORGEJO_7 = replace(
    _GITEA_1_22,
    product=Product.FORGEJO,
    since="7",
    drafts_by_tag=True,
    external_assets=True,
    tag_protections=True,
    secrets=_SECRETS_1_21,
    dispatch=DispatchAnswer.NOTHING,
    full_tag_refs=False,
    auto_cancel=frozenset({AutoCancel.REPUSH}),
    workflow_folders=(".forgejo/workflows", ".gitea/workflows", ".github/workflows"),
    sources=("[INF] from 11.0.1 and from Gitea 1.22, whose code it has",),
)
_FORGEJO_11 = replace(
    _FORGEJO_7,
    since="11",
    dispatch=DispatchAnswer.RUN_INFO,
    sources=("[RUN] 11.0.1, package and release code untouched",),
)
_FORGEJO_12 = replace(
    _FORGEJO_11,
    since="12",
    runs=RunsApi.READERS,
    sources=("[READ] 12-dev of 2025-06-11: runs in Forgejo's own form, no jobs, no logs",),
)
_FORGEJO_16 = replace(
    _FORGEJO_12,
    since="16",
    jobs_api=True,
    logs_api=True,
    sources=("[READ] API routes of a later source with jobs and logs", "[INF] that 16 has them: a 404 is taken for no"),
)

# One line for each version that differs from the one before; ascending within a product.
_DIALECTS: Mapping[Product, tuple[tuple[tuple[int, int], ForgeDialect], ...]] = MappingProxyType(
    {
        Product.GITEA: (
            ((1, 21), _GITEA_1_21),
            ((1, 22), _GITEA_1_22),
            ((1, 23), _GITEA_1_23),
            ((1, 24), _GITEA_1_24),
            ((1, 25), _GITEA_1_25),
            ((1, 26), _GITEA_1_26),
            ((1, 27), _GITEA_1_27),
            ((28, 0), _GITEA_28),
        ),
        Product.FORGEJO: (
            ((7, 0), _FORGEJO_7),
            ((11, 0), _FORGEJO_11),
            ((12, 0), _FORGEJO_12),
            ((16, 0), _FORGEJO_16),
        ),
    }
)
# The newest versions that anything is known about: major and minor.
_NEWEST: Mapping[Product, tuple[int, int]] = MappingProxyType({Product.GITEA: (28, 1), Product.FORGEJO: (16, 0)})


def dialects() -> tuple[ForgeDialect, ...]:
    """Every dialect, by product and version."""
    return tuple(dialect for known in _DIALECTS.values() for _, dialect in known)


def choose_dialect(product: Product, version: str) -> ChosenDialect:
    """The dialect of a version as the server writes it, such as `1.25.4`, `1.26.0+dev-4` or `11.0.1+gitea-1.22.0`.

    A version newer than all known, or one that cannot be read, is treated as the newest, an older one as the oldest, each
    with a note that says so.
    """
    known = _DIALECTS[product]
    name = product.value.capitalize()
    match = _VERSION.match(version)
    if match is None:
        newest = known[-1][1]
        note = f"{name} tells no version that can be read ({version!r}): treated as {newest.since}"
        return ChosenDialect(version=version, dialect=newest, note=note)
    number = int(match[1]), int(match[2] or 0)
    fitting = [dialect for since, dialect in known if since <= number]
    if not fitting:
        oldest = known[0][1]
        note = f"{name} {version} is older than the oldest known: treated as {oldest.since}"
        return ChosenDialect(version=version, dialect=oldest, note=note)
    newer = number > _NEWEST[product]
    note = f"{name} {version} is newer than the newest known: treated as {fitting[-1].since}" if newer else ""
    return ChosenDialect(version=version, dialect=fitting[-1], note=note)
