"""What `pack` made."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.model.finding import Finding
from samebytes.model.release import Release
from samebytes.model.selection import Selection
from samebytes.model.tag import NO_COMMIT, Commit
from samebytes.reports.columns import columns, plural
from samebytes.reports.findings_text import finding_documents, findings_text
from samebytes.reports.selection_text import plan_document, plan_text


def release_text(release: Release, fingerprint: str, folder: str, findings: Sequence[Finding]) -> str:
    """A line a tarball, findings, and where it all is."""
    rows = [
        [
            subject.id.asset_name,
            f"{subject.size_bytes} bytes",
            plural(len(subject.files), "file"),
            subject.sha512.hex[:16],
        ]
        for subject in release.subjects
    ]
    lines = [columns(rows)]
    lines += [findings_text(findings)] if findings else []
    what = release.tag or f"{_snapshot(release)}, which can be compared but not published"
    lines += [f"profile: {release.profile}, {release.canon}", f"fingerprint: {fingerprint}"]
    return "\n".join([*lines, f"{what}: {plural(len(release.subjects), 'tarball')} in {folder}"])


def _snapshot(release: Release) -> str:
    return f"a snapshot of {release.commit[:12]}" if release.commit != NO_COMMIT else "the checkout as it stands"


def release_document(
    release: Release, fingerprint: str, statement_sha256: str, files: Sequence[str], findings: Sequence[Finding]
) -> dict[str, object]:
    """The same as JSON."""
    return {
        "tag": release.tag,
        "commit": release.commit,
        "profile": release.profile,
        "canon": release.canon,
        "statement_sha256": statement_sha256,
        "fingerprint": fingerprint,
        "files": list(files),
        "members": [
            {
                "id": str(subject.id),
                "asset": subject.id.asset_name,
                "sha512": subject.sha512.hex,
                "size_bytes": subject.size_bytes,
            }
            for subject in release.subjects
        ],
        "findings": finding_documents(findings),
    }


def pack_plan_text(commit: Commit, selection: Selection, files: Sequence[str], folder: str) -> str:
    """What `pack` would select and write."""
    lines = [plan_text(commit, selection, ()), "", f"would be written to {folder}:", *(f"  {name}" for name in files)]
    return "\n".join([*lines, f"dry run: {plural(len(selection.members), 'tarball')}; nothing was built or written"])


def pack_plan_document(commit: Commit, selection: Selection, files: Sequence[str]) -> dict[str, object]:
    """The same as JSON."""
    document = {key: value for key, value in plan_document(commit, selection, ()).items() if key != "sites"}
    return {**document, "files": list(files), "dry_run": True}
