"""The one place that picks concrete kinds and opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from samebytes.errors import ConfigError
from samebytes.flows.open_site import OpenSite
from samebytes.forges.folder import FolderReleases
from samebytes.model.site import Site
from samebytes.package_managers import KINDS as PACKAGE_MANAGERS
from samebytes.package_managers.base import PackageManager
from samebytes.registries.folder import FolderRegistry
from samebytes.stores.folder import FolderEvidence, FolderState
from samebytes.system.clock import Clock, SystemClock
from samebytes.system.folder_store import FolderStore
from samebytes.system.process import Runner
from samebytes.system.randomness import Randomness, SystemRandomness
from samebytes.system.site_folder import SiteFolder

# The kernel's lock on a folder is held for single steps only: who holds it for longer is stopped, or hangs.
_STEP_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The parts of the world that sites are opened with."""

    clock: Clock
    randomness: Randomness


def _open_directory(site: Site, ports: Ports) -> OpenSite:
    folder = _folder(site, ports)
    return OpenSite(
        site=site,
        registry=FolderRegistry(folder, ports.clock),
        releases=FolderReleases(folder),
        state=FolderState(folder, ports.clock, ports.randomness),
        evidence=FolderEvidence(folder),
    )


# One line a kind; each is a function that opens a site of that kind.
_KINDS: Mapping[str, Callable[[Site, Ports], OpenSite]] = MappingProxyType({"directory": _open_directory})


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
    serve({site.id: _folder(site, ports) for site in sites}, host, port, on_ready)


def _folder(site: Site, ports: Ports) -> SiteFolder:
    wait_s = min(_STEP_LIMIT_S, site.lock_timeout_s)
    files = FolderStore(site.path, clock=ports.clock, randomness=ports.randomness, lock_timeout_s=wait_s)
    return SiteFolder(files, site.id)
