"""Sites as a probe sees them, ready for a release; each test spoils one thing."""

from __future__ import annotations

from dataclasses import replace

from samebytes.core.probe import judge
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion, PackageObservation
from samebytes.model.probe import ForgeLimits, ForgeSeen, Question, Seen, ServerSeen
from samebytes.model.rights import ForgeRights, RepositoryRights
from samebytes.model.site import Site
from samebytes.model.versions import Version

URL = "https://git.example.com"
CORP = Site(
    id="corp", kind="gitea", url=URL, owner="Acme", repository="Acme/lamps", remote="git@git.example.com:Acme/lamps.git"
)
GITEA = ServerSeen(product="gitea", version="1.25.4")
WICK = PackageId(PackageName("@acme/wick"), Version("1.0.0"))
GLOW = PackageId(PackageName("@acme/glow"), Version("1.0.0"))
MAY = RepositoryRights(
    read=True,
    write=True,
    admin=True,
    is_private=False,
    is_archived=False,
    is_empty=False,
    default_branch="main",
    has_releases=True,
    has_packages=True,
    has_actions=True,
)
RIGHTS = ForgeRights(
    accepted=True,
    user="publisher",
    is_site_admin=False,
    repository=MAY,
    reads_packages=True,
    writes_packages=True,
    scopes=None,
)
LIMITS = ForgeLimits(asset_bytes=4096, page_size=50)
FORGE = ForgeSeen(rights=RIGHTS, limits=LIMITS)


def asked(*ids: PackageId, dist_tag: str = "latest", **fields: JsonValue) -> Question:
    """A question about members that have these fields in their manifests."""
    manifests: dict[PackageId, JsonObject] = {
        id_: {"name": id_.name.text, "version": id_.version.text, **fields} for id_ in ids
    }
    return Question(manifests=manifests, dist_tag=dist_tag)


READY = Seen(site=CORP, question=asked(), server=GITEA, forge=FORGE, may_publish=True, may_push=True)


def rules(seen: Seen) -> list[str]:
    """The rules of what is found."""
    return [finding.rule for finding in judge(seen).findings]


def with_rights(seen: Seen = READY, **changes: object) -> Seen:
    """The same with other rights at the forge."""
    assert seen.forge is not None
    rights = replace(seen.forge.rights, **changes)  # type: ignore[arg-type]
    return replace(seen, forge=replace(seen.forge, rights=rights))


def with_repository(**changes: object) -> Seen:
    """The same with another repository."""
    return with_rights(repository=replace(MAY, **changes))  # type: ignore[arg-type]


def observed(name: PackageName, *versions: str, tarball: JsonValue = "") -> dict[PackageName, PackageObservation]:
    """A package with these versions, all with the same address of a tarball."""
    manifest: JsonObject = {"dist": {"tarball": tarball}}
    found_versions = {text: ObservedVersion(integrity=None, manifest=manifest) for text in versions}
    return {name: ObservedPackage(name=name, versions=found_versions, dist_tags={})}
