"""`samebytes publish`: build a tag and publish it to sites."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, dry_run_option, expect_option, json_option, site_option, tag_argument

_EPILOG = """\b
Examples:
  samebytes publish v1.2.3 --site corp                        build, upload, read back, promote
  samebytes publish v1.2.3 --site corp                        run again: repairs what is missing, else does nothing
  samebytes publish v1.2.3 --site home --expect release.json  refuse to publish anything else
  samebytes publish v1.2.3 --site corp --dry-run              build, compare, and show what would be written"""


@click.command(epilog=_EPILOG)
@tag_argument
@site_option
@expect_option
@click.option("--only", metavar="NAME", multiple=True, help="Upload only these members (name or glob): a partial run.")
@click.option(
    "--promote/--no-promote", default=True, help="Move the dist-tag when the policy allows (default), or hold."
)
@dry_run_option
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    tag: str,
    site_ids: tuple[str, ...],
    expect: str | None,
    only: tuple[str, ...],
    promote: bool,
    dry_run: bool,
    config: str | None,
    as_json: bool,
) -> None:
    """Build TAG in a clean clone and publish it; run again to repair.

    Before the first upload everything at the site is compared: other bytes, or another manifest, under the same
    version stop the run with exit code 10.
    """
    from samebytes.cli.console import Console
    from samebytes.cli.publisher import PublishRequest, run_publish
    from samebytes.cli.session import Session

    request = PublishRequest(tag=tag, site_ids=site_ids, expect=expect, only=only, promote=promote, dry_run=dry_run)
    context.exit(run_publish(Session(config), request, Console(command="publish", as_json=as_json)))
