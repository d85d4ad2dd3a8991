"""Where a release stands at each site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from samebytes.core.judge_sites import NO_MANIFEST
from samebytes.core.judge_status import Standing, member_status, site_state, tagged_version
from samebytes.core.reconcile import NO_TARBALL
from samebytes.errors import ExitStatus, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import read_documents
from samebytes.flows.tarball_manifests import TarballManifests
from samebytes.flows.upload import judge_bytes
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import Absent, Different, PackageObservation
from samebytes.model.outcome import MemberPresence, MemberStatus, SiteState, SiteStatus
from samebytes.model.release import Subject

Shipped = Callable[[], Sequence[PackageId]]

_NOT_COMPARED = "its manifest was not compared: enough tarballs were read"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The question that is put to each site."""

    tag: str
    shipped: Shipped
    sites: Sequence[OpenSite]
    dist_tag: str
    manifests: TarballManifests


def status(
    tag: str, shipped: Shipped, sites: Sequence[OpenSite], dist_tag: str, manifests: TarballManifests
) -> tuple[SiteStatus, ...]:
    """The state of one tag at each site, in the order given; a site that cannot be read is a value, never an exception.

    `shipped` gives what the tag ships as far as the caller knows (from git, empty where nobody knows); it is asked at
    most once, where a site has no statement of its own. Each site is held against its own statement, and the manifests
    that it tells clients against those in the tarballs, as far as `manifests` may read these.
    """
    asked = _Asked(tag=tag, shipped=cache(shipped), sites=sites, dist_tag=dist_tag, manifests=manifests)
    return tuple(_status_at(at, asked) for at in sites)


def exit_status(statuses: Iterable[SiteStatus], sites: Sequence[OpenSite], unknown: str) -> ExitStatus:
    """How a run ends that printed these statuses.

    SITE (13) where a site cannot be read, EVIDENCE_MISSING (11) where no site has heard of the tag `unknown`, which this
    clone does not know either (empty: it knows what was asked for).
    """
    states = {status.state for status in statuses}
    if SiteState.UNREADABLE in states:
        return ExitStatus.SITE
    if unknown and states <= {SiteState.ABSENT} and unknown not in known_tags(sites):
        return ExitStatus.EVIDENCE_MISSING
    return ExitStatus.DONE


def known_tags(sites: Sequence[OpenSite]) -> tuple[str, ...]:
    """The release tags that any of these sites has bound, sorted.

    A site that cannot be read hides none of the others' tags; SiteError (13) comes out only where nothing is left.
    """
    tags: set[str] = set()
    failures: list[SiteError] = []
    for at in sites:
        try:
            tags.update(memory.tag for memory in (at.state.all_remembered() if at.state is not None else ()))
        except SiteError as error:
            failures.append(error)
    if failures and not tags:
        raise failures[0]
    return tuple(sorted(tags))


def _status_at(at: OpenSite, asked: _Asked) -> SiteStatus:
    try:
        return _read_status(at, asked)
    except SiteError as error:
        why = f"{error.summary} ({error.code})"
        return SiteStatus(
            site=at.id, tag=asked.tag, state=SiteState.UNREADABLE, statement_sha256="", members=(), why=why
        )


def _read_status(at: OpenSite, asked: _Asked) -> SiteStatus:
    documents = read_documents(asked.tag, at)
    stated = {subject.id: subject for subject in documents.release.subjects} if documents.release else {}
    ids = tuple(stated) or tuple(asked.shipped())
    observed = at.registry.observe([package.name for package in ids])
    if stated:
        statuses = _stated_members(tuple(stated.values()), observed, at, asked)
    else:
        statuses = tuple(member_status(package, None, None, observed.get(package.name)) for package in ids)
    standing = Standing(
        documents=documents,
        members=statuses,
        dist_tag=asked.dist_tag,
        tagged=tuple(tagged_version(observed.get(package.name), asked.dist_tag) for package in ids),
        journal=at.state.journal(asked.tag) if at.state is not None else None,
    )
    state, why = site_state(standing)
    if not ids and state is SiteState.ABSENT:
        why = "it has no release here, and this clone cannot tell which packages to look for"
    return SiteStatus(
        site=at.id, tag=asked.tag, state=state, statement_sha256=documents.statement_sha256, members=statuses, why=why
    )


def _stated_members(
    subjects: Sequence[Subject],
    observed: Mapping[PackageName, PackageObservation],
    at: OpenSite,
    asked: _Asked,
) -> tuple[MemberStatus, ...]:
    """Digests first; only what has the right one is worth reading a tarball for."""
    by_digest = [member_status(one.id, one.sha512, None, observed.get(one.id.name)) for one in subjects]
    equal = [one for one, found in zip(subjects, by_digest, strict=True) if found.presence is MemberPresence.SAME_BYTES]
    others = [site for site in asked.sites if site is not at]
    manifests = asked.manifests.of(equal, [at, *others])
    return tuple(
        _with_manifest(subject, found, manifests, observed, at) if subject in equal else found
        for subject, found in zip(subjects, by_digest, strict=True)
    )


def _with_manifest(
    subject: Subject,
    found: MemberStatus,
    manifests: Mapping[PackageId, JsonObject | None],
    observed: Mapping[PackageName, PackageObservation],
    at: OpenSite,
) -> MemberStatus:
    if subject.id not in manifests:
        return replace(found, why=_NOT_COMPARED)
    manifest = manifests[subject.id]
    if manifest is not None:
        return member_status(subject.id, subject.sha512, manifest, observed.get(subject.id.name))
    # No site serves the stated bytes, whatever the registry says: what it does serve decides.
    match judge_bytes(at.registry, subject.id, subject.sha512):
        case Absent():
            return replace(found, presence=MemberPresence.ABSENT, why=NO_TARBALL)
        case Different(expected=expected, found=served):
            why = f"stated {expected.integrity}, served {served.integrity}"
            return replace(found, presence=MemberPresence.DIFFERENT, why=why)
        case _:
            return replace(found, presence=MemberPresence.UNREADABLE, why=NO_MANIFEST)
