"""Move a dist-tag of all members of a published release, or put back what an earlier promotion moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from samebytes.core.needs import names_of, unmet
from samebytes.core.promote import Ask, Pass, check_dist_tag, plan_pass, plan_undo
from samebytes.core.reconcile import dist_tags, judge_digest, stop_unless_clear
from samebytes.errors import BytesDifferError, EvidenceMissingError, RefusedError, SiteError
from samebytes.flows.move_tags import move_tags
from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import expected_manifests, read_documents
from samebytes.flows.site_lease import site_lease
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageName
from samebytes.model.observed import Absent, Broken, PackageObservation, UnreadablePackage
from samebytes.model.outcome import PromoteOutcome
from samebytes.model.release import Release
from samebytes.model.settings import PromoteWhen
from samebytes.model.verdict import Documents
from samebytes.system.clock import Clock

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteOptions:
    """How to promote: `holder` is a line that tells people who has the lock.

    `backwards` allows a move to a lower version, and of `latest` from a release to a prerelease; with `when` at
    `always` a release is promoted although the site lacks packages that it needs. `commit` is what git says the tag
    names, or empty when nobody knows.
    """

    holder: str
    dist_tag: str = "latest"
    when: PromoteWhen = PromoteWhen.POLICY
    backwards: bool = False
    dry_run: bool = False
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """A pass over a release's dist-tags and the journal it was planned from."""

    tag: str
    dist_tag: str
    moves: Pass
    journal: PromotionEntry | None
    undoes: bool
    notes: tuple[str, ...] = ()


def promote(tag: str, at: OpenSite, options: PromoteOptions, clock: Clock, tell: Tell) -> PromoteOutcome:
    """Point `options.dist_tag` of all members at the versions that this release ships; all of them or none.

    What the release ships is taken from the statement the site holds, and the registry must serve exactly that.
    Raises EvidenceMissingError (11: no complete release here), BytesDifferError (10), RefusedError (12: backwards,
    the tag has moved in this clone, or the site lacks what it needs), SiteError (13), DeadlineError (15).
    """
    check_dist_tag(options.dist_tag)
    return _run(lambda: _plan_promotion(tag, at, options), at, options, clock, tell)


def undo(tag: str, at: OpenSite, options: PromoteOptions, clock: Clock, tell: Tell) -> PromoteOutcome:
    """Put the dist-tags back where the journal says they were before this release was promoted.

    `options.dist_tag` and `backwards` do not matter: the journal says which tag moved. Raises EvidenceMissingError
    (11: no journal), RefusedError (12: a tag has moved on since), SiteError (13), DeadlineError (15).
    """
    return _run(lambda: _plan_undo(tag, at), at, options, clock, tell)


def _run(
    planning: Callable[[], _Planned], at: OpenSite, options: PromoteOptions, clock: Clock, tell: Tell
) -> PromoteOutcome:
    """Plan under the lock and carry it out, or only plan."""
    if options.dry_run:
        planned = planning()
    else:
        with site_lease(at, options.holder, clock, tell) as lease:
            planned = planning()
            move_tags(at, planned.moves, planned.journal, lease, tell)
    return PromoteOutcome(
        site=at.id,
        tag=planned.tag,
        dist_tag=planned.dist_tag,
        moves=planned.moves.moves,
        undone=planned.undoes,
        dry_run=options.dry_run,
        notes=planned.notes,
    )


