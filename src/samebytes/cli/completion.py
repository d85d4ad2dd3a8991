"""`samebytes completion`: print a shell's completion script."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from samebytes.cli.main import group


@click.command(
    epilog="\b\nExample:\n  samebytes completion bash > ~/.local/share/bash-completion/completions/samebytes"
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for a shell."""
    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover  click ships all three
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completion(group, {}, "samebytes", "_SAMEBYTES_COMPLETE").source())
