"""Options that several commands share."""

from __future__ import annotations

import click

from samebytes.cli.suggestions import sites, tags

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
config_option = click.option(
    "--config",
    metavar="FILE",
    help="Read sites and promotion from this file instead of samebytes.toml at the top of the repository. What changes "
    "bytes (select, build, pack) always comes from the samebytes.toml of the commit.",
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
site_option = click.option(
    "--site",
    "site_ids",
    metavar="ID",
    multiple=True,
    shell_complete=sites,
    help="Only this site; may be repeated. Default: all.",
)
tag_argument = click.argument("tag", shell_complete=tags)
expect_option = click.option(
    "--expect", metavar="FILE", help="A release.json made elsewhere; refuse when it says something else."
)
