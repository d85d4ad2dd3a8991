"""Look at a site before anything is written: observe, judge, gate, and plan the rest of a publish run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from samebytes.core.filters import wanted_of
from samebytes.core.gate import check_memory, check_repository
from samebytes.core.needs import names_of, unmet
from samebytes.core.policy import Policy, rule
from samebytes.core.promote import Ask, Pass, plan_hold, plan_pass
from samebytes.core.reconcile import dist_tags, judge, plan_assets, plan_uploads, stop_unless_clear, tags_after
from samebytes.flows.explain_served import changes_to_served
from samebytes.flows.known_statements import changes_to_bound
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.release_assets import assets_of, check_stored
from samebytes.model.action import SitePlan, Upload
from samebytes.model.digests import sha256
from samebytes.model.local_state import PromotionEntry
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import MemberState, ObservedPackage, PackageObservation, Same
from samebytes.model.release import Release

NO_STATE = "this site keeps no state: there is no lock, no memory of tags and no undo"
NO_RELEASES = "this site keeps no releases: the statement of this tag is not stored here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a publish run is after: the build, the members wanted now, and the promotion policy.

    `promote` is False when the run was asked to stop after the read-back.
    """

    built: BuiltRelease
    wanted: frozenset[PackageName]
    policy: Policy
    dist_tag: str
    promote: bool

    @property
    def release(self) -> Release:
        """The release to publish."""
        return self.built.release

    @property
    def statement_sha256(self) -> str:
        """The identity of the release."""
        return sha256(self.built.statement).hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a site has and what is to be done there; `binds` says that the tag is new to the site's memory.

    `complete` says that after the planned uploads every member is there, `journal` is the newest promotion so far.
    """

    states: tuple[MemberState, ...]
    plan: SitePlan
    promotion: Pass
    journal: PromotionEntry | None
    binds: bool
    complete: bool
    notes: tuple[str, ...]


def wanted_members(release: Release, only: tuple[str, ...]) -> frozenset[PackageName]:
    """The members that these names or globs choose; raises what `core.filters.wanted_of` raises."""
    return wanted_of((subject.id.name for subject in release.subjects), only, release.tag)


def survey(aim: Aim, at: OpenSite, beat: Callable[[], None] = lambda: None) -> Survey:
    """Everything a run has to know before its first write; `beat` is called while it takes long.

    Raises BytesDifferError (10), RefusedError (12) or SiteError (13) when the run must not start.
    """
    release, built, needs = aim.release, aim.built, aim.built.selection.needs
    names = [subject.id.name for subject in release.subjects]
    bindings = at.state.all_remembered() if at.state is not None else ()
    check_repository(at.id, bindings, built.commit, names)
    if at.releases is not None:
        at.releases.check_tag(built.commit)
    observed = at.registry.observe([*names, *names_of(needs)])
    states = tuple(judge(member.tarball, observed.get(member.tarball.id.name)) for member in built.packed)
    stop_unless_clear(at.id, states, changes_to_served(built, at, states))
    memory = next((binding for binding in bindings if binding.tag == release.tag), None)
    rebuilt = memory is not None and memory.statement_sha256 != aim.statement_sha256
    bound = changes_to_bound(release, at, memory.statement_sha256) if memory is not None and rebuilt else ()
    check_memory(memory, built.commit, aim.statement_sha256, bound)
    assets = assets_of(built, at.id)
    stored = check_stored(built, at, assets, beat)
    uploads = plan_uploads(states, built.selection.levels, aim.wanted)
    uploading = {upload.id for upload in uploads}
    complete = all(isinstance(state, Same) or state.id in uploading for state in states)
    journal = at.state.journal(release.tag) if at.state is not None else None
    ruling = rule(aim.policy, complete=complete, unmet=unmet(needs, observed))
    held = ruling.why_held or ("" if aim.promote else "this run was asked not to promote")
    tags = tags_after(uploads, dist_tags(observed.values()))
    there = [state.id for state in states if isinstance(state, Same)]
    promotion = plan_hold(held, there, tags) if held else plan_pass(ask_of(aim), tags, journal)
    return Survey(
        states=states,
        plan=SitePlan(
            site=at.id,
            uploads=uploads,
            assets=plan_assets(release.tag, tuple(assets), stored) if complete and at.releases is not None else (),
            promotion=promotion.moves,
            why_held=promotion.why_held,
        ),
        promotion=promotion,
        journal=journal,
        binds=memory is None and at.state is not None,
        complete=complete,
        notes=(*ruling.notes, *site_notes(at), *early_notes(at, uploads, observed)),
    )


def with_promotion(found: Survey, promotion: Pass) -> Survey:
    """The same survey with another pass of dist-tags."""
    plan = replace(found.plan, promotion=promotion.moves, why_held=promotion.why_held)
    return replace(found, plan=plan, promotion=promotion)


def ask_of(aim: Aim) -> Ask:
    """The promotion that a publish run makes by itself."""
    return Ask(
        release_tag=aim.release.tag,
        dist_tag=aim.dist_tag,
        targets=in_upload_order(aim.built),
        asked=False,
    )


def in_upload_order(built: BuiltRelease) -> tuple[PackageId, ...]:
    """Every member of the release, dependencies first."""
    level_of = {name: number for number, level in enumerate(built.selection.levels) for name in level}
    ids = (subject.id for subject in built.release.subjects)
    return tuple(sorted(ids, key=lambda package: (level_of.get(package.name, len(level_of)), package)))


def early_notes(
    at: OpenSite, uploads: Sequence[Upload], observed: Mapping[PackageName, PackageObservation]
) -> tuple[str, ...]:
    """Which members clients can see before the promotion, because the server invents `latest` for a new package."""
    seen = ((upload.id, observed.get(upload.id.name)) for upload in uploads if upload.dist_tag)
    new = [str(id_) for id_, found in seen if isinstance(found, ObservedPackage) and not found.versions]
    if not new or not at.registry.invents_latest():
        return ()
    return (f"this server shows latest of a new package as soon as it is uploaded: {', '.join(new)}",)


def site_notes(at: OpenSite) -> tuple[str, ...]:
    """What a site of this kind cannot do."""
    missing = ((at.state, NO_STATE), (at.releases, NO_RELEASES))
    return tuple(note for part, note in missing if part is None)
