"""The one place that picks concrete kinds and opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from samebytes.errors import ConfigError
from samebytes.flows.open_site import OpenSite
from samebytes.model.site import Site
from samebytes.package_managers import KINDS as PACKAGE_MANAGERS
from samebytes.package_managers.base import PackageManager
from samebytes.system.clock import SystemClock
from samebytes.system.process import Runner
from samebytes.system.randomness import SystemRandomness
from samebytes.wiring.directory import open_directory, site_folder
from samebytes.wiring.ports import Ports

__all__ = ["Ports", "open_site", "package_managers", "serve_sites"]


def _open_server(opener: str) -> Callable[[Site, Ports], OpenSite]:
    """An opener that is imported when it is first needed: a command that meets no server loads no HTTP."""

    def opened(site: Site, ports: Ports) -> OpenSite:
        found: OpenSite = getattr(import_module("samebytes.wiring.servers"), opener)(site, ports)
        return found

    return opened


# One line a kind; each is a function that opens a site of that kind.
_KINDS: Mapping[str, Callable[[Site, Ports], OpenSite]] = MappingProxyType(
    {
        "directory": open_directory,
        "npm": _open_server("open_npm"),
        "gitea": _open_server("open_forge"),
        "forgejo": _open_server("open_forge"),
    }
)


def open_site(site: Site, ports: Ports) -> OpenSite:
    """Open a configured site. Raises ConfigError (SB-6001) for a kind nobody knows; touches nothing at the site."""
    opener = _KINDS.get(site.kind)
    if opener is None:
        raise ConfigError(
            "SB-6001",
            f"site {site.id!r} is of kind {site.kind!r}, which samebytes does not know",
            hint=f"use one of: {', '.join(sorted(_KINDS))}",
        )
    return opener(site, ports)


def package_managers(runner: Runner, platform: str) -> tuple[PackageManager, ...]:
    """Every package manager samebytes knows, in the order in which a workspace is asked whether it is one of theirs.

    `platform` is `<system>-<machine>` as `Environment.platform` gives it.
    """
    return tuple(import_module(module).create(runner, platform) for module in PACKAGE_MANAGERS.values())


def serve_sites(
    sites: Sequence[Site], host: str, port: int, on_ready: Callable[[str], None], ports: Ports | None = None
) -> None:
    """Serve directory sites until SIGINT or SIGTERM; `on_ready` gets the base URL once connections are accepted.

    Raises ConfigError (SB-5302) for a site that is no directory, SiteError (SB-5301) when the port cannot be had.
    """
    from samebytes.serving.server import serve  # noqa: PLC0415  no other command loads a web server

    for site in sites:
        if site.kind != "directory":
            raise ConfigError("SB-5302", f"site {site.id!r} is of kind {site.kind!r}: only a directory can be served")
    ports = ports or Ports(clock=SystemClock(), randomness=SystemRandomness())
    serve({site.id: site_folder(site, site.path, ports) for site in sites}, host, port, on_ready)
