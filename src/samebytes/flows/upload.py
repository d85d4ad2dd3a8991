"""Upload the planned tarballs level by level, and read back what the site then serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import groupby

from samebytes.core.install_manifest import version_manifest
from samebytes.core.reconcile import judge
from samebytes.errors import BytesDifferError, SiteError
from samebytes.flows.look_again import look_again
from samebytes.flows.open_site import OpenSite
from samebytes.flows.site_lease import KeptLease
from samebytes.model.action import HOLD_TAG, Upload
from samebytes.model.counted import plural
from samebytes.model.digests import Digest
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import (
    Absent,
    Broken,
    Different,
    ManifestDiffers,
    MemberState,
    PackageObservation,
    Same,
    Unknown,
)
from samebytes.model.site import ReadBack
from samebytes.model.tarball import PackedMember
from samebytes.registries.base import Registry, UploadPackage
from samebytes.system.content import HashingSink
from samebytes.system.pool import run_each

Tell = Callable[[str], None]


def upload(
    at: OpenSite, packed: Iterable[PackedMember], planned: tuple[Upload, ...], lease: KeptLease, tell: Tell
) -> None:
    """Carry out uploads: a level starts when the earlier ones are done, within a level they go in parallel.

    An upload that fails may have happened all the same: what the site has then decides. Raises SiteError (13).
    """
    by_id = {member.tarball.id: member for member in packed}
    for _, level in groupby(planned, key=lambda one: one.level):
        tasks = [
            partial(_upload_one, at.registry, by_id[one.id], one.dist_tag or HOLD_TAG, lease, tell) for one in level
        ]
        run_each(tasks, at.site.concurrency, lease.keep)


def read_back(
    at: OpenSite, members: Iterable[PackedMember], lease: KeptLease, tell: Tell
) -> Mapping[PackageName, PackageObservation]:
    """Hold everything the site serves against the release; by the site's policy also every byte.

    Raises BytesDifferError (SB-6031) for what is served otherwise, SiteError (SB-6030) for what is gone or unreadable.
    """
    tarballs = [member.tarball for member in members]
    tell(f"reading back {plural(len(tarballs), 'package')} from {at.id}")
    observed: dict[PackageName, PackageObservation] = {}

    def look() -> list[MemberState]:
        """Look at what has not been seen yet."""
        unseen = [one.id.name for one in tarballs if _is_gone(judge(one, observed.get(one.id.name)))]
        observed.update(at.registry.observe(unseen))
        return [judge(tarball, observed.get(tarball.id.name)) for tarball in tarballs]

    states = look_again(look, lambda found: not any(map(_is_gone, found)), lease)
    if at.site.read_back is ReadBack.BYTES and all(isinstance(state, Same) for state in states):
        states = run_each(
            [partial(judge_bytes, at.registry, tarball.id, tarball.sha512) for tarball in tarballs],
            at.site.concurrency,
            lease.keep,
        )
    for state in states:
        _require_same(at.id, state)
    return observed


def judge_bytes(registry: Registry, id: PackageId, sha512: Digest) -> MemberState:  # noqa: A002  the field's own word
    """How the bytes that a registry serves compare with what they should be; hashed as they come."""
    try:
        found = _stored_digest(registry, id)
    except SiteError as error:
        return Unknown(id=id, code=error.code, why=error.summary)
    if found is None:
        return Absent(id=id)
    return Same(id=id) if found == sha512 else Different(id=id, expected=sha512, found=found)


def _stored_digest(registry: Registry, id: PackageId) -> Digest | None:  # noqa: A002  the field's own word
    sink = HashingSink("sha512")
    return sink.digest if registry.read_tarball(id, sink) else None


def _upload_one(registry: Registry, member: PackedMember, dist_tag: str, lease: KeptLease, tell: Tell) -> None:
    tarball = member.tarball
    package = UploadPackage(packed=member, version_manifest=version_manifest(tarball), dist_tag=dist_tag)
    try:
        registry.upload(package, lease)
    except SiteError:
        # Ambiguous: the answer was lost, the upload perhaps not. Reading decides.
        seen = registry.observe([tarball.id.name]).get(tarball.id.name)
        if not isinstance(judge(tarball, seen), Same):
            raise
    tell(f"uploaded {tarball.id}")


def _is_gone(state: MemberState) -> bool:
    """Whether another look may find what this one did not."""
    return isinstance(state, Absent | Broken | Unknown)


def _require_same(site: str, state: MemberState) -> None:
    match state:
        case Same():
            return
        case Different():
            raise BytesDifferError(
                "SB-6031",
                f"site {site!r} serves other bytes of {state.id} than were uploaded",
                hint="nothing was promoted; look at what stores and serves tarballs there",
                details={str(state.id): f"expected {state.expected.integrity}, served {state.found.integrity}"},
            )
        case ManifestDiffers():
            raise BytesDifferError(
                "SB-6031",
                f"site {site!r} tells clients another {', '.join(state.fields)} of {state.id} than was sent",
                hint="nothing was promoted; somebody else publishes there, or the server rewrites manifests",
            )
        case Absent() | Broken():
            raise SiteError("SB-6030", f"{state.id} was uploaded and is not there", hint="run again")
        case Unknown():
            raise SiteError(
                "SB-6030", f"{state.id} cannot be read back from {site!r}: {state.why} ({state.code})", hint="run again"
            )
