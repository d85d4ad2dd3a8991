"""Open sites at servers: npm registries, Gitea, Forgejo. Nothing is asked before a flow asks it."""

from __future__ import annotations

from urllib.parse import urlsplit

from samebytes.dialects.registries import RegistryDialect, RegistryProduct, registry_dialect
from samebytes.flows.open_site import OpenSite
from samebytes.forges.gitea import GiteaForge, open_gitea
from samebytes.forges.recognise import Recognition
from samebytes.formats.git_url import is_git_url
from samebytes.formats.redact import masker
from samebytes.model.site import Site
from samebytes.registries.forgejo import forgejo_registry
from samebytes.registries.gitea import gitea_registry
from samebytes.registries.npm import npm_registry, recognised_dialect
from samebytes.registries.npm_protocol import NpmParts
from samebytes.stores.folder import FolderEvidence, FolderState
from samebytes.wiring.access import Access, access, git_stores
from samebytes.wiring.directory import site_folder
from samebytes.wiring.ports import Ports

_REGISTRIES = {"gitea": gitea_registry, "forgejo": forgejo_registry}


def open_npm(site: Site, ports: Ports, way: Access | None = None) -> OpenSite:
    """A registry alone; `evidence` says where its state is, if anywhere."""
    way = way or access(site, ports)
    registry = npm_registry(site.url, _parts(site, way))
    if not site.evidence:
        return OpenSite(site=site, registry=registry, releases=None, state=None, evidence=None)
    if is_git_url(site.evidence):
        # The credential is the registry's: it goes to a git remote of the same origin only.
        own = way.credential if urlsplit(site.evidence)[:2] == urlsplit(site.url)[:2] else None
        state, evidence = git_stores(site, site.evidence, own, ports)
        return OpenSite(site=site, registry=registry, releases=None, state=state, evidence=evidence)
    folder = site_folder(site, site.evidence, ports)
    return OpenSite(
        site=site,
        registry=registry,
        releases=None,
        # One after the other, its requests would take as long as they have to travel.
        state=FolderState(folder, ports.clock, ports.randomness, shared=True),
        evidence=FolderEvidence(folder),
    )


def open_forge(site: Site, ports: Ports, way: Access | None = None) -> OpenSite:
    """A Gitea or Forgejo: packages, releases, and its git remote for state and evidence."""
    way = way or access(site, ports)
    forge = _forge(site, way)
    parts = _parts(site, way, forge.recognition)
    is_same_origin = urlsplit(site.remote)[:2] == urlsplit(site.url)[:2]
    state, evidence = git_stores(site, site.remote, way.credential if is_same_origin else None, ports)
    return OpenSite(
        site=site,
        registry=_REGISTRIES[site.kind](site.url, site.owner, parts),
        releases=forge.releases,
        state=state,
        evidence=evidence,
    )


def _forge(site: Site, way: Access) -> GiteaForge:
    return open_gitea(way.transport, site.url, site.repository, way.pauses, site.kind)


def _parts(site: Site, way: Access, recognition: Recognition | None = None) -> NpmParts:
    def dialect() -> RegistryDialect:
        assert recognition is not None, "only asked where there is one"  # noqa: S101
        found = recognition.recognised()
        return registry_dialect(RegistryProduct(found.product.value), found.version)[0]

    return NpmParts(
        transport=way.transport,
        pauses=way.pauses,
        dialect=dialect if recognition is not None else recognised_dialect(way.transport, site.url),
        concurrency=site.concurrency,
        mask=masker(way.authorization.texts if way.authorization is not None else ()),
    )
