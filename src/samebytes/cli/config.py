"""`samebytes config`: the effective configuration, and the schema of its file."""

from __future__ import annotations

from dataclasses import replace

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
    from samebytes.reports.findings_text import findings_text
    from samebytes.reports.settings_text import settings_document, settings_text

    session = Session(config)
    settings = session.settings(commitish)
    text = settings_text(settings, of_commit=commitish is not None)
    if commitish is None:
        settings = replace(settings, findings=session.set_aside_at_head())
    text += "".join(f"\n# {line}" for line in findings_text(settings.findings).splitlines())
    Console(command="config show", as_json=as_json).result(text, settings_document(settings))


@command.command("schema", epilog="\b\nExample:\n  samebytes config schema > samebytes.schema.json")
@json_option
def schema(as_json: bool) -> None:
    """Print the JSON schema of samebytes.toml."""
    import json

    from samebytes.config.schema import json_schema

    text = json_schema()
    Console(command="config schema", as_json=as_json).result(text.rstrip("\n"), {"schema": json.loads(text)})
