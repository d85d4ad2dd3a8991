"""What a probe says of sites, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from samebytes.model.finding import Severity
from samebytes.model.probe import Proof, SiteProbe
from samebytes.reports.columns import columns, plural
from samebytes.reports.findings_text import finding_documents, findings_text

_MEBIBYTE = 1024 * 1024
_ANSWERS = {True: "yes", False: "no", None: "not told"}
_NAMES = {"npmjs": "npm's public registry", "npm": "an unknown npm registry", "directory": "a folder"}


def probe_text(probes: Sequence[SiteProbe]) -> str:
    """A block a site: what it is, what it supports, who we are and may, the findings, and how it ends."""
    return "\n\n".join(_site_text(probe) for probe in probes)


def probe_document(probes: Sequence[SiteProbe]) -> dict[str, object]:
    """The same as JSON."""
    return {"sites": [_site_document(probe) for probe in probes]}


def _site_text(probe: SiteProbe) -> str:
    rows = [[key, text] for key, text in _facts(probe) if text]
    parts = [f"{probe.site}: {_server(probe)}"]
    if rows:
        parts.append(columns(rows, indent="  "))
    if probe.proof is not None:
        parts.append("\n".join(f"  tried: {line}" for line in probe.proof.done))
    findings = findings_text(probe.all_findings)
    return "\n".join(part for part in (*parts, findings, f"{probe.site}: {_sum(probe)}") if part)


def _server(probe: SiteProbe) -> str:
    name = _NAMES.get(probe.product, probe.product.capitalize()) or f"no answer, kind {probe.kind}"
    version = f" {probe.version}" if probe.version else ""
    treated = f", treated as {probe.treated_as}" if probe.treated_as and probe.version else ""
    return f"{name}{version} at {probe.address}{treated}"


def _facts(probe: SiteProbe) -> Sequence[tuple[str, str]]:
    seen = f"{probe.looked_at} of {plural(probe.members, 'package')} of this workspace" if probe.members else ""
    return (
        *((key, text) for key, text in probe.supports.items()),
        *((key, _limit(key, number)) for key, number in probe.limits.items()),
        ("looked at", seen),
        ("token of", probe.user),
        *((f"may {key}", _ANSWERS[may]) for key, may in probe.rights.items()),
    )


def _limit(key: str, number: int | None) -> str:
    if number is None:
        return "not told"
    return f"{number // _MEBIBYTE} MiB" if key.endswith("bytes") else str(number)


def _sum(probe: SiteProbe) -> str:
    severities = [finding.severity for finding in probe.all_findings]
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    if errors:
        return f"a release would fail here: {plural(errors, 'error')}, {plural(warnings, 'warning')}"
    tried = "proven by a throwaway version" if probe.proof and probe.proof.done else "nothing was written to find out"
    return f"ready for a release ({tried}), {plural(warnings, 'warning')}"


def _site_document(probe: SiteProbe) -> dict[str, object]:
    return {
        "site": probe.site,
        "kind": probe.kind,
        "address": probe.address,
        "product": probe.product,
        "version": probe.version,
        "treated_as": probe.treated_as,
        "supports": dict(probe.supports),
        "limits": dict(probe.limits),
        "user": probe.user,
        "rights": dict(probe.rights),
        "packages": {"read": probe.looked_at, "members": probe.members},
        "findings": finding_documents(probe.all_findings),
        "proof": _proof_document(probe.proof),
    }


def _proof_document(proof: Proof | None) -> Mapping[str, object] | None:
    return None if proof is None else {"package": proof.package, "steps": list(proof.done)}
