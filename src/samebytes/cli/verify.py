"""`samebytes verify`: prove that sites serve the same bytes."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, expect_option, json_option, site_option, tag_argument

_EPILOG = """\b
Examples:
  samebytes verify v1.2.3                        every configured site, by digest and manifest
  samebytes verify v1.2.3 --deep                 download and hash every byte
  samebytes verify v1.2.3 --expect release.json  against a statement made elsewhere

Exit codes: 0 proven, 10 something differs, 11 evidence is missing (no evidence is never a pass), 13 unreadable."""


@click.command(epilog=_EPILOG)
@tag_argument
@site_option
@expect_option
@click.option("--deep", is_flag=True, help="Download and hash every byte, instead of trusting the registry's digests.")
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    tag: str,
    site_ids: tuple[str, ...],
    expect: str | None,
    deep: bool,
    config: str | None,
    as_json: bool,
) -> None:
    """Prove that sites hold and serve the same bytes for TAG, or say what differs or is missing."""
    from samebytes.cli.console import Console
    from samebytes.cli.documents import read_statement
    from samebytes.cli.session import Session
    from samebytes.flows.verify import VerifyOptions, verify
    from samebytes.reports.verdict_text import verdict_document, verdict_text

    session, console = Session(config), Console(command="verify", as_json=as_json)
    options = VerifyOptions(expect=read_statement(expect) if expect else None, commit=session.commit_of(tag), deep=deep)
    verdict = verify(tag, session.sites(session.settings(), site_ids), options, console.note)
    console.result(verdict_text(verdict), verdict_document(verdict))
    context.exit(int(verdict.exit_status))
