"""Prove that sites hold and serve the same bytes, or say what differs or is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from samebytes.core.judge_documents import JudgedDocuments
from samebytes.core.judge_sites import cell, choose_reference, compare_documents, judge_cell, proof, reasons
from samebytes.errors import RefusedError, SiteError, UsageError
from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import expected_manifests, read_documents
from samebytes.flows.upload import judge_bytes
from samebytes.formats import fingerprint, statement
from samebytes.model.counted import plural
from samebytes.model.digests import from_hex, sha256
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId
from samebytes.model.observed import Absent, Broken, Different, ManifestDiffers, MemberState, Same
from samebytes.model.release import Release, Subject
from samebytes.model.verdict import Documents, MemberAtSite, Proof, Verdict
from samebytes.system.pool import run_each

EXPECTED = "--expect"
ONE_SITE = "one site only: this says nothing about any other site"
NO_COMMIT = "this clone does not have the tag: nobody checked that the statement is about the commit it names"
NO_TAG = "this clone does not have the tag either: check the name, or run git fetch --tags"
UNSIGNED = "no site has signed a receipt: this is what the sites serve now, not what they ever stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """How to verify: against `expect` where given, else against the first site that has a complete statement.

    `commit` is what git says the tag names, or empty when nobody knows. `deep` downloads and hashes every byte.
    """

    expect: Release | None = None
    commit: str = ""
    deep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """What every site is held against, and where it comes from."""

    source: str
    release: Release
    statement_sha256: str


def verify(tag: str, sites: Sequence[OpenSite], options: VerifyOptions, tell: Callable[[str], None]) -> Verdict:
    """The matrix of members and sites with one verdict; whatever cannot be read or is not there is a value in it.

    No evidence is never a pass: a tag that no site has is `missing`. Raises UsageError (SB-7001) without any site and
    (SB-7006) when one comes twice, and RefusedError (SB-6010) when `expect` is about another tag.
    """
    if not sites:
        raise UsageError("SB-7001", "there is no site to verify", hint="name one with --site, or configure one")
    if len({at.id for at in sites}) < len(sites):
        raise UsageError("SB-7006", "a site is named twice", hint="name each site once")
    judged = {at.id: _documents(tag, at, options, tell) for at in sites}
    reference = _reference(tag, judged, options)
    release = reference.release if reference is not None else None
    identity = reference.statement_sha256 if reference is not None else ""
    documents = tuple(compare_documents(at.id, judged[at.id], release, identity) for at in sites)
    cells = _matrix(release, sites, judged, options, tell) if release is not None else ()
    found, why = proof(documents, cells), reasons(tag, documents, cells)
    moved = reference is not None and bool(options.commit) and reference.release.commit != options.commit
    if moved:
        why = (*_about_other_commits(tag, judged, options), *why)
    return Verdict(
        tag=tag,
        deep=options.deep,
        reference=reference.source if reference is not None else "",
        statement_sha256=identity,
        fingerprint=fingerprint.write(from_hex("sha256", identity)) if identity else "",
        sites=documents,
        members=tuple(subject.id for subject in release.subjects) if release is not None else (),
        cells=cells,
        proof=Proof.DIFFER if moved else found,
        reasons=why,
        notes=_notes(sites, options, tag if reference is None else ""),
        tag_moved=moved and found is not Proof.DIFFER,
    )


def _about_other_commits(tag: str, judged: Mapping[str, JudgedDocuments], options: VerifyOptions) -> tuple[str, ...]:
    """A sentence for each commit that the statements are about and the tag does not name here."""
    expected = {EXPECTED: options.expect} if options.expect is not None else {}
    releases = {**expected, **{site: found.release for site, found in judged.items()}}
    sources: dict[str, list[str]] = {}
    for source, release in releases.items():
        if release is not None and release.commit != options.commit:
            sources.setdefault(release.commit, []).append(source)
    return tuple(
        f"released as {tag} is commit {commit} (stated by {', '.join(by)}), but {tag} names {options.commit} in this clone"
        for commit, by in sources.items()
    )


def _notes(sites: Sequence[OpenSite], options: VerifyOptions, unpublished: str) -> tuple[str, ...]:
    """What this verdict does not say; `unpublished` is the tag where nothing is stated about it anywhere."""
    if unpublished:
        return () if options.commit else (f"{unpublished}: {NO_TAG}",)
    alone = (ONE_SITE,) if len(sites) == 1 else ()
    return (*alone, *(() if options.commit else (NO_COMMIT,)), UNSIGNED)


def _documents(tag: str, at: OpenSite, options: VerifyOptions, tell: Callable[[str], None]) -> JudgedDocuments:
    """The site's documents; with `deep` every asset is read and hashed as well."""
    tell(f"reading the release of {tag} at {at.id}")
    judged = read_documents(tag, at)
    if not options.deep or judged.release is None or at.releases is None:
        return judged
    subjects = judged.release.subjects
    digests = [partial(at.releases.digest, tag, subject.id.asset_name) for subject in subjects]
    try:
        found = run_each(digests, at.site.concurrency)
    except SiteError as error:
        return replace(judged, documents=Documents.UNREADABLE, why=f"{error.summary} ({error.code})")
    for subject, digest in zip(subjects, found, strict=True):
        if digest is not None and digest != subject.sha256:
            why = f"the asset {subject.id.asset_name} has other bytes than the statement says"
            return replace(judged, documents=Documents.DIFFERENT, why=why)
    return judged


