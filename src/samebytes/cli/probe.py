"""`samebytes probe`: what a site is, what the token may do there, and what would make a release fail."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, json_option
from samebytes.cli.suggestions import sites

_EPILOG = """\b
Examples:
  samebytes probe                every configured site, within seconds, without writing
  samebytes probe corp           one site
  samebytes probe corp --write   publish a throwaway version there, read it back, remove it again
  samebytes probe --json

Each finding has a rule, such as [read-only-token], and a remedy; docs/reference/probe.md lists them all.
A directory site is written to only where it is named.

Exit codes: 0 a release can go there (warnings or not), 13 it cannot: the site, its rights, the network,
3 it cannot: the configuration or the manifests (13 comes first), 2 SITE is not configured."""


@click.command(epilog=_EPILOG)
@click.argument("site_ids", metavar="[SITE]...", nargs=-1, shell_complete=sites)
@click.option(
    "--write",
    is_flag=True,
    help="Prove it: publish a throwaway version of @SCOPE/samebytes-probe, move a dist-tag, push a ref, remove all again.",
)
@config_option
@json_option
@click.pass_context
def command(context: click.Context, site_ids: tuple[str, ...], write: bool, config: str | None, as_json: bool) -> None:
    """Say what each site is, what its token may do there, and what would make a release fail, with the remedy."""
    from samebytes.cli.console import Console
    from samebytes.cli.prober import run_probe
    from samebytes.cli.session import Session

    console = Console(command="probe", as_json=as_json)
    context.exit(run_probe(Session(config), site_ids, console, write=write))
