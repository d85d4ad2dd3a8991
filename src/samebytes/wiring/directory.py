"""Open directory sites."""

from __future__ import annotations

from samebytes.flows.open_site import OpenSite
from samebytes.forges.folder import FolderReleases
from samebytes.model.site import Site
from samebytes.registries.folder import FolderRegistry
from samebytes.stores.folder import FolderEvidence, FolderState
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from samebytes.wiring.ports import Ports

# The kernel's lock on a folder is held for single steps only: who holds it for longer is stopped, or hangs.
_STEP_LIMIT_S = 60.0


def open_directory(site: Site, ports: Ports) -> OpenSite:
    """A directory site."""
    folder = site_folder(site, site.path, ports)
    return OpenSite(
        site=site,
        registry=FolderRegistry(folder, ports.clock),
        releases=FolderReleases(folder),
        state=FolderState(folder, ports.clock, ports.randomness),
        evidence=FolderEvidence(folder),
        check_writable=folder.check_writable,
    )


def site_folder(site: Site, path: str, ports: Ports) -> SiteFolder:
    """The folder in which a site keeps things."""
    wait_s = min(_STEP_LIMIT_S, site.lock_timeout_s)
    files = FolderStore(path, clock=ports.clock, randomness=ports.randomness, lock_timeout_s=wait_s)
    return SiteFolder(files, site.id, path)
