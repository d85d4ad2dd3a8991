"""What a publish run reports."""

from __future__ import annotations

from samebytes.flows.survey import Aim, Survey
from samebytes.formats import fingerprint
from samebytes.model.digests import from_hex
from samebytes.model.observed import MemberState, Same
from samebytes.model.outcome import MemberOutcome, Promotion, PublishOutcome


def outcome(aim: Aim, found: Survey, *, changed: bool, dry_run: bool) -> PublishOutcome:
    """The outcome of a run that did all it may do, or of one that only looked."""
    return PublishOutcome(
        site=found.plan.site,
        tag=aim.release.tag,
        members=tuple((state.id, _member(state, aim, dry_run=dry_run)) for state in found.states),
        statement_sha256=aim.statement_sha256,
        fingerprint=fingerprint.write(from_hex("sha256", aim.statement_sha256)),
        plan=found.plan,
        promotion=_promotion(aim, found),
        why_held=found.promotion.why_held,
        partial=not found.complete,
        changed=changed,
        dry_run=dry_run,
        notes=found.notes,
    )


def _member(state: MemberState, aim: Aim, *, dry_run: bool) -> MemberOutcome:
    if isinstance(state, Same):
        return MemberOutcome.ALREADY_SAME
    if state.id.name not in aim.wanted:
        return MemberOutcome.LEFT_OUT
    return MemberOutcome.WOULD_PUBLISH if dry_run else MemberOutcome.PUBLISHED


def _promotion(aim: Aim, found: Survey) -> Promotion:
    if not aim.promote:
        return Promotion.NOT_ASKED
    if found.promotion.why_held:
        return Promotion.HELD
    return Promotion.PROMOTED if found.promotion.moves or found.promotion.entry else Promotion.ALREADY
