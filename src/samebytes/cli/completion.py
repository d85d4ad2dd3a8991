"""`samebytes completion`: print a shell's completion script."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from samebytes.cli.main import group
from samebytes.cli.options import json_option


@click.command(
    epilog="\b\nExample:\n  samebytes completion bash > ~/.local/share/bash-completion/completions/samebytes"
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@json_option
def command(shell: str, as_json: bool) -> None:
    """Print the completion script for a shell."""
    from samebytes.cli.console import Console

    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover  click ships all three
        raise click.UsageError(f"no completion for {shell}")
    script = completion(group, {}, "samebytes", "_SAMEBYTES_COMPLETE").source()
    Console(command="completion", as_json=as_json).result(script, {"shell": shell, "script": script})
