"""Publish runs against sites in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedVersion
from samebytes.model.outcome import PublishOutcome
from samebytes.model.settings import PromoteWhen
from samebytes.testing.memory_site import Fault, MemorySite, StoredPackage
from tests.directory_site.fake_clock import FakeClock
from tests.small_releases import Tiny, tarball_of

POLICY = Policy(when=PromoteWhen.POLICY, configured_sites=1)


def quiet(line: str) -> None:
    """Let progress go unheard."""


def run(built: BuiltRelease, site: MemorySite, at: OpenSite | None = None, **options: Any) -> PublishOutcome:
    """One publish run, in a process of its own."""
    chosen = PublishOptions(**{"holder": "a test", "policy": POLICY, **options})
    return publish(built, at or site.open(), chosen, site.clock, quiet)


def new_site(*earlier: BuiltRelease, id: str = "corp") -> MemorySite:  # noqa: A002  the field's own word
    """A site that has these releases, ready for the next process."""
    site = MemorySite(FakeClock(), id=id)
    for built in earlier:
        run(built, site)
    site.next_process()
    return site


def registry_only(site: MemorySite) -> OpenSite:
    """The site as one that has nothing but a registry."""
    return replace(site.open(), releases=None, state=None, evidence=None)


def store_as_stranger(site: MemorySite, tiny: Tiny, **fields: Any) -> None:
    """Somebody else uploads a member to the registry, with `fields` on top of the manifest it should have."""
    tarball, data = tarball_of(tiny)
    package = site.packages.setdefault(PackageName(tiny.name), StoredPackage())
    manifest = {**tarball.manifest, **fields}
    package.versions[tiny.version] = ObservedVersion(integrity=tarball.sha512, manifest=manifest)
    package.tarballs[tiny.version] = data


def latest(site: MemorySite) -> dict[str, str]:
    """Package name to what `latest` points at, where it points at anything."""
    tags = {name.text: package.dist_tags.get("latest") for name, package in sorted(site.packages.items())}
    return {name: version for name, version in tags.items() if version is not None}


def after_call(call: str, act: Callable[[], None]) -> Fault:
    """Do something behind a run's back once it has made a call that starts like this, the first time only."""
    done: list[int] = []

    def fault(number: int, moment: str, made: str) -> None:
        if moment == "after" and made.startswith(call) and not done:
            done.append(number)
            act()

    return fault


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
