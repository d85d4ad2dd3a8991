"""`samebytes config`: the effective configuration, and the schema of its file."""

from __future__ import annotations

import click

from samebytes.cli.console import Console
from samebytes.cli.options import config_option, json_option


@click.group(epilog="\b\nExamples:\n  samebytes config show\n  samebytes config schema > samebytes.schema.json")
def command() -> None:
    """Show the configuration and where each value comes from."""


@command.command("show", epilog="\b\nExamples:\n  samebytes config show\n  samebytes config show --json v1.2.3")
@click.argument("commitish", required=False)
@config_option
@json_option
def show(commitish: str | None, config: str | None, as_json: bool) -> None:
    """Print each effective value and its source; with COMMITISH what decides bytes comes from that commit."""
    from samebytes.cli.session import Session
    from samebytes.reports.settings_text import settings_document, settings_text

    settings = Session(config).settings(commitish)
    Console(command="config show", as_json=as_json).result(settings_text(settings), settings_document(settings))


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of samebytes.toml."""
    from samebytes.config.schema import json_schema

    click.echo(json_schema(), nl=False)
