"""Where releases stand, a table of tags and sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from samebytes.model.outcome import MemberPresence, SiteStatus
from samebytes.reports.columns import columns, plural


def status_text(statuses: Mapping[str, Sequence[SiteStatus]], *, members: bool) -> str:
    """A row a tag, a column a site; with `members` each member's state below."""
    if not statuses:
        return "no site has a release yet"
    sites = [status.site for status in next(iter(statuses.values()))]
    rows = [["", *sites], *([tag, *(status.state.value for status in row)] for tag, row in statuses.items())]
    lines = [columns(rows)]
    for row in statuses.values():
        for status in row:
            lines += [f"\n{status.tag} at {status.site}: {status.state.value}, {status.why}"] if members else []
            lines += [_members(status)] if members and status.members else []
    for tag, row in statuses.items():
        held = differing_statements(row)
        told = ", ".join(f"{site} {sha256[:12]}" for site, sha256 in held.items())
        lines += [f"note: sites hold different statements of {tag} ({told}): samebytes verify {tag}"] if held else []
    uncompared = _uncompared(statuses)
    if uncompared:
        what = plural(uncompared, "manifest was", "manifests were")
        lines.append(f"note: {what} not compared, enough tarballs were read: samebytes verify TAG")
    return "\n".join(lines)


def differing_statements(statuses: Iterable[SiteStatus]) -> dict[str, str]:
    """Site to the sha256 of its statement, where the sites hold more than one statement of a tag; else empty."""
    held = {status.site: status.statement_sha256 for status in statuses if status.statement_sha256}
    return held if len(set(held.values())) > 1 else {}


def _uncompared(statuses: Mapping[str, Sequence[SiteStatus]]) -> int:
    members = (member for row in statuses.values() for status in row for member in status.members)
    return sum(member.presence is MemberPresence.SAME_BYTES for member in members)


def _members(status: SiteStatus) -> str:
    rows = [[str(m.id), m.presence.value, ", ".join(m.dist_tags) or "no dist-tag", m.why] for m in status.members]
    return columns(rows, indent="  ")


def status_document(statuses: Mapping[str, Sequence[SiteStatus]]) -> dict[str, object]:
    """The same as JSON."""
    return {
        "tags": [
            {
                "tag": tag,
                "statements_differ": bool(differing_statements(row)),
                "sites": [_site(status) for status in row],
            }
            for tag, row in statuses.items()
        ]
    }


def _site(status: SiteStatus) -> dict[str, object]:
    return {
        "site": status.site,
        "state": status.state.value,
        "why": status.why,
        "statement_sha256": status.statement_sha256,
        "members": [
            {"id": str(m.id), "presence": m.presence.value, "dist_tags": list(m.dist_tags), "why": m.why}
            for m in status.members
        ],
    }
