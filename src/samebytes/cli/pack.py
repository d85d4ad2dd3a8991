"""`samebytes pack`: build a commit in a clean clone and pack its members into a folder."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, dry_run_option, json_option
from samebytes.cli.suggestions import tags

_EPILOG = """\b
Examples:
  samebytes pack v1.2.3 --out packed   the tarballs, SHA512SUMS and release.json of a tag
  samebytes pack --out packed          the same for HEAD, as a snapshot
  samebytes pack --here --out packed   this checkout as it stands, without a build
  samebytes pack --out packed --dry-run  what would be packed and written"""


@click.command(epilog=_EPILOG)
@click.argument("commitish", shell_complete=tags, default="HEAD")
@click.option("--out", required=True, metavar="DIR", help="Folder to write to; an earlier output in it is replaced.")
@click.option("--here", is_flag=True, help="Pack the checkout as it stands, without a build.")
@dry_run_option
@config_option
@json_option
def command(commitish: str, out: str, here: bool, dry_run: bool, config: str | None, as_json: bool) -> None:
    """Build a commit in a clean clone and pack its members.

    COMMITISH is a tag or any commit (default: HEAD). Writes the tarballs, SHA512SUMS, release.json (the release
    statement) and build-record.json; publishes nothing.
    """
    from samebytes.cli.console import Console
    from samebytes.cli.release_maker import made_release
    from samebytes.cli.session import Session
    from samebytes.flows.write_out import names_out, refuse_foreign, write_out
    from samebytes.formats import fingerprint
    from samebytes.model.digests import sha256
    from samebytes.reports.release_text import pack_plan_document, pack_plan_text, release_document, release_text

    if here and commitish != "HEAD":
        raise click.UsageError("--here packs the checkout: it takes no COMMITISH")
    session, console = Session(config), Console(command="pack", as_json=as_json)
    refuse_foreign(out)
    if dry_run:
        commit, selection = session.packable(None if here else commitish)
        names = names_out(member.id for member in selection.members)
        console.result(pack_plan_text(commit, selection, names, out), pack_plan_document(commit, selection, names))
        return
    with made_release(session, None if here else commitish, console) as built:
        files = write_out(built, out)
        digest = sha256(built.statement)
        mark = fingerprint.write(digest)
        document = release_document(built.release, mark, digest.hex, files, built.findings)
        console.result(release_text(built.release, mark, out, built.findings), document)
