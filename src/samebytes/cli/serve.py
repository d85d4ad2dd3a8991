"""`samebytes serve`: serve directory sites to npm clients."""

from __future__ import annotations

import click

from samebytes.cli.options import config_option, json_option, site_option

_EPILOG = """\b
Examples:
  samebytes serve                       every directory site, on http://127.0.0.1:4873/<site>/npm/
  samebytes serve --site corp --port 0  one site on a free port
  npm config set @scope:registry http://127.0.0.1:4873/corp/npm/"""


@click.command(epilog=_EPILOG)
@site_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=4873, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@config_option
@json_option
def command(site_ids: tuple[str, ...], host: str, port: int, config: str | None, as_json: bool) -> None:
    """Serve directory sites to npm, pnpm and yarn, read-only, until it is stopped.

    Prints the address of each site once it accepts connections.
    """
    from samebytes.cli.console import Console
    from samebytes.cli.session import Session
    from samebytes.wiring import serve_sites

    session, console = Session(config), Console(command="serve", as_json=as_json)
    settings = session.settings()
    sites = [opened.site for opened in session.sites(settings, site_ids)]

    def announce(base: str) -> None:
        addresses = {site.id: f"{base}/{site.id}/npm/" for site in sites}
        text = "\n".join(f"{id_}: {address}" for id_, address in addresses.items())
        console.result(text, {"url": base, "sites": addresses})

    serve_sites(sites, host, port, announce)
