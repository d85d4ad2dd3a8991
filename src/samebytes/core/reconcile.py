"""What a site has against what a release says, and what there is to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from samebytes.core.differences import as_details
from samebytes.core.install_manifest import differences, version_manifest
from samebytes.errors import BytesDifferError, SiteError
from samebytes.model.action import HOLD_TAG, PutAsset, Upload
from samebytes.model.change import Change
from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import (
    Absent,
    Broken,
    Different,
    ManifestDiffers,
    MemberState,
    ObservedPackage,
    ObservedVersion,
    PackageObservation,
    Same,
    Unknown,
    UnreadablePackage,
)
from samebytes.model.release import STATEMENT_ASSET, SUMS_ASSET, record_asset
from samebytes.model.tarball import Tarball

NO_TARBALL = "the registry lists this version, and its tarball is gone"


def judge(tarball: Tarball, observation: PackageObservation | None) -> MemberState:
    """How the site's version compares with this tarball: same sha512 *and* same install-relevant manifest, or not."""
    return judge_digest(tarball.id, tarball.sha512, version_manifest(tarball), observation)


def judge_digest(
    id: PackageId,  # noqa: A002  the field's own word
    sha512: Digest,
    manifest: JsonObject | None,
    observation: PackageObservation | None,
) -> MemberState:
    """The same where only a statement is at hand; without a manifest only the bytes are compared.

    A version without a sha512 is `Unknown`: presence is not identity.
    """
    version = find_version(id, observation)
    if not isinstance(version, ObservedVersion):
        return version
    if version.integrity is None or version.integrity.algorithm != sha512.algorithm:
        return Unknown(id=id, code="SB-6022", why=f"the site shows {id} without a {sha512.algorithm} digest")
    if version.integrity != sha512:
        return Different(id=id, expected=sha512, found=version.integrity)
    fields = differences(manifest, version.manifest, version.kept_fields) if manifest is not None else ()
    if fields:
        return ManifestDiffers(id=id, fields=fields)
    return Same(id=id) if version.served else Broken(id=id)


def find_version(
    id: PackageId,  # noqa: A002  the field's own word
    observation: PackageObservation | None,
) -> ObservedVersion | Absent | Unknown:
    """The version as the registry shows it, or why there is nothing to compare."""
    if observation is None:
        return Unknown(id=id, code="SB-6021", why="the site did not say what it has")
    if isinstance(observation, UnreadablePackage):
        return Unknown(id=id, code=observation.code, why=observation.why)
    return observation.versions.get(id.version.text) or Absent(id=id)


def stop_unless_clear(site: str, states: Iterable[MemberState], known: Mapping[PackageId, Sequence[Change]]) -> None:
    """Raise before the first write when anything at the site differs or cannot be told.

    `known` says where the bytes differ, for members whose other side somebody has a statement of. A difference comes
    first (BytesDifferError SB-6020, exit 10): it is certain, whatever else could not be read (SiteError SB-6021, 13).
    """
    states = tuple(states)
    differing = {
        str(state.id): _difference(state) for state in states if isinstance(state, Different | ManifestDiffers)
    }
    if differing:
        changes = [change for package in known.values() for change in package]
        raise BytesDifferError(
            "SB-6020",
            f"site {site!r} already serves something else as {_some(differing)}",
            hint="nothing was written; a version that is out is final: fix the build so that it reproduces, or bump the version",
            details=differing | as_details(changes),
        )
    unknown = {str(state.id): f"{state.why} ({state.code})" for state in states if isinstance(state, Unknown)}
    if unknown:
        raise SiteError(
            "SB-6021",
            f"site {site!r} cannot be read for {_some(unknown)}",
            hint="nothing was written; run again once the site can be read",
            details=unknown,
        )


def plan_uploads(
    states: Iterable[MemberState], levels: Sequence[Sequence[PackageName]], wanted: Collection[PackageName]
) -> tuple[Upload, ...]:
    """The absent ones among the wanted, dependencies first, under the holding tag; broken ones without moving a tag.

    A release has one version of a package, so two versions of one package are never on the way at once: servers
    corrupt dist-tags then (Gitea 1.25.4 on PostgreSQL).
    """
    level_of = {name: number for number, level in enumerate(levels) for name in level}
    uploads = (
        Upload(
            id=state.id,
            dist_tag=HOLD_TAG if isinstance(state, Absent) else "",
            level=level_of.get(state.id.name, len(levels)),
        )
        for state in states
        if isinstance(state, Absent | Broken) and state.id.name in wanted
    )
    return tuple(sorted(uploads, key=lambda upload: (upload.level, upload.id)))


def plan_assets(tag: str, names: Sequence[str], present: Collection[str]) -> tuple[PutAsset, ...]:
    """The assets that are not there, in the order of `names`.

    Where one that `SHA512SUMS` lists has gone, it is put back although the list is there already.
    """
    return tuple(PutAsset(tag=tag, name=name) for name in names if name not in present)


def asset_names(ids: Iterable[PackageId], site: str) -> tuple[str, ...]:
    """The assets of a release in the order they are stored: what is listed, then the list, then what is never listed."""
    return (*(package.asset_name for package in ids), STATEMENT_ASSET, SUMS_ASSET, record_asset(site))


def dist_tags(observations: Iterable[PackageObservation]) -> dict[PackageName, Mapping[str, str]]:
    """The dist-tags of every package that could be read."""
    return {seen.name: seen.dist_tags for seen in observations if isinstance(seen, ObservedPackage)}


def tags_after(
    uploads: Iterable[Upload], now: Mapping[PackageName, Mapping[str, str]]
) -> dict[PackageName, Mapping[str, str]]:
    """The dist-tags as they will be once the uploads are done."""
    held = {upload.id.name: {upload.dist_tag: upload.id.version.text} for upload in uploads if upload.dist_tag}
    return {name: {**tags, **held.get(name, {})} for name, tags in now.items()}


def _difference(state: Different | ManifestDiffers) -> str:
    if isinstance(state, Different):
        return f"expected {state.expected.integrity}, found {state.found.integrity}"
    return f"equal bytes, but the registry tells clients another {', '.join(state.fields)}"


def _some(members: Collection[str]) -> str:
    first = next(iter(members))
    return first if len(members) == 1 else f"{first} and {len(members) - 1} more"