def _plan_promotion(tag: str, at: OpenSite, options: PromoteOptions) -> _Planned:
    memory = at.state.remembered(tag) if at.state is not None else None
    release = _complete_release(tag, at, memory, knows_tag=bool(options.commit))
    needs = memory.needs if memory is not None else ()
    _refuse_moved(release, at, options.commit)
    observed = at.registry.observe([*(subject.id.name for subject in release.subjects), *names_of(needs)])
    manifests = expected_manifests(release.subjects, [at])
    states = [
        judge_digest(subject.id, subject.sha512, manifests.get(subject.id), observed.get(subject.id.name))
        for subject in release.subjects
    ]
    stop_unless_clear(at.id, states, {})
    gone = [state.id for state in states if isinstance(state, Absent | Broken)]
    if gone:
        raise EvidenceMissingError(
            "SB-7003", f"{gone[0]} is not at site {at.id!r}", hint=f"samebytes publish {tag} --site {at.id}"
        )
    lacking = unmet(needs, observed)
    if lacking and options.when is PromoteWhen.POLICY:
        raise RefusedError(
            "SB-6304",
            f"{tag} could not be installed from site {at.id!r}: {lacking}",
            hint='no tag was moved; publish the releases that ship these there, or set promote.when = "always"',
        )
    journal = at.state.journal(tag) if at.state is not None else None
    ask = Ask(
        release_tag=tag,
        dist_tag=options.dist_tag,
        targets=tuple(subject.id for subject in release.subjects),
        asked=True,
        backwards=options.backwards,
    )
    moves = plan_pass(ask, dist_tags(observed.values()), journal)
    if moves.why_held:
        raise RefusedError(
            "SB-6302",
            moves.why_held,
            hint="no tag was moved; `--backwards` says that you mean it",
        )
    notes = (lacking,) if lacking else ()
    return _Planned(tag=tag, dist_tag=options.dist_tag, moves=moves, journal=journal, undoes=False, notes=notes)


def _complete_release(tag: str, at: OpenSite, memory: Remembered | None, *, knows_tag: bool) -> Release:
    """The release as the site's own documents state it, where they are complete and what the tag is bound to."""
    judged = read_documents(tag, at)
    hint = f"samebytes publish {tag} --site {at.id}"
    if not knows_tag:
        hint = f"this clone has no tag {tag}: check the name (git tag --list), or run git fetch --tags and publish it"
    if judged.documents is Documents.UNREADABLE:
        raise SiteError("SB-6021", f"the release of {tag} at {at.id!r} cannot be read: {judged.why}")
    if judged.documents is Documents.DIFFERENT:
        raise BytesDifferError("SB-6023", f"the release of {tag} at {at.id!r} contradicts itself: {judged.why}")
    if judged.release is None or judged.documents is not Documents.COMPLETE:
        raise EvidenceMissingError("SB-7002", f"site {at.id!r} has no complete release: {judged.why}", hint=hint)
    if memory is not None and memory.statement_sha256 != judged.statement_sha256:
        raise RefusedError(
            "SB-6101",
            f"the release of {tag} at {at.id!r} is not the one that the site has bound this tag to",
            details={"bound to": memory.statement_sha256, "found": judged.statement_sha256},
        )
    return judged.release


def _refuse_moved(release: Release, at: OpenSite, commit: str) -> None:
    """Raise RefusedError (SB-6101) when this clone has the tag at another commit: which release is meant is not clear."""
    if commit and commit != release.commit:
        raise RefusedError(
            "SB-6101",
            f"tag {release.tag} names another commit in this clone than the one released at site {at.id!r}",
            hint="no tag was moved; released tags never change: put the tag back (`git fetch --tags --force` from a remote "
            "that has it), or release under a new one",
            details={"released": release.commit, "in this clone": commit},
        )


def _plan_undo(tag: str, at: OpenSite) -> _Planned:
    journal = at.state.journal(tag) if at.state is not None else None
    release = read_documents(tag, at).release
    if journal is None or release is None:
        raise EvidenceMissingError(
            "SB-7004",
            f"site {at.id!r} has no journal of a promotion of {tag}",
            hint="nothing was promoted from here, or this kind of site keeps no journal: move the tags by promoting",
        )
    observed = at.registry.observe([PackageName(name) for name in journal.after])
    _require_readable(at, observed.values())
    moves = plan_undo([subject.id for subject in release.subjects], dist_tags(observed.values()), journal)
    return _Planned(tag=tag, dist_tag=journal.dist_tag, moves=moves, journal=journal, undoes=True)


def _require_readable(at: OpenSite, observed: Iterable[PackageObservation]) -> None:
    for seen in observed:
        if isinstance(seen, UnreadablePackage):
            raise SiteError("SB-6021", f"{seen.name} at site {at.id!r} cannot be read: {seen.why} ({seen.code})")
