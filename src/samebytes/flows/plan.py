"""What publishing a selection would do at each site, decided without a build and without a write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.core.gate import check_repository, tag_change
from samebytes.core.judge_status import member_status
from samebytes.core.needs import names_of, unmet
from samebytes.core.policy import Policy, rule
from samebytes.core.promote import Ask, plan_pass
from samebytes.core.reconcile import asset_names, dist_tags, find_version, plan_assets, plan_uploads, tags_after
from samebytes.errors import ExitStatus, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import read_documents
from samebytes.flows.survey import early_notes, site_notes
from samebytes.model.action import SitePlan
from samebytes.model.local_state import Remembered
from samebytes.model.names import PackageId
from samebytes.model.observed import Absent, Broken, MemberState, PackageObservation, Same
from samebytes.model.outcome import MemberPresence, MemberStatus, SiteOutlook
from samebytes.model.selection import Selection
from samebytes.model.tag import Commit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Intent:
    """What would be published, and how it would be promoted."""

    selection: Selection
    commit: Commit
    policy: Policy
    dist_tag: str

    @property
    def ids(self) -> tuple[PackageId, ...]:
        """Every member, dependencies first."""
        return tuple(member.id for member in self.selection.members)


def plan(
    selection: Selection, commit: Commit, sites: Sequence[OpenSite], policy: Policy, dist_tag: str
) -> tuple[SiteOutlook, ...]:
    """Each site's actions, in the order given; a site that cannot be read is a value, never an exception.

    For a snapshot (a commit without a tag) the outlook shows what a tag here would upload; nothing can publish it.
    Raises RefusedError (SB-6102; 12) where another repository has released this tag, or one of these packages, at a site.
    """
    intent = _Intent(selection=selection, commit=commit, policy=policy, dist_tag=dist_tag)
    return tuple(_outlook(intent, at) for at in sites)


def _outlook(intent: _Intent, at: OpenSite) -> SiteOutlook:
    try:
        return _read_outlook(intent, at)
    except SiteError as error:
        return _unreadable(at, (), f"{error.summary} ({error.code})")


def _read_outlook(intent: _Intent, at: OpenSite) -> SiteOutlook:
    tag, ids = intent.commit.name, intent.ids
    documents = read_documents(tag, at) if tag else None
    release = documents.release if documents is not None else None
    stated = {subject.id: subject.sha512 for subject in release.subjects} if release is not None else {}
    needs, names = intent.selection.needs, [package.name for package in ids]
    bindings = at.state.all_remembered() if at.state is not None else ()
    check_repository(at.id, bindings, intent.commit, names)
    observed = at.registry.observe([*names, *names_of(needs)])
    members = tuple(member_status(package, stated.get(package), None, observed.get(package.name)) for package in ids)
    unreadable = [member for member in members if member.presence is MemberPresence.UNREADABLE]
    if unreadable:
        return _unreadable(at, members, f"{unreadable[0].id}: {unreadable[0].why}")
    uploads = plan_uploads(
        [_assumed(one, observed.get(one.id.name)) for one in members], intent.selection.levels, names
    )
    tags = tags_after(uploads, dist_tags(observed.values()))
    journal = at.state.journal(tag) if at.state is not None and tag else None
    ask = Ask(release_tag=tag, dist_tag=intent.dist_tag, targets=ids, asked=False)
    ruling = rule(intent.policy, complete=True, unmet=unmet(needs, observed))
    promotion = plan_pass(ask, tags, journal)
    stored = (at.releases.assets(tag) if at.releases is not None and tag else None) or {}
    assets = plan_assets(tag, asset_names(ids, at.id), stored) if at.releases is not None else ()
    stops = _stops(intent, bindings, members)
    return SiteOutlook(
        site=at.id,
        plan=SitePlan(
            site=at.id,
            uploads=uploads,
            assets=assets,
            promotion=() if ruling.why_held else promotion.moves,
            why_held=ruling.why_held or promotion.why_held,
        ),
        members=members,
        unreadable="",
        notes=(
            *stops.values(),
            *_warnings(intent, members),
            *ruling.notes,
            *site_notes(at),
            *early_notes(at, uploads, observed),
        ),
        stop=next(iter(stops), ExitStatus.DONE),
    )


def _assumed(member: MemberStatus, seen: PackageObservation | None) -> MemberState:
    """Without a build nothing can be compared: what is there is taken for the same, and shown as `present`."""
    if member.presence is not MemberPresence.ABSENT:
        return Same(id=member.id)
    return Absent(id=member.id) if isinstance(find_version(member.id, seen), Absent) else Broken(id=member.id)


def _stops(
    intent: _Intent, bindings: Sequence[Remembered], members: Sequence[MemberStatus]
) -> Mapping[ExitStatus, str]:
    """How a publish run would end before its first write, and why, as far as it can be known without a build."""
    stops = {}
    commit = intent.commit
    different = [member for member in members if member.presence is MemberPresence.DIFFERENT]
    if different:
        stops[ExitStatus.BYTES_DIFFER] = (
            f"publishing will stop (SB-6020): {different[0].id} has other bytes than the site's own statement"
        )
    memory = next((binding for binding in bindings if binding.tag == commit.name), None)
    how = tag_change(memory, commit) if memory is not None else ""
    if how:
        why = f"publishing will be refused (SB-6101): {commit.name} {how} since this site first saw it"
        stops[ExitStatus.REFUSED] = why
    return stops


def _warnings(intent: _Intent, members: Sequence[MemberStatus]) -> tuple[str, ...]:
    """What a publish run would do otherwise than this plan says."""
    warnings = []
    if intent.commit.is_snapshot:
        warnings.append("only release tags are published: this shows what a tag on this commit would do")
    present = sum(member.presence is MemberPresence.PRESENT for member in members)
    if present:
        there = "1 version is" if present == 1 else f"{present} versions are"
        warnings.append(f"{there} there already: publish compares the bytes after the build")
    return tuple(warnings)


def _unreadable(at: OpenSite, members: tuple[MemberStatus, ...], why: str) -> SiteOutlook:
    nothing = SitePlan(site=at.id, uploads=(), assets=(), promotion=(), why_held="the site cannot be read")
    return SiteOutlook(site=at.id, plan=nothing, members=members, unreadable=why, notes=(), stop=ExitStatus.SITE)
