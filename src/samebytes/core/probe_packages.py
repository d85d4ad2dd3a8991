"""What the registry of a site does to the packages of this workspace, and shows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from samebytes.core.install_manifest import expected_manifest, projection
from samebytes.core.probe_access import NO_SUCH_OWNER, REFUSED, is_refused
from samebytes.core.probe_forge import other_origin
from samebytes.core.probe_rules import found
from samebytes.dialects.registries import RegistryDialect, RegistryProduct, registry_dialect
from samebytes.model.finding import Finding
from samebytes.model.json_value import JsonObject
from samebytes.model.observed import ObservedPackage, UnreadablePackage
from samebytes.model.probe import Seen

_SEVERAL = 3


def dialect_of(seen: Seen) -> RegistryDialect | None:
    """How the registry behaves; None for a folder, or where nothing answered."""
    return (
        None if seen.server is None else registry_dialect(RegistryProduct(seen.server.product), seen.server.version)[0]
    )


def packages(seen: Seen) -> Iterator[Finding]:
    """Everything about packages, the gravest first."""
    dialect = dialect_of(seen)
    yield from _unreadable(seen)
    if dialect is not None and dialect.refuses_tag(seen.question.dist_tag):
        yield found(
            "dist-tag-refused",
            "promote.dist_tag",
            f"{dialect.product} refuses the dist-tag {seen.question.dist_tag!r}",
            "use a word such as latest, next or beta",
        )
    for name, tags in seen.disputed.items():
        yield found(
            "tags-disputed",
            str(name),
            f"the packument and the list of dist-tags disagree about {', '.join(tags)}: several versions hold it",
            "no request can repair that: delete all but one of these versions, or ask the server's administrator",
        )
    if dialect is not None:
        yield from _dropped(seen, dialect)
        if dialect.latest_when_unset:
            yield from _invented(seen)
    yield from _other_address(seen)
    if seen.site.kind == "npm" and not seen.has_undo:
        yield found(
            "no-undo",
            f"sites.{seen.site.id}",
            "there is no place for lock, memory and journal: no undo of promotions, and nothing keeps two runs apart",
            "set `evidence` to a folder or a git URL",
        )


def dropped_fields(manifest: JsonObject, dialect: RegistryDialect) -> tuple[str, ...]:
    """The install-relevant fields of a version manifest that a registry of this kind does not keep, sorted."""
    return tuple(sorted(projection(manifest).keys() - dialect.kept_fields))


def _unreadable(seen: Seen) -> Iterator[Finding]:
    unread = [one for one in seen.packages.values() if isinstance(one, UnreadablePackage)]
    if any(one.code == NO_SUCH_OWNER for one in unread):
        what = (
            f"the server knows no owner {seen.site.owner}" if seen.site.owner else "the registry is not at this address"
        )
        yield found(
            "owner-missing",
            seen.site.owner or seen.site.url,
            what,
            "correct `url` and `owner` of the site; ask who may see it",
        )
        return
    if seen.forge is not None and (is_refused(seen) or not seen.forge.rights.reads_packages):
        # Told once, of the credential.
        unread = [one for one in unread if one.code != REFUSED]
    for one in unread[:_SEVERAL]:
        more = f" (and {len(unread) - _SEVERAL} more packages)" if len(unread) > _SEVERAL else ""
        yield found("packages-unreadable", str(one.name), f"{one.why} ({one.code}){more}")


def _dropped(seen: Seen, dialect: RegistryDialect) -> Iterator[Finding]:
    for id_, manifest in sorted(seen.question.manifests.items(), key=lambda item: item[0]):
        dropped = dropped_fields(expected_manifest(id_, manifest, ()), dialect)
        if dropped:
            yield found(
                "field-dropped",
                str(id_.name),
                f"the server drops {', '.join(dropped)}: clients that install from here do not see it",
                "the tarball keeps it; do without it for what must be installed from here, or use a newer server",
            )


def _invented(seen: Seen) -> Iterator[Finding]:
    new = [name for name, one in seen.packages.items() if isinstance(one, ObservedPackage) and not one.versions]
    if new:
        shown = ", ".join(str(name) for name in new[:_SEVERAL]) + (", …" if len(new) > _SEVERAL else "")
        yield found(
            "latest-invented",
            shown,
            "the server shows a `latest` of new packages by itself: they can be installed before the release is complete",
            "publish their first version when nobody installs them yet",
        )


def _other_address(seen: Seen) -> Iterator[Finding]:
    told = [_tarball(manifest) for manifest in _served(seen)]
    if seen.forge is not None and seen.forge.download_url:
        told.append(seen.forge.download_url)
    others = sorted({origin for url in told if url and (origin := other_origin(url, seen.site.url))})
    if others and seen.site.url:
        yield found(
            "other-address",
            seen.site.url,
            f"the server tells clients addresses at {', '.join(others)}",
            "set ROOT_URL of the server (public URL of a registry) to `url`, or `url` to that address",
        )


def _served(seen: Seen) -> Iterator[JsonObject]:
    for one in seen.packages.values():
        if isinstance(one, ObservedPackage):
            yield from (version.manifest for version in one.versions.values())


def _tarball(manifest: JsonObject) -> str:
    dist = manifest.get("dist")
    url = dist.get("tarball") if isinstance(dist, Mapping) else None
    return url if isinstance(url, str) else ""
