"""Open sites to be probed: the same parts as for a release, with shorter time limits and less patience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

from samebytes.dialects.forges import choose_dialect
from samebytes.dialects.registries import registry_dialect
from samebytes.errors import SiteError
from samebytes.flows.open_probe import OpenProbe
from samebytes.flows.open_site import OpenSite
from samebytes.forges.recognise import recognise as recognise_forge
from samebytes.forges.survey import ForgeSurvey
from samebytes.formats.git_url import is_git_url
from samebytes.formats.redact import masker
from samebytes.model.names import PackageId, PackageName
from samebytes.model.probe import ServerSeen
from samebytes.model.site import Site
from samebytes.registries.gitea import gitea_npm_url
from samebytes.registries.npm_protocol import NpmRegistry
from samebytes.registries.recognise import recognise as recognise_registry
from samebytes.registries.survey import RegistrySurvey
from samebytes.stores.git_refs_probe import GitRefsProbe
from samebytes.system.clock import Clock
from samebytes.system.http.base import Request, Transport
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.server_date import skew_s
from samebytes.wiring.access import Access, access, git_remote
from samebytes.wiring.directory import open_directory
from samebytes.wiring.ports import Ports
from samebytes.wiring.servers import open_forge, open_npm

# "Within seconds": a server that is there answers sooner, and one that is not need not be asked five times.
_ATTEMPTS = 2
_CONNECT_TIMEOUT_S, _REQUEST_TIMEOUT_S = 4.0, 8.0
_LIMIT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """What answers at a site's URL."""

    site: Site
    transport: Transport
    registry: NpmRegistry
    survey: RegistrySurvey
    clock: Clock

    def recognised(self) -> ServerSeen:
        """Product, version and clock."""
        answer = self.transport.send(Request(method="GET", url=self._first, limit_bytes=_LIMIT_BYTES))
        ahead_s = skew_s(answer, self.clock.now())
        if answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            raise SiteError(
                "SB-5121", f"a proxy before {self.site.url} asks for a login", hint="correct `proxy` of the site"
            )
        if self.site.owner:
            forge = recognise_forge(self.transport, self.site.url)
            note = choose_dialect(forge.product, forge.version).note
            product, version = forge.product.value, forge.version
        else:
            found = recognise_registry(self.transport, self.site.url)
            product, version = found.product.value, found.version
            note = registry_dialect(found.product, version)[1] if version else ""
        return ServerSeen(product=product, version=version, notes=(note,) if note else (), skew_s=ahead_s)

    def user(self) -> str:
        """Who the credential is to the registry."""
        return self.survey.user()

    def may_publish(self, product: str, missing: PackageId) -> bool | None:
        """Whether packages may be written."""
        return self.survey.may_publish(product, missing)

    def disputed_tags(self, names: Sequence[PackageName]) -> Mapping[PackageName, tuple[str, ...]]:
        """The dist-tags that several versions hold."""
        return self.registry.disputed_tags(names)

    @property
    def _first(self) -> str:
        return f"{self.site.url}/api/v1/version" if self.site.owner else f"{self.site.url}/-/ping"


def open_probe(site: Site, ports: Ports) -> OpenProbe:
    """A site to be probed; touches nothing there.

    Raises ConfigError as `open_site` does, where settings cannot be used: a finding for who probes several sites.
    """
    if site.kind == "directory":
        return OpenProbe(at=open_directory(site, ports))
    hasty = replace(
        site,
        connect_timeout_s=min(site.connect_timeout_s, _CONNECT_TIMEOUT_S),
        request_timeout_s=min(site.request_timeout_s, _REQUEST_TIMEOUT_S),
    )
    pauses = Pauses(clock=ports.clock, randomness=ports.randomness, attempts=_ATTEMPTS)
    way = access(hasty, ports, pauses)
    is_forge = bool(site.owner)
    at = (open_forge if is_forge else open_npm)(hasty, ports, way)
    url = gitea_npm_url(site.url, site.owner) if is_forge else site.url
    assert isinstance(at.registry, NpmRegistry), "servers have no other"  # noqa: S101
    return OpenProbe(
        at=replace(at, site=site),
        has_credential=way.credential is not None,
        server=_Server(
            site=site,
            transport=way.transport,
            registry=at.registry,
            survey=RegistrySurvey(way.transport, url),
            clock=ports.clock,
        ),
        forge=ForgeSurvey(way.transport, site.url, site.owner, site.repository) if is_forge else None,
        refs=_refs(hasty, way, ports, at),
        mask=masker(way.authorization.texts if way.authorization is not None else ()),
        close=way.transport.close,
    )


def _refs(site: Site, way: Access, ports: Ports, at: OpenSite) -> GitRefsProbe | None:
    url = site.remote or site.evidence
    if at.state is None or not is_git_url(url):
        return None
    own = way.credential if urlsplit(url)[:2] == urlsplit(site.url)[:2] else None
    return GitRefsProbe(git_remote(site, url, own, ports), site.id)
