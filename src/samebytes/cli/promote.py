"""`samebytes promote`: point the dist-tag that consumers follow at a release."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, dry_run_option, json_option, site_option, tag_argument

_EPILOG = """\b
Examples:
  samebytes promote v1.2.3                  at every configured site
  samebytes promote v1.2.3 --site corp --dry-run
  samebytes promote v1.2.3 --undo           put back what the journal says
  samebytes promote v1.2.2 --backwards      move to a lower version on purpose"""


@click.command(epilog=_EPILOG)
@tag_argument
@site_option
@click.option("--dist-tag", metavar="NAME", help="Move this dist-tag instead of the configured one.")
@click.option("--backwards", is_flag=True, help="Allow a move to a lower version.")
@click.option("--undo", is_flag=True, help="Put the dist-tags back where they were before this release was promoted.")
@dry_run_option
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    tag: str,
    site_ids: tuple[str, ...],
    dist_tag: str | None,
    backwards: bool,
    undo: bool,
    dry_run: bool,
    config: str | None,
    as_json: bool,
) -> None:
    """Point the dist-tag that consumers follow at all members of a published release, or none."""
    from samebytes.cli.console import Console
    from samebytes.cli.each_site import at_each
    from samebytes.cli.session import Session
    from samebytes.flows import promote as flow
    from samebytes.reports.publish_text import promote_document, promote_text

    session, console = Session(config), Console(command="promote", as_json=as_json)
    settings = session.settings()
    options = flow.PromoteOptions(
        holder=session.holder(),
        dist_tag=dist_tag or settings.promote.dist_tag,
        when=settings.promote.when,
        backwards=backwards,
        dry_run=dry_run,
        commit=session.commit_of(tag),
    )
    move = flow.undo if undo else flow.promote
    sites = session.sites(settings, site_ids)
    found = at_each(sites, lambda site: move(tag, site, options, session.clock, console.note), console)
    document = {"sites": list(map(promote_document, found.outcomes)), "failed": found.failure_documents()}
    console.result(found.text("\n".join(map(promote_text, found.outcomes))), document)
    context.exit(found.exit_status())
