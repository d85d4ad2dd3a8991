"""`samebytes plan`: what a tag ships, in which order, and what each site would get."""

from __future__ import annotations

from dataclasses import replace

import click

from samebytes.cli.options import config_option, json_option, site_option
from samebytes.cli.suggestions import tags

_EPILOG = """\b
Examples:
  samebytes plan                     what a tag on HEAD would ship
  samebytes plan v1.2.3 --site corp  and what that site would get
  samebytes plan v1.2.3 --json

Exit codes: 0 done; how publish would stop at a site: 10 other bytes are there, 12 refused (the tag has moved), 13 a
site cannot be read. The plan is printed all the same."""


@click.command(epilog=_EPILOG)
@click.argument("commitish", default="HEAD", shell_complete=tags)
@site_option
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context, commitish: str, site_ids: tuple[str, ...], config: str | None, as_json: bool
) -> None:
    """Show what a tag ships, in which order, and what each site would get.

    COMMITISH is a tag or any commit (default: HEAD). Nothing is built and nothing is written.
    """
    from samebytes.cli.console import Console
    from samebytes.cli.each_site import worst
    from samebytes.cli.session import Session
    from samebytes.core.policy import Policy
    from samebytes.flows.plan import plan
    from samebytes.flows.select import select_release
    from samebytes.reports.selection_text import plan_document, plan_text

    session = Session(config)
    settings = session.settings(commitish)
    sites = session.sites(settings, site_ids) if settings.sites or site_ids else ()
    commit, _, selection = select_release(session.repository(), commitish, settings, session.package_managers())
    selection = replace(selection, findings=(*settings.findings, *selection.findings))
    policy = Policy(when=settings.promote.when, configured_sites=len(settings.sites))
    outlooks = plan(selection, commit, sites, policy, settings.promote.dist_tag)
    text = plan_text(commit, selection, outlooks)
    Console(command="plan", as_json=as_json).result(text, plan_document(commit, selection, outlooks))
    context.exit(worst(outlook.stop for outlook in outlooks))
