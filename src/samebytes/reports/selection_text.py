"""What a tag ships, in order, and what each site would get: the output of `plan`."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.model.action import DropTag, SetTag, SitePlan
from samebytes.model.outcome import SiteOutlook
from samebytes.model.selection import Base, Selection
from samebytes.model.tag import NO_COMMIT, Commit
from samebytes.reports.columns import columns, plural
from samebytes.reports.findings_text import finding_documents, findings_text


def plan_text(commit: Commit, selection: Selection, outlooks: Sequence[SiteOutlook]) -> str:
    """The selection with its levels, what is left out and why, findings, and each site's actions."""
    what = f"{commit.name} ships" if commit.name else f"a tag at {commit.commit[:12]} would ship"
    what = "the checkout as it stands has" if commit.commit == NO_COMMIT else what
    lines = [
        f"{what} {plural(len(selection.members), 'member')} ({selection.rule.value}, {base_text(selection.base)}):"
    ]
    levels = {name: index for index, level in enumerate(selection.levels) for name in level}
    rows = [[str(member.id), f"level {levels[member.name]}", member.directory] for member in selection.members]
    lines += [columns(rows, indent="  ")]
    if selection.cycles:
        lines += [f"cycle: {' -> '.join(map(str, (*cycle, cycle[0])))}" for cycle in selection.cycles]
    if selection.left_out:
        lines += ["", "left out:", columns([[str(out.name), out.why] for out in selection.left_out], indent="  ")]
    if selection.findings:
        lines += ["", findings_text(selection.findings)]
    if not outlooks:
        lines += ["", "no site is configured: this says what would be shipped, not where to"]
    for outlook in outlooks:
        lines += ["", outlook_text(outlook)]
    return "\n".join(lines)


def base_text(base: Base) -> str:
    """The base in words."""
    if base.is_first:
        return f"first release{', inferred: this clone has no earlier release tag' if base.inferred else ''}"
    return f"since {base.tag}{', inferred from history' if base.inferred else ''}"


def outlook_text(outlook: SiteOutlook) -> str:
    """One site: what would be uploaded, what is there, what would be promoted."""
    if outlook.unreadable:
        return f"site {outlook.site}: unreadable: {outlook.unreadable}"
    lines = [f"site {outlook.site}: {_summary(outlook.plan)}"]
    lines += [columns([[str(m.id), m.presence.value, m.why] for m in outlook.members], indent="  ")]
    lines += (
        [columns([_move_row(move) for move in outlook.plan.promotion], indent="  ")] if outlook.plan.promotion else []
    )
    lines += [f"  promotion held: {outlook.plan.why_held}"] if outlook.plan.why_held else []
    lines += [f"  note: {note}" for note in outlook.notes]
    if outlook.stop:
        lines += [f"  publish would stop here before its first write, with exit code {int(outlook.stop)}"]
    return "\n".join(lines)


def _summary(plan: SitePlan) -> str:
    parts = [plural(len(plan.uploads), "upload"), plural(len(plan.assets), "asset")]
    parts += [plural(len(plan.promotion), "dist-tag move")]
    return ", ".join(parts)


def _move_row(move: SetTag | DropTag) -> list[str]:
    if isinstance(move, SetTag):
        return [str(move.name), move.dist_tag, f"{move.previous or 'none'} -> {move.version}"]
    return [str(move.name), move.dist_tag, f"{move.version} -> none"]


def moves_text(moves: Sequence[SetTag | DropTag]) -> str:
    """The dist-tags that move, a line each."""
    return columns([_move_row(move) for move in moves], indent="  ")


def plan_document(commit: Commit, selection: Selection, outlooks: Sequence[SiteOutlook]) -> dict[str, object]:
    """The same as JSON."""
    return {
        "tag": commit.name,
        "commit": commit.commit,
        "rule": selection.rule.value,
        "base": {"tag": selection.base.tag, "commit": selection.base.commit, "inferred": selection.base.inferred},
        "members": [
            {"name": str(m.name), "version": str(m.version), "directory": m.directory} for m in selection.members
        ],
        "levels": [[str(name) for name in level] for level in selection.levels],
        "cycles": [[str(name) for name in cycle] for cycle in selection.cycles],
        "left_out": [{"name": str(out.name), "why": out.why} for out in selection.left_out],
        "findings": finding_documents(selection.findings),
        "sites": [outlook_document(outlook) for outlook in outlooks],
    }


def outlook_document(outlook: SiteOutlook) -> dict[str, object]:
    """One site's outlook as JSON."""
    return {
        "site": outlook.site,
        "unreadable": outlook.unreadable,
        "plan": site_plan_document(outlook.plan),
        "members": [
            {"id": str(m.id), "presence": m.presence.value, "dist_tags": list(m.dist_tags), "why": m.why}
            for m in outlook.members
        ],
        "notes": list(outlook.notes),
        "publish_exit_status": int(outlook.stop),
    }


def site_plan_document(plan: SitePlan) -> dict[str, object]:
    """A plan as JSON: uploads, assets and promotion, in the order in which they are done."""
    return {
        "uploads": [{"id": str(up.id), "dist_tag": up.dist_tag, "level": up.level} for up in plan.uploads],
        "assets": [asset.name for asset in plan.assets],
        "promotion": move_documents(plan.promotion),
        "why_held": plan.why_held,
    }


def move_documents(moves: Sequence[SetTag | DropTag]) -> list[dict[str, str]]:
    """Dist-tag moves as JSON; `to` is empty where the tag is removed."""
    return [
        {
            "name": str(move.name),
            "dist_tag": move.dist_tag,
            "from": move.previous if isinstance(move, SetTag) else move.version,
            "to": move.version if isinstance(move, SetTag) else "",
        }
        for move in moves
    ]
