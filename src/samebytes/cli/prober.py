"""Probe sites one after the other, try a throwaway version where that is asked for, and print what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from samebytes.cli.console import Console
from samebytes.cli.progress import progress
from samebytes.cli.session import Session
from samebytes.core.probe import probe_package
from samebytes.core.probe_rules import exit_status, found
from samebytes.core.site_remote import with_repository
from samebytes.dialects.registries import RegistryProduct
from samebytes.errors import ConfigError, SamebytesError
from samebytes.flows.open_probe import OpenProbe
from samebytes.flows.probe import probe, scope_of, unopened
from samebytes.flows.probe_write import Trial, prove
from samebytes.flows.read_workspace import read_workspace, recognised
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.probe import Proof, Question, SiteProbe
from samebytes.model.settings import Settings
from samebytes.model.site import Site
from samebytes.reports.probe_text import probe_document, probe_text
from samebytes.system.folder_tree import FolderTree
from samebytes.wiring import Ports
from samebytes.wiring.probe import open_probe

_FOR_GOOD = "npm's public registry never gives a version's number back: nothing was tried there"
_NO_SCOPE = "no scope is known for the throwaway package: the workspace has no scoped member"
_NO_ANSWER = "nothing that can be published to was found: nothing was tried"
_NOT_NAMED = "a directory site is written to only where it is named"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run of the command."""

    session: Session
    question: Question
    ports: Ports
    remotes: Mapping[str, str]
    named: tuple[str, ...]
    write: bool
    tell: Callable[[str], None]


def run_probe(session: Session, ids: tuple[str, ...], console: Console, *, write: bool) -> int:
    """Probe the named sites, or all, print what is said of each, and return the exit status."""
    settings = session.settings()
    sites = session.configured(settings, ids)
    question = Question(manifests=_members(session, settings), dist_tag=settings.promote.dist_tag)
    ports, remotes = session.reach(sites)
    with progress(console, "probing") as tell:
        run = _Run(session=session, question=question, ports=ports, remotes=remotes, named=ids, write=write, tell=tell)
        probes = [_probe(site, run) for site in sites]
    console.result(probe_text(probes), probe_document(probes))
    return int(exit_status(finding for one in probes for finding in one.all_findings))


def _members(session: Session, settings: Settings) -> Mapping[PackageId, JsonObject]:
    """The manifests of the checkout's members that can be released; none where there is no workspace."""
    try:
        tree = FolderTree(session.repository().top)
        workspace = read_workspace(tree, recognised(tree, session.package_managers()), settings.build)
    except SamebytesError:
        return {}
    return {member.id: member.manifest for member in workspace.members if member.releasable}


def _probe(site: Site, run: _Run) -> SiteProbe:
    try:
        located = with_repository(site, run.remotes) if site.owner else site
        opened = open_probe(located, run.ports)
    except ConfigError as error:
        return unopened(site, run.question, error)
    try:
        said = probe(opened, run.question, run.tell)
        return replace(said, proof=_proof(opened, said, run)) if run.write else said
    finally:
        opened.close()


def _proof(opened: OpenProbe, said: SiteProbe, run: _Run) -> Proof:
    """The proof by a throwaway version, or why there is none."""
    name = probe_package(scope_of(run.question), opened.at.site.owner)
    if name is None and said.kind == "directory":
        name = PackageName("samebytes-probe")
    skipped = _reasons_not_to(said, run.named)
    if skipped or name is None:
        finding = found("proof-skipped", said.address, skipped or _NO_SCOPE)
        return Proof(package="", done=(), findings=(finding,))
    with run.session.temporary() as folder:
        trial = Trial(
            name=name,
            dist_tag=run.question.dist_tag,
            token=run.session.randomness.token()[:12],
            folder=folder,
            holder=f"samebytes probe, {run.session.holder()}",
        )
        return prove(opened, trial, run.session.clock, run.tell)


def _reasons_not_to(said: SiteProbe, named: Sequence[str]) -> str:
    if said.kind == "directory" and said.site not in named:
        return _NOT_NAMED
    if not said.product:
        return _NO_ANSWER
    return _FOR_GOOD if said.product == RegistryProduct.NPMJS else ""
