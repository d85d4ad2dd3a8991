"""The verdict over sites: each member at each site against one reference statement, and what keeps it from being proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from samebytes.core.differences import as_details, compare, compare_subjects
from samebytes.core.judge_documents import JudgedDocuments
from samebytes.core.reconcile import NO_TARBALL, judge_digest
from samebytes.model.change import Change
from samebytes.model.json_value import JsonObject
from samebytes.model.observed import Absent, Broken, ManifestDiffers, MemberState, PackageObservation, Same, Unknown
from samebytes.model.release import Release, Subject
from samebytes.model.verdict import Cell, Documents, MemberAtSite, Proof, SiteDocuments

NO_MANIFEST = "the registry names the stated digest, but no site serves the tarball that says which manifest is right"
_FILES_NAMED = 3


def judge_cell(subject: Subject, manifest: JsonObject | None, seen: PackageObservation | None) -> MemberState:
    """How a registry's version compares with the reference, manifest included.

    When the digest is right but nobody could read the tarball that says which manifest is right, nothing is known.
    """
    state = judge_digest(subject.id, subject.sha512, manifest, seen)
    if isinstance(state, Same) and manifest is None:
        return Unknown(id=subject.id, code="SB-7005", why=NO_MANIFEST)
    return state


def cell(site: str, state: MemberState, theirs: Subject | None, reference: Subject) -> MemberAtSite:
    """A state as a cell; `theirs` is what the site's own statement says of the member, to name differing files."""
    found, why = _cell(state, theirs, reference)
    return MemberAtSite(id=state.id, site=site, cell=found, why=why)


def _cell(state: MemberState, theirs: Subject | None, reference: Subject) -> tuple[Cell, str]:
    if isinstance(state, Same):
        return Cell.SAME, ""
    if isinstance(state, Absent):
        return Cell.MISSING, "the registry has no such version"
    if isinstance(state, Broken):
        return Cell.MISSING, NO_TARBALL
    if isinstance(state, Unknown):
        return Cell.UNREADABLE, f"{state.why} ({state.code})"
    if isinstance(state, ManifestDiffers):
        return Cell.MANIFEST_DIFFERS, f"equal bytes, but clients are told another {', '.join(state.fields)}"
    known = compare_subjects(reference, theirs) if theirs is not None and theirs.sha512 == state.found else ()
    files = _files(known).replace(f"{state.id}: ", "")
    return Cell.DIFFERENT, files or f"expected {state.expected.integrity}, served {state.found.integrity}"


def compare_documents(
    site: str, judged: JudgedDocuments, reference: Release | None, statement_sha256: str
) -> SiteDocuments:
    """A site's documents, held also against the reference."""
    documents, why = judged.documents, judged.why
    if reference is not None and judged.release is not None and judged.statement_sha256 != statement_sha256:
        documents = Documents.DIFFERENT
        why = (
            _files(compare(reference, judged.release))
            or why
            or "its statement has the same tarballs and differs otherwise"
        )
    return SiteDocuments(site=site, documents=documents, statement_sha256=judged.statement_sha256, why=why)


def reasons(tag: str, sites: Sequence[SiteDocuments], cells: Sequence[MemberAtSite]) -> tuple[str, ...]:
    """A sentence for each thing that keeps this from being proven; a site that has nothing at all gets one."""
    found: list[str] = []
    for site in sites:
        here = [entry for entry in cells if entry.site == site.site]
        if site.documents is Documents.ABSENT and all(entry.cell is Cell.MISSING for entry in here):
            found.append(f"nothing of {tag} is published at {site.site}")
            continue
        if site.documents not in (Documents.COMPLETE, Documents.NOT_KEPT):
            found.append(f"release documents at {site.site}: {site.documents.value}: {site.why}")
        found.extend(
            f"{entry.id} at {site.site}: {entry.cell.value}: {entry.why}"
            for entry in here
            if entry.cell is not Cell.SAME
        )
    return tuple(found)


def proof(sites: Iterable[SiteDocuments], cells: Sequence[MemberAtSite]) -> Proof:
    """The worst of everything; without a single cell there is no evidence, and no evidence is never a pass."""
    documents = {site.documents for site in sites}
    found = {entry.cell for entry in cells}
    if Documents.DIFFERENT in documents or found & {Cell.DIFFERENT, Cell.MANIFEST_DIFFERS}:
        return Proof.DIFFER
    if Documents.UNREADABLE in documents or Cell.UNREADABLE in found:
        return Proof.UNREADABLE
    if not cells or documents & {Documents.ABSENT, Documents.PARTIAL} or Cell.MISSING in found:
        return Proof.MISSING
    return Proof.PROVEN


def choose_reference(judged: Mapping[str, JudgedDocuments]) -> tuple[str, JudgedDocuments] | None:
    """The site whose statement everything is held against: the first that is complete, else the first that is readable."""
    with_statement = [(site, found) for site, found in judged.items() if found.release is not None]
    complete = [(site, found) for site, found in with_statement if found.documents is Documents.COMPLETE]
    return next(iter((*complete, *with_statement)), None)


def _files(changes: Sequence[Change]) -> str:
    details = [f"{place}: {what}" for place, what in as_details(changes).items()]
    more = f"; and {len(changes) - _FILES_NAMED} more" if len(changes) > _FILES_NAMED else ""
    return "; ".join(details[:_FILES_NAMED]) + more
