"""A verification as a matrix of members and sites, and its verdict in words."""

from __future__ import annotations

from samebytes.model.verdict import Cell, Proof, Verdict
from samebytes.reports.columns import columns, plural

_SHOWN = {
    Cell.SAME: "same",
    Cell.DIFFERENT: "DIFFERENT",
    Cell.MANIFEST_DIFFERS: "MANIFEST DIFFERS",
    Cell.MISSING: "missing",
    Cell.UNREADABLE: "unreadable",
}


def verdict_text(verdict: Verdict) -> str:
    """The matrix, the reasons, and the verdict as the last line."""
    header = ["", *(site.site for site in verdict.sites)]
    documents = ["release documents", *(site.documents.value for site in verdict.sites)]
    rows = [
        [str(id_), *(_SHOWN[verdict.cell(id_, site.site).cell] for site in verdict.sites)] for id_ in verdict.members
    ]
    lines = [columns([header, *rows, documents])]
    lines += [f"- {reason}" for reason in verdict.reasons]
    lines += [f"note: {note}" for note in verdict.notes]
    lines += [f"fingerprint: {verdict.fingerprint}"] if verdict.fingerprint else []
    return "\n".join([*lines, _sentence(verdict)])


def _sentence(verdict: Verdict) -> str:
    if verdict.tag_moved:
        return f"NOT proven: in this clone {verdict.tag} names another commit than the one that was released as {verdict.tag}"
    members, sites = plural(len(verdict.members), "member"), plural(len(verdict.sites), "site")
    how = "every byte was read" if verdict.deep else "by digest and manifest; --deep reads every byte"
    return {
        Proof.PROVEN: f"proven: {verdict.tag}, {members} at {sites}, the same bytes ({how})",
        Proof.DIFFER: f"NOT the same: {verdict.tag} differs between what was promised and what is served",
        Proof.UNREADABLE: f"not proven: {verdict.tag}, something could not be read",
        Proof.MISSING: f"not proven: {verdict.tag}, evidence is missing",
    }[verdict.proof]


def verdict_document(verdict: Verdict) -> dict[str, object]:
    """The same as JSON."""
    return {
        "tag": verdict.tag,
        "proof": verdict.proof.value,
        "exit_status": int(verdict.exit_status),
        "deep": verdict.deep,
        "reference": verdict.reference,
        "statement_sha256": verdict.statement_sha256,
        "fingerprint": verdict.fingerprint,
        "sites": [
            {
                "site": site.site,
                "documents": site.documents.value,
                "statement_sha256": site.statement_sha256,
                "why": site.why,
            }
            for site in verdict.sites
        ],
        "cells": [
            {"id": str(cell.id), "site": cell.site, "cell": cell.cell.value, "why": cell.why} for cell in verdict.cells
        ],
        "tag_moved": verdict.tag_moved,
        "reasons": list(verdict.reasons),
        "notes": list(verdict.notes),
    }
