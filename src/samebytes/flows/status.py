"""Where a release stands at each site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from samebytes.core.judge_status import Standing, member_status, site_state, tagged_version
from samebytes.errors import ExitStatus, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import read_documents
from samebytes.model.names import PackageId
from samebytes.model.outcome import SiteState, SiteStatus

Shipped = Callable[[], Sequence[PackageId]]


def status(tag: str, shipped: Shipped, sites: Sequence[OpenSite], dist_tag: str) -> tuple[SiteStatus, ...]:
    """The state of one tag at each site, in the order given; a site that cannot be read is a value, never an exception.

    `shipped` gives what the tag ships as far as the caller knows (from git, empty where nobody knows); it is asked at
    most once, where a site has no statement of its own. Digests are compared, manifests are not: `verify` does that.
    """
    once = cache(shipped)
    return tuple(_status_at(at, tag, once, dist_tag) for at in sites)


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


def _status_at(at: OpenSite, tag: str, shipped: Shipped, dist_tag: str) -> SiteStatus:
    try:
        return _read_status(at, tag, shipped, dist_tag)
    except SiteError as error:
        why = f"{error.summary} ({error.code})"
        return SiteStatus(site=at.id, tag=tag, state=SiteState.UNREADABLE, statement_sha256="", members=(), why=why)


def _read_status(at: OpenSite, tag: str, shipped: Shipped, dist_tag: str) -> SiteStatus:
    documents = read_documents(tag, at)
    stated = {subject.id: subject.sha512 for subject in documents.release.subjects} if documents.release else {}
    ids = tuple(stated) or tuple(shipped())
    observed = at.registry.observe([package.name for package in ids])
    statuses = tuple(member_status(package, stated.get(package), observed.get(package.name)) for package in ids)
    standing = Standing(
        documents=documents,
        members=statuses,
        dist_tag=dist_tag,
        tagged=tuple(tagged_version(observed.get(package.name), dist_tag) for package in ids),
        journal=at.state.journal(tag) if at.state is not None else None,
    )
    state, why = site_state(standing)
    if not ids and state is SiteState.ABSENT:
        why = "it has no release here, and this clone cannot tell which packages to look for"
    return SiteStatus(
        site=at.id, tag=tag, state=state, statement_sha256=documents.statement_sha256, members=statuses, why=why
    )
