"""Publish a built release to one site in seven steps; a re-run is always the repair.

1. observe, 2. judge and gate, 3. upload under the holding tag, 4. read back, 5. release and assets, `SHA512SUMS` last,
6. build record (receipts come with signatures), 7. promote. All of it under the site's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from samebytes.core.gate import check_expected, refuse_snapshot, remembered
from samebytes.core.policy import Policy
from samebytes.core.promote import check_dist_tag, plan_hold, plan_pass
from samebytes.core.reconcile import dist_tags
from samebytes.flows.find_causes import changes_with_causes
from samebytes.flows.known_statements import STATEMENT_KIND
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.move_tags import move_tags
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish_outcome import outcome
from samebytes.flows.release_assets import store
from samebytes.flows.site_lease import KeptLease, site_lease
from samebytes.flows.survey import Aim, Survey, ask_of, survey, wanted_members, with_promotion
from samebytes.flows.upload import read_back, upload
from samebytes.formats import build_record
from samebytes.model.counted import plural
from samebytes.model.digests import sha256
from samebytes.model.outcome import PublishOutcome
from samebytes.model.release import Release, record_asset
from samebytes.system.clock import Clock

RECORD_KIND = "build-record"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How to publish: `holder` is a line that tells people who has the lock, `only` are names or globs of members.

    `expect` is the statement the build must reproduce. `promote=False` stops after the read-back (`not-asked`).
    """

    holder: str
    policy: Policy
    dist_tag: str = "latest"
    only: tuple[str, ...] = ()
    expect: Release | None = None
    promote: bool = True
    dry_run: bool = False


def publish(
    built: BuiltRelease, at: OpenSite, options: PublishOptions, clock: Clock, tell: Callable[[str], None]
) -> PublishOutcome:
    """Make a site serve exactly this release, and promote it where the policy allows; `tell` gets lines of progress.

    Raises RefusedError (12: a snapshot, a tag bound to something else), BytesDifferError (10: before the first write
    when anything at the site or in `expect` differs), ConfigError (3: `only` matches nothing), SiteError (13),
    DeadlineError (15: no lock, or the lock was lost).
    """
    refuse_snapshot(built.release.tag, built.release.commit)
    check_dist_tag(options.dist_tag)
    if options.expect is not None:
        check_expected(options.expect, built.release, changes_with_causes(options.expect, built))
    aim = Aim(
        built=built,
        wanted=wanted_members(built.release, options.only),
        policy=options.policy,
        dist_tag=options.dist_tag,
        promote=options.promote,
    )
    if options.dry_run:
        return outcome(aim, survey(aim, at), changed=False, dry_run=True)
    with site_lease(at, options.holder, clock, tell) as lease:
        return _apply(aim, at, lease, tell)


def _apply(aim: Aim, at: OpenSite, lease: KeptLease, tell: Callable[[str], None]) -> PublishOutcome:
    tell(f"observing {plural(len(aim.release.subjects), 'package')} at {at.id}")
    found = survey(aim, at, lease.keep)
    _bind(aim, at, found, lease)
    upload(at, aim.built.packed, found.plan.uploads, lease, tell)
    members = [member for member in aim.built.packed if found.complete or member.tarball.id.name in aim.wanted]
    served = read_back(at, members, lease, tell)
    store(at, aim.built, found.plan.assets, lease)
    recorded = _keep_record(aim, at, found)
    # Planned again from what was just read back: a server may invent tags on upload, a person may have moved some.
    why, tags = found.promotion.why_held, dist_tags(served.values())
    there = [member.tarball.id for member in members]
    found = with_promotion(found, plan_hold(why, there, tags) if why else plan_pass(ask_of(aim), tags, found.journal))
    move_tags(at, found.promotion, found.journal, lease, tell)
    return outcome(aim, found, changed=recorded or _writes(found), dry_run=False)


def _bind(aim: Aim, at: OpenSite, found: Survey, lease: KeptLease) -> None:
    """Keep the statement (where no release will hold it, the record too) and bind the tag to it before the first upload, so that a tag that moves later is refused."""
    if at.evidence is not None and (found.binds or at.state is None):
        at.evidence.add(STATEMENT_KIND, aim.built.statement)
        if at.releases is None:
            at.evidence.add(RECORD_KIND, build_record.write(aim.built.record))
    if at.state is not None and found.binds:
        names = [subject.id.name for subject in aim.release.subjects]
        needs = aim.built.selection.needs
        at.state.remember(remembered(aim.built.commit, aim.statement_sha256, names, needs), lease)


def _keep_record(aim: Aim, at: OpenSite, found: Survey) -> bool:
    """Keep the record that the release holds as evidence too; whether that was new.

    Without a release the record of the build that bound the tag was kept when it did.
    """
    if at.evidence is None or at.releases is None or not found.complete:
        return False
    data = at.releases.read(aim.release.tag, record_asset(at.id), build_record.LIMIT_BYTES)
    if data is None or at.evidence.get(RECORD_KIND, sha256(data), build_record.LIMIT_BYTES) is not None:
        return False
    at.evidence.add(RECORD_KIND, data)
    return True


def _writes(found: Survey) -> bool:
    plan, promotion = found.plan, found.promotion
    return bool(found.binds or plan.uploads or plan.assets or promotion.moves or promotion.entry)
