"""`samebytes explain`: where and why two releases or tarballs differ."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, json_option

_EPILOG = """\b
Examples:
  samebytes explain a.tgz b.tgz              two tarballs, from any packer
  samebytes explain packed-a packed-b        two folders that `samebytes pack` wrote
  samebytes explain release.json packed      a statement and a folder: per-file digests only
  samebytes explain corp@v1.2.3 home@v1.2.3  what two sites serve

Exit codes: 0 no difference, 10 they differ."""


@click.command(epilog=_EPILOG)
@click.argument("a")
@click.argument("b")
@config_option
@json_option
@click.pass_context
def command(context: click.Context, a: str, b: str, config: str | None, as_json: bool) -> None:
    """Say which layer of A and B differs, which files, and the first differing place.

    A and B are each a tarball, a folder of tarballs, a release.json, or SITE@TAG.
    """
    from samebytes.cli.console import Console
    from samebytes.cli.session import Session
    from samebytes.cli.sides import sides_of
    from samebytes.core.explain import explain
    from samebytes.errors import ExitStatus
    from samebytes.reports.changes_text import changes_document, changes_text

    session = Session(config)
    changes = explain(sides_of(a, session), sides_of(b, session))
    Console(command="explain", as_json=as_json).result(changes_text(changes, a, b), changes_document(changes, a, b))
    context.exit(int(ExitStatus.BYTES_DIFFER) if changes else 0)
