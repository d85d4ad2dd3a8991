"""Publish one built release to one or more sites, and print what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from samebytes.cli.console import Console
from samebytes.cli.documents import read_statement
from samebytes.cli.each_site import AtEachSite, at_each
from samebytes.cli.progress import progress
from samebytes.cli.release_maker import made_release
from samebytes.cli.session import Session
from samebytes.core.gate import refuse_snapshot
from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.preflight import preflight, preflight_site
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import PublishOutcome
from samebytes.reports.publish_text import publishing_document, publishing_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRequest:
    """What the command line asked for."""

    tag: str
    site_ids: tuple[str, ...]
    expect: str | None
    only: tuple[str, ...]
    promote: bool
    dry_run: bool


def run_publish(session: Session, request: PublishRequest, console: Console) -> int:
    """Build once, publish to each site in turn, print what came of each, and return the exit status."""
    settings = session.settings(request.tag)
    sites = session.sites(settings, request.site_ids)
    named = session.repository().resolve(request.tag)
    refuse_snapshot(named.name, named.commit)
    options = PublishOptions(
        holder=session.holder(),
        policy=Policy(when=settings.promote.when, configured_sites=len(settings.sites)),
        dist_tag=settings.promote.dist_tag,
        only=request.only,
        expect=read_statement(request.expect) if request.expect else None,
        promote=request.promote,
        dry_run=request.dry_run,
    )
    commit, _, selection = session.select(request.tag, settings)
    preflight(commit, selection, options)
    check = partial(preflight_site, commit, selection, writes=not request.dry_run)
    ready = at_each(sites, check, console)
    found: AtEachSite[PublishOutcome] = AtEachSite()
    findings = settings.findings
    if ready.outcomes:
        with made_release(session, request.tag, console) as built:
            act = partial(_publish, built, options=options, session=session, console=console)
            found, findings = at_each(ready.outcomes, act, console, alone=len(sites) == 1), built.findings
    found = AtEachSite(outcomes=found.outcomes, failures=(*ready.failures, *found.failures))
    document = publishing_document(found.outcomes, findings)
    console.result(
        found.text(publishing_text(found.outcomes, findings)), {**document, "failed": found.failure_documents()}
    )
    return found.exit_status()


def _publish(
    built: BuiltRelease, site: OpenSite, *, options: PublishOptions, session: Session, console: Console
) -> PublishOutcome:
    with progress(console, f"publishing to {site.id}") as tell:
        return publish(built, site, options, session.clock, tell)
