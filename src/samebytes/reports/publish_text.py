"""What `publish` and `promote` did, or would do."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.model.finding import Finding
from samebytes.model.outcome import MemberOutcome, PromoteOutcome, Promotion, PublishOutcome
from samebytes.reports.columns import columns, plural
from samebytes.reports.findings_text import finding_documents, findings_text
from samebytes.reports.selection_text import move_documents, moves_text, site_plan_document

_PROMOTION = {
    Promotion.PROMOTED: "promoted",
    Promotion.ALREADY: "already promoted",
    Promotion.NOT_ASKED: "not asked for",
}


def publishing_text(outcomes: Sequence[PublishOutcome], findings: Sequence[Finding]) -> str:
    """The findings of the build, which all sites share, then what came of each site."""
    parts = [findings_text(findings), *(publish_text(outcome) for outcome in outcomes)]
    return "\n\n".join(part for part in parts if part)


def publishing_document(outcomes: Sequence[PublishOutcome], findings: Sequence[Finding]) -> dict[str, object]:
    """The same as JSON."""
    return {
        "sites": [publish_document(outcome) for outcome in outcomes],
        "findings": finding_documents(findings),
    }


def publish_text(outcome: PublishOutcome) -> str:
    """A line a member, then what it came to; the last line is the one to read."""
    rows = [[str(id_), member.value] for id_, member in outcome.members]
    lines = [f"{outcome.tag} at {outcome.site}:", columns(rows, indent="  ")]
    if outcome.dry_run and outcome.plan.promotion:
        lines += ["dist-tags that would move:", moves_text(outcome.plan.promotion)]
    lines += [f"fingerprint: {outcome.fingerprint}", f"promotion: {_promotion(outcome)}"]
    lines += [f"note: {note}" for note in outcome.notes]
    return "\n".join([*lines, _closing(outcome)])


def _promotion(outcome: PublishOutcome) -> str:
    if outcome.promotion is Promotion.HELD:
        return f"held ({outcome.why_held})"
    if outcome.dry_run and outcome.promotion is Promotion.PROMOTED:
        return "would be promoted"
    return _PROMOTION[outcome.promotion]


def _closing(outcome: PublishOutcome) -> str:
    counted = [member for _, member in outcome.members]
    new = sum(member in {MemberOutcome.PUBLISHED, MemberOutcome.WOULD_PUBLISH} for member in counted)
    same = sum(member is MemberOutcome.ALREADY_SAME for member in counted)
    left = sum(member is MemberOutcome.LEFT_OUT for member in counted)
    stand = f"{same} already the same" + (f", {left} left out" if left else "")
    if outcome.dry_run:
        return f"dry run: {plural(new, 'member')} would be published, {stand}; nothing was written"
    if not outcome.changed and not outcome.partial:
        return f"nothing to do: {'the one member is' if same == 1 else f'all {same} are'} already the same"
    done = f"{plural(new, 'member')} published, {stand}"
    return f"partial: {done}; run again without a filter to finish" if outcome.partial else f"done: {done}"


def publish_document(outcome: PublishOutcome) -> dict[str, object]:
    """The same as JSON."""
    return {
        "site": outcome.site,
        "tag": outcome.tag,
        "members": [{"id": str(id_), "outcome": member.value} for id_, member in outcome.members],
        "statement_sha256": outcome.statement_sha256,
        "fingerprint": outcome.fingerprint,
        "plan": site_plan_document(outcome.plan),
        "promotion": outcome.promotion.value,
        "why_held": outcome.why_held,
        "partial": outcome.partial,
        "changed": outcome.changed,
        "dry_run": outcome.dry_run,
        "notes": list(outcome.notes),
    }


def promote_text(outcome: PromoteOutcome) -> str:
    """The dist-tags that moved, and what it came to."""
    what = f"{outcome.tag} at {outcome.site}"
    notes = [f"note: {note}" for note in outcome.notes]
    if not outcome.moves:
        return "\n".join([*notes, f"{what}: nothing to do, every dist-tag already stands there"])
    verb = "would move" if outcome.dry_run else "moved back" if outcome.undone else "moved"
    return "\n".join([moves_text(outcome.moves), *notes, f"{what}: {plural(len(outcome.moves), 'dist-tag')} {verb}"])


def promote_document(outcome: PromoteOutcome) -> dict[str, object]:
    """The same as JSON."""
    return {
        "site": outcome.site,
        "tag": outcome.tag,
        "dist_tag": outcome.dist_tag,
        "moves": move_documents(outcome.moves),
        "undone": outcome.undone,
        "dry_run": outcome.dry_run,
        "notes": list(outcome.notes),
    }
