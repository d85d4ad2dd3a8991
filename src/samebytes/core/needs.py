"""What a release needs at a site beside itself: a promoted member that nobody can install there helps nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from samebytes.core.bundled import bundle_names
from samebytes.core.order import Catalogs, Neighbours
from samebytes.core.ranges import in_range
from samebytes.core.references import Reference, reference_of
from samebytes.errors import FormatError
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.model.observed import ObservedPackage, PackageObservation
from samebytes.model.versions import Version
from samebytes.model.workspace import Dependency, DependencyKind, Member, Workspace

_ANY = frozenset({"", "*"})
# `workspace:` with one of these alone is published with the member's version behind it.
_SIGNS = frozenset({"^", "~", ">=", "<=", ">", "<"})
_SHOWN = 3


def needs_of(chosen: Sequence[Member], workspace: Workspace) -> tuple[Need, ...]:
    """What these members' published dependencies resolve to in the workspace and these members are not, each once.

    Runtime and optional dependencies, and peers that are not optional. Bundled ones come along; private ones are never
    at any site, which the selection refuses or reports.
    """
    shipped = {member.name for member in chosen}
    neighbours = Neighbours(workspace.members, workspace.catalogs)
    found: dict[Need, None] = {}
    for member in chosen:
        bundled = bundle_names(member.manifest)
        for dependency, target in neighbours.of(member):
            if target.name in shipped or target.private or dependency.alias in bundled:
                continue
            wanted = _published_range(dependency, member, target, workspace.catalogs)
            if wanted is not None and not _is_optional_peer(dependency, member):
                need = Need(member=str(member.id), name=target.name, range=wanted, version=target.version.text)
                found[need] = None
    return tuple(sorted(found, key=lambda need: (need.member, need.name, need.range)))


def names_of(needs: Iterable[Need]) -> tuple[PackageName, ...]:
    """The packages that are needed, sorted, each once."""
    return tuple(sorted({need.name for need in needs}))


def unmet(needs: Iterable[Need], observed: Mapping[PackageName, PackageObservation]) -> str:
    """What of it a site does not have, as a clause; empty where it has everything. What cannot be read counts as missing."""
    missing = tuple(_missing(needs, observed))
    more = f"; and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    return "; ".join(missing[:_SHOWN]) + more


def _missing(needs: Iterable[Need], observed: Mapping[PackageName, PackageObservation]) -> Iterator[str]:
    for need in needs:
        seen = observed.get(need.name)
        what = f"{need.member} needs {need.name}@{need.range or '*'}"
        if not isinstance(seen, ObservedPackage):
            why = f": {seen.why} ({seen.code})" if seen is not None else ""
            yield f"{what}, and whether this site has it cannot be read{why}"
        elif not any(_satisfies(version, need.range) for version, shown in seen.versions.items() if shown.served):
            yield f"{what}, which this site does not have (the workspace has {need.version})"


def _published_range(dependency: Dependency, member: Member, target: Member, catalogs: Catalogs) -> str | None:
    """The range that a registry is asked for, None where it is asked for nothing (`link:`, `file:`)."""
    reference = reference_of(dependency, member.directory, catalogs)
    if reference is None or not reference.must_be_local:
        return None if reference is None or reference.directory else reference.range
    return _published_workspace_range(reference, target.version.text)


def _published_workspace_range(reference: Reference, version: str) -> str:
    """As pnpm replaces `workspace:`: `*`, nothing or a path by the version, a sign by the sign and the version."""
    if reference.directory or reference.range in _ANY:
        return version
    return reference.range + version if reference.range in _SIGNS else reference.range


def _is_optional_peer(dependency: Dependency, member: Member) -> bool:
    if dependency.kind is not DependencyKind.PEER:
        return False
    meta = member.manifest.get("peerDependenciesMeta")
    about = meta.get(dependency.alias) if isinstance(meta, Mapping) else None
    return isinstance(about, Mapping) and about.get("optional") is True


def _satisfies(version: str, wanted: str) -> bool:
    if wanted in _ANY or version == wanted:
        return True
    try:
        return in_range(Version(version), wanted)
    except FormatError:
        return False