def _reference(tag: str, judged: Mapping[str, JudgedDocuments], options: VerifyOptions) -> _Reference | None:
    if options.expect is not None:
        if options.expect.tag != tag:
            raise RefusedError(
                "SB-6010",
                f"the expected statement is about {options.expect.tag or 'a snapshot'}, not about {tag}",
                hint=f"give the release.json of {tag}",
            )
        data = statement.write(options.expect)
        return _Reference(source=EXPECTED, release=options.expect, statement_sha256=sha256(data).hex)
    chosen = choose_reference(judged)
    if chosen is None or chosen[1].release is None:
        return None
    source, found = chosen
    return _Reference(source=source, release=chosen[1].release, statement_sha256=found.statement_sha256)


def _matrix(
    release: Release,
    sites: Sequence[OpenSite],
    judged: Mapping[str, JudgedDocuments],
    options: VerifyOptions,
    tell: Callable[[str], None],
) -> tuple[MemberAtSite, ...]:
    manifests = expected_manifests(release.subjects, sites)
    columns = {at.id: _column(release, at, manifests, options, tell) for at in sites}
    stated = {at.id: _subjects(judged[at.id].release) for at in sites}
    return tuple(
        cell(at.id, columns[at.id][number], stated[at.id].get(subject.id), subject)
        for number, subject in enumerate(release.subjects)
        for at in sites
    )


def _subjects(release: Release | None) -> Mapping[PackageId, Subject]:
    return {subject.id: subject for subject in release.subjects} if release is not None else {}


def _column(
    release: Release,
    at: OpenSite,
    manifests: Mapping[PackageId, JsonObject],
    options: VerifyOptions,
    tell: Callable[[str], None],
) -> list[MemberState]:
    """The state of every member at one site, in the order of the release."""
    tell(f"comparing {plural(len(release.subjects), 'package')} at {at.id}{', every byte' if options.deep else ''}")
    observed = at.registry.observe([subject.id.name for subject in release.subjects])
    states = [
        judge_cell(subject, manifests.get(subject.id), observed.get(subject.id.name)) for subject in release.subjects
    ]
    # Where no site serves the stated bytes, what this one does serve has to be known, with `deep` or without.
    read = [one for one in release.subjects if options.deep or one.id not in manifests]
    tasks = [partial(judge_bytes, at.registry, subject.id, subject.sha512) for subject in read]
    found = {state.id: state for state in run_each(tasks, at.site.concurrency)}
    return [_settled(state, found.get(state.id)) for state in states]


def _settled(state: MemberState, by_bytes: MemberState | None) -> MemberState:
    """A registry's word that something is wrong stands; where it says nothing wrong, the bytes have the last word."""
    if by_bytes is None or isinstance(by_bytes, Same):
        return state
    return state if isinstance(state, Different | ManifestDiffers | Absent | Broken) else by_bytes
