"""Where a release stands at each site."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.core.judge_status import Standing, member_status, site_state, tagged_version
from samebytes.errors import SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import read_documents
from samebytes.model.names import PackageId
from samebytes.model.outcome import SiteState, SiteStatus


def status(tag: str, members: Sequence[PackageId], sites: Sequence[OpenSite], dist_tag: str) -> tuple[SiteStatus, ...]:
    """The state of one tag at each site, in the order given; a site that cannot be read is a value, never an exception.

    `members` is what the tag ships as far as the caller knows (from git), used where a site has no statement of its own.
    Digests are compared, manifests are not: that is what `verify` does.
    """
    return tuple(_status_at(at, tag, members, dist_tag) for at in sites)


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


def _status_at(at: OpenSite, tag: str, members: Sequence[PackageId], dist_tag: str) -> SiteStatus:
    try:
        return _read_status(at, tag, members, dist_tag)
    except SiteError as error:
        why = f"{error.summary} ({error.code})"
        return SiteStatus(site=at.id, tag=tag, state=SiteState.UNREADABLE, statement_sha256="", members=(), why=why)


def _read_status(at: OpenSite, tag: str, members: Sequence[PackageId], dist_tag: str) -> SiteStatus:
    documents = read_documents(tag, at)
    stated = {subject.id: subject.sha512 for subject in documents.release.subjects} if documents.release else {}
    ids = tuple(stated) or tuple(members)
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
    return SiteStatus(
        site=at.id, tag=tag, state=state, statement_sha256=documents.statement_sha256, members=statuses, why=why
    )
