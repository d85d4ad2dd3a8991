"""`samebytes status`: where releases stand at each site."""

from __future__ import annotations

from functools import partial

import click

from samebytes.cli.options import config_option, json_option, site_option
from samebytes.cli.suggestions import tags

_EPILOG = """\b
Examples:
  samebytes status               every release that any site knows
  samebytes status v1.2.3        one release, member by member
  samebytes status --site corp --json

A report, not a proof: `samebytes verify TAG` ends with 10 where anything differs.

Exit codes: 0 shown, whatever the states, 11 neither a site nor this clone knows TAG, 13 a site cannot be read."""


@click.command(epilog=_EPILOG)
@click.argument("tag", required=False, shell_complete=tags)
@site_option
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context, tag: str | None, site_ids: tuple[str, ...], config: str | None, as_json: bool
) -> None:
    """Show where releases stand at each site: absent, uploading, held, promoted, diverged or unreadable."""
    from samebytes.cli.console import Console
    from samebytes.cli.session import Session
    from samebytes.flows.status import exit_status, known_tags, status
    from samebytes.flows.tarball_manifests import TarballManifests
    from samebytes.reports.status_text import status_document, status_text

    session = Session(config)
    settings = session.settings()
    sites = session.sites(settings, site_ids)
    tags = (tag,) if tag else known_tags(sites)
    manifests = TarballManifests()
    statuses = {
        name: status(name, partial(session.shipped_by, name, settings), sites, settings.promote.dist_tag, manifests)
        for name in tags
    }
    text = status_text(statuses, members=tag is not None)
    console = Console(command="status", as_json=as_json)
    console.result(text, status_document(statuses))
    unknown = tag if tag is not None and not session.knows(tag) else ""
    if unknown:
        console.note(f"this clone has no tag {unknown}: check the name, or run git fetch --tags")
    context.exit(int(exit_status([one for row in statuses.values() for one in row], sites, unknown)))
