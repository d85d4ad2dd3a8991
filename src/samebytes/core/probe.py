"""From what was read at a site to what is said about it."""

from __future__ import annotations

from collections.abc import Iterator

from samebytes.core import probe_access, probe_forge, probe_packages
from samebytes.core.probe_rules import found
from samebytes.dialects.forges import ForgeDialect
from samebytes.dialects.registries import RegistryDialect, RegistryProduct
from samebytes.errors import FormatError
from samebytes.model.finding import Finding, Severity
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedPackage
from samebytes.model.probe import Seen, SiteProbe

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_FOLDER_KEEPS = "every field as it is in the tarball"


def judge(seen: Seen) -> SiteProbe:
    """What a site is, may and cannot, with every finding, errors first."""
    registry, forge = probe_packages.dialect_of(seen), probe_forge.forge_dialect(seen)
    findings = sorted(_findings(seen), key=lambda finding: _ORDER.index(finding.severity))
    is_folder = seen.site.kind == "directory"
    return SiteProbe(
        site=seen.site.id,
        kind=seen.site.kind,
        address=seen.site.path if is_folder else seen.site.url,
        product=seen.server.product if seen.server else "directory" if is_folder else "",
        version=seen.server.version if seen.server else "",
        treated_as=(forge or registry).since if forge or registry else "",  # type: ignore[union-attr]
        user=_user(seen),
        findings=tuple(findings),
        supports=_supports(registry, forge, is_folder=is_folder),
        limits=_limits(seen, forge),
        rights=_rights(seen),
        looked_at=sum(isinstance(one, ObservedPackage) for one in seen.packages.values()),
        members=len(seen.question.manifests),
    )


def probe_package(scope: str, owner: str) -> PackageName | None:
    """The package of `--write`: in the scope of the workspace's members, else in one called like the owner.

    None where neither is a scope that every registry accepts.
    """
    chosen = scope or owner.lower()
    try:
        return PackageName(f"@{chosen}/samebytes-probe") if chosen else None
    except FormatError:
        return None


def _findings(seen: Seen) -> Iterator[Finding]:
    yield from probe_access.troubles(seen)
    if seen.server is not None:
        yield from _server(seen)
    yield from probe_access.credential(seen)
    yield from probe_forge.repository(seen)
    yield from probe_forge.linked(seen)
    yield from probe_packages.packages(seen)


def _server(seen: Seen) -> Iterator[Finding]:
    server, site = seen.server, seen.site
    assert server is not None, "asked only where a server answered"  # noqa: S101
    if site.kind in {RegistryProduct.GITEA, RegistryProduct.FORGEJO} and site.kind != server.product:
        yield found(
            "other-product",
            site.url,
            f"the site is of kind {site.kind}, the server is {server.product}: treated as that",
            f'write kind = "{server.product}" in [sites.{site.id}]',
        )
    if server.product == RegistryProduct.OTHER:
        yield found("unknown-registry", site.url, "this is no registry that samebytes knows, or no registry at all")
    for note in server.notes:
        yield found("unknown-version", site.url, note, "a newer samebytes may know it")
    if server.skew_s is not None and abs(server.skew_s) > site.lease_s / 2:
        yield found(
            "clock-skew",
            site.url,
            f"the server's clock is {abs(server.skew_s):.0f} s {'ahead of' if server.skew_s > 0 else 'behind'} ours;"
            f" a lease lasts {site.lease_s:g} s",
            "locks do not depend on it, dates in receipts and logs do: set both clocks by NTP",
        )


def _user(seen: Seen) -> str:
    return (seen.forge.rights.user if seen.forge else "") or seen.user


def _supports(registry: RegistryDialect | None, forge: ForgeDialect | None, *, is_folder: bool) -> dict[str, str]:
    if is_folder:
        return {"manifest fields": _FOLDER_KEEPS, "releases": "yes", "undo": "yes"}
    supports: dict[str, str] = {}
    if registry is not None:
        supports["manifest fields"] = ", ".join(sorted(registry.kept_fields))
        supports["deprecate"] = "yes" if registry.deprecates else "no"
        supports["latest of a new package"] = "shown by itself" if registry.latest_when_unset else "only when set"
    if forge is not None:
        supports["runs"] = f"listed for {forge.runs}" if forge.runs != "none" else "no API"
        supports["dispatch"] = f"yes, its answer tells {forge.dispatch}" if forge.dispatch != "no API" else "no API"
        supports["logs"] = "yes" if forge.logs_api else "no"
        supports["secrets"] = "yes" if forge.secrets else "no API"
    return supports


def _limits(seen: Seen, forge: ForgeDialect | None) -> dict[str, int | None]:
    if seen.forge is None or forge is None:
        return {}
    limits = seen.forge.limits
    return {"asset bytes": limits.asset_bytes, "page size": limits.page_size or forge.page_size}


def _rights(seen: Seen) -> dict[str, bool | None]:
    if seen.server is None:
        return {}
    rights: dict[str, bool | None] = {"publish packages": probe_access.writes_packages(seen)}
    if seen.forge is not None:
        may = seen.forge.rights.repository
        rights["read packages"] = seen.forge.rights.reads_packages
        rights["read repository"] = may is not None and may.read
        # A token whose user may write may itself be for reading only: a push that is only tried says so.
        writes = may is not None and may.write and seen.may_push is not False
        rights["write repository"] = writes
        rights["write releases"] = writes and may is not None and may.has_releases
        rights["administer repository"] = may is not None and may.admin
    return rights
