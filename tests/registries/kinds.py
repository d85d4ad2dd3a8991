"""Every kind of registry, opened in one way, so that one suite holds for all of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from samebytes.core.install_manifest import version_manifest
from samebytes.dialects.registries import RegistryDialect, RegistryProduct, registry_dialect
from samebytes.model.names import PackageId
from samebytes.model.observed import ObservedPackage
from samebytes.model.secret import Secret
from samebytes.model.site import Site
from samebytes.model.tarball import PackedMember
from samebytes.registries.base import Registry, UploadPackage
from samebytes.registries.gitea import gitea_npm_url
from samebytes.registries.npm_protocol import NpmParts, NpmRegistry
from samebytes.system.http.authorize import Authorization
from samebytes.system.http.base import Transport
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.stack import site_transport
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.forge import setup
from samebytes.testing.memory_site import MemorySite
from samebytes.wiring import Ports, open_site
from tests.clients.verdaccio import Verdaccio
from tests.contract.forge.under_test import StandIn
from tests.directory_site.fake_clock import FakeClock
from tests.live.forge import LiveForge
from tests.live.program import SERVERS, is_named
from tests.registries.doubles import CountingLease
from tests.small_releases import Tiny, built_release

FORGES = ("gitea-1.25", "gitea-1.26", "forgejo-11", "gitea-1.25-postgres")
# The real servers that the environment names.
REAL = tuple(server for server in SERVERS if is_named(server))
KINDS = ("memory", "directory", "verdaccio", *FORGES, *REAL)
HTTP_KINDS = KINDS[2:]
_NUMBERS = itertools.count(1)

Wrap = Callable[[Transport], Transport]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: opens registries of the same site, through what `wrap` makes of the transport where it has one."""

    name: str
    reopen: Callable[[Wrap], Registry]
    dialect: RegistryDialect | None = None
    url: str = ""
    close: Callable[[], None] = lambda: None

    def open(self, wrap: Wrap = lambda transport: transport) -> Registry:
        """The registry as another process sees it."""
        return self.reopen(wrap)

    def open_npm(self, wrap: Wrap = lambda transport: transport) -> NpmRegistry:
        """The same of a kind that speaks npm's protocol."""
        opened = self.reopen(wrap)
        assert isinstance(opened, NpmRegistry)
        return opened

    @property
    def invents_latest(self) -> bool:
        """Whether a new package shows a `latest` that nobody stored."""
        return self.dialect is not None and self.dialect.latest_when_unset


@dataclass(frozen=True, slots=True)
class Package:
    """A package name that no other test uses, and its versions packed on demand."""

    folder: Path
    name: str = field(default_factory=lambda: f"@acme/wick-{next(_NUMBERS)}")

    def version(self, version: str = "1.0.0", text: str = "", **fields: object) -> PackedMember:
        """One version; `text` goes into a file, so that other texts are other bytes."""
        files = {"index.js": f"// {text}\n".encode(), "bin/wick.js": b"#!/usr/bin/env node\n"}
        tiny = Tiny(name=self.name, version=version, files=files, fields=fields)  # type: ignore[arg-type]
        return built_release(self.folder / f"{version}-{next(_NUMBERS)}", members=(tiny,)).packed[0]


def memory_kind() -> Kind:
    """The site in memory."""
    site = MemorySite(FakeClock())
    return Kind(name="memory", reopen=lambda _: site.open().registry)


def directory_kind(folder: Path) -> Kind:
    """A folder."""
    site = Site(id="corp", kind="directory", path=str(folder / "site"))
    ports = Ports(clock=FakeClock(), randomness=SystemRandomness())
    opened = open_site(site, ports)
    assert opened.state is not None
    opened.state.lock.acquire("whoever makes the site", 1, 1).release()
    return Kind(name="directory", reopen=lambda _: open_site(site, ports).registry)


def verdaccio_kind(server: Verdaccio) -> Kind:
    """A real Verdaccio."""
    dialect = registry_dialect(RegistryProduct.VERDACCIO, "6.10.4")[0]
    return http_kind("verdaccio", server.url, server.token, dialect)


def forge_kind(name: str, server: StandIn) -> Kind:
    """A stand-in of a forge."""
    product = RegistryProduct.FORGEJO if server.forge.product.is_forgejo else RegistryProduct.GITEA
    dialect = registry_dialect(product, server.forge.product.version)[0]
    return http_kind(name, gitea_npm_url(server.base_url, setup.OWNER), setup.TOKENS.publisher, dialect)


def real_kind(name: str, forge: LiveForge) -> Kind:
    """A real server of this name."""
    dialect = registry_dialect(RegistryProduct(name), forge.instance.program.version)[0]
    return http_kind(name, gitea_npm_url(forge.base_url, setup.OWNER), forge.tokens.publisher, dialect)


def marked(names: Iterable[str]) -> list[Any]:
    """Kinds as parameters; real servers have their mark."""
    return [pytest.param(name, marks=[pytest.mark.live(name)] if name in REAL else []) for name in names]


def http_kind(name: str, url: str, token: str, dialect: RegistryDialect) -> Kind:
    """A registry over real HTTP; pauses take no time."""
    pauses = Pauses(clock=FakeClock(), randomness=SystemRandomness())
    site = Site(id="corp", kind="npm", url=url, concurrency=8)
    authorization = Authorization.bearer(Secret(token)) if token else None
    transport = site_transport(site, authorization, pauses)

    def reopen(wrap: Wrap) -> NpmRegistry:
        parts = NpmParts(transport=wrap(transport), pauses=pauses, dialect=lambda: dialect, concurrency=8)
        return NpmRegistry(url, parts)

    return Kind(name=name, reopen=reopen, dialect=dialect, url=url, close=transport.close)


def upload(
    registry: Registry, member: PackedMember, dist_tag: str = "samebytes-hold", lease: CountingLease | None = None
) -> None:
    """Upload one member as a publish run does."""
    manifest = version_manifest(member.tarball)
    package = UploadPackage(packed=member, version_manifest=manifest, dist_tag=dist_tag)
    registry.upload(package, lease or CountingLease())


def seen(registry: Registry, id: PackageId) -> ObservedPackage:  # noqa: A002  the field's own word
    """What the registry shows of a package that can be read."""
    found = registry.observe([id.name])[id.name]
    assert isinstance(found, ObservedPackage), found
    return found
