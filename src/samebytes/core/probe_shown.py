"""What a server says, before it is shown: without secrets, and cut, for a hostile one may say anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from samebytes.model.finding import Finding
from samebytes.model.probe import Proof, SiteProbe

_NAME_CHARACTERS, _TEXT_CHARACTERS = 100, 1000


def shown_probe(said: SiteProbe, mask: Callable[[str], str]) -> SiteProbe:
    """The same with masked texts, none of them too long."""
    return replace(
        said,
        version=_cut(mask(said.version), _NAME_CHARACTERS),
        user=_cut(mask(said.user), _NAME_CHARACTERS),
        findings=tuple(_shown(finding, mask) for finding in said.findings),
    )


def shown_proof(proof: Proof, mask: Callable[[str], str]) -> Proof:
    """The same with masked texts, none of them too long."""
    return replace(
        proof,
        done=tuple(_cut(mask(line), _TEXT_CHARACTERS) for line in proof.done),
        findings=tuple(_shown(finding, mask) for finding in proof.findings),
    )


def _shown(finding: Finding, mask: Callable[[str], str]) -> Finding:
    return replace(
        finding,
        place=_cut(mask(finding.place), _TEXT_CHARACTERS),
        message=_cut(mask(finding.message), _TEXT_CHARACTERS),
        remedy=_cut(mask(finding.remedy), _TEXT_CHARACTERS),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
