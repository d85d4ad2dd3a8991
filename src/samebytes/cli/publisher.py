"""Publish one built release to one or more sites, and print what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.cli.console import Console
from samebytes.cli.documents import read_statement
from samebytes.cli.progress import progress
from samebytes.cli.release_maker import made_release
from samebytes.cli.session import Session
from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import PublishOutcome
from samebytes.reports.publish_text import publish_document, publish_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRequest:
    """What the command line asked for."""

    tag: str
    site_ids: tuple[str, ...]
    expect: str | None
    only: tuple[str, ...]
    promote: bool
    dry_run: bool


def run_publish(session: Session, request: PublishRequest, console: Console) -> None:
    """Build once, publish to each site in turn; the first site that fails stops the run with its error."""
    settings = session.settings(request.tag)
    sites = session.sites(settings, request.site_ids)
    options = PublishOptions(
        holder=session.holder(),
        policy=Policy(when=settings.promote.when, configured_sites=len(settings.sites)),
        dist_tag=settings.promote.dist_tag,
        only=request.only,
        expect=read_statement(request.expect) if request.expect else None,
        promote=request.promote,
        dry_run=request.dry_run,
    )
    with made_release(session, request.tag, console) as built:
        outcomes = [_publish(built, site, options, session, console) for site in sites]
    console.result(
        "\n\n".join(publish_text(outcome) for outcome in outcomes),
        {"sites": [publish_document(outcome) for outcome in outcomes]},
    )


def _publish(
    built: BuiltRelease, site: OpenSite, options: PublishOptions, session: Session, console: Console
) -> PublishOutcome:
    with progress(console, f"publishing to {site.id}") as tell:
        return publish(built, site, options, session.clock, tell)
