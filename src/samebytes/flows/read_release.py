"""Read what a site says and serves about one release: documents, packages, and the manifests its tarballs call for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from samebytes.core.install_manifest import expected_manifest
from samebytes.core.judge_documents import FoundDocuments, JudgedDocuments, judge_documents, worthless
from samebytes.core.read_manifest import read_manifest
from samebytes.errors import FormatError, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.formats import sha512sums, statement
from samebytes.model.digests import sha512
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId
from samebytes.model.release import STATEMENT_ASSET, SUMS_ASSET, Subject
from samebytes.model.verdict import Documents
from samebytes.system.content import CollectingSink
from samebytes.system.pool import run_each


def read_documents(tag: str, at: OpenSite) -> JudgedDocuments:
    """The site's documents of this tag and what they are worth; what cannot be read is a value, never an exception."""
    if at.releases is None:
        return worthless(Documents.NOT_KEPT, "a site of this kind keeps no releases")
    try:
        assets = at.releases.assets(tag)
        found = FoundDocuments(
            assets=assets,
            statement=at.releases.read(tag, STATEMENT_ASSET, statement.LIMIT_BYTES) if assets is not None else None,
            sums=at.releases.read(tag, SUMS_ASSET, sha512sums.LIMIT_BYTES) if assets is not None else None,
        )
    except SiteError as error:
        return worthless(Documents.UNREADABLE, f"{error.summary} ({error.code})")
    return judge_documents(tag, found)


def expected_manifests(subjects: Sequence[Subject], sites: Sequence[OpenSite]) -> Mapping[PackageId, JsonObject]:
    """The version manifest that each tarball calls for, from the first site that serves the very bytes stated.

    A package that no site serves with these bytes is left out: nothing is known about its manifest.
    """
    workers = max((at.site.concurrency for at in sites), default=1)
    tasks = [partial(_expected_manifest, subject, sites) for subject in subjects]
    found = zip(subjects, run_each(tasks, workers), strict=True)
    return {subject.id: manifest for subject, manifest in found if manifest is not None}


def _expected_manifest(subject: Subject, sites: Sequence[OpenSite]) -> JsonObject | None:
    for at in sites:
        try:
            data = _tarball(subject, at)
            if data is not None:
                manifest = read_manifest(data, str(subject.id))
                return expected_manifest(subject.id, manifest, [file.path for file in subject.files])
        except (SiteError, FormatError):
            # The next site may serve it; when none does, nobody knows the manifest, and that is said.
            continue
    return None


def _tarball(subject: Subject, at: OpenSite) -> bytes | None:
    """The tarball with the stated sha512, or None; SiteError (SB-5003) rather than more in memory than stated."""
    sink = CollectingSink(subject.size_bytes, str(subject.id))
    found = at.registry.read_tarball(subject.id, sink)
    return sink.data if found and sha512(sink.data) == subject.sha512 else None
