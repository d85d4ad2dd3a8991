"""Where releases are published to: forge stand-ins and a Verdaccio, each time as they were after the first release."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from samebytes.model.site import Site
from samebytes.testing.forge import server, setup
from samebytes.testing.forge.product import product
from samebytes.testing.forge.state import Forge
from samebytes.testing.server_checker import Stored, read_forge, read_verdaccio
from tests.clients.verdaccio import Verdaccio
from tests.convergence.process import Process
from tests.convergence.releases import Releases, built_releases

_TOKEN_VARIABLE = "SAMEBYTES_CORP_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One trial's site: its settings, the environment with the token, what its server stores; `forge` of a stand-in."""

    site: Site
    variables: Mapping[str, str]
    stored: Callable[[], Stored]
    releases: Releases
    repository: Path
    forge: Forge | None = None


class Place(Protocol):
    """Gives every trial a site with the first release."""

    def ground(self) -> Ground:
        """A site for one trial; context manager."""


@dataclass
class ForgePlace:
    """A stand-in of a product; each trial has a server and a folder of its own."""

    folder: Path
    name: str
    postgres: bool = False
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _releases: Releases | None = None

    @contextmanager
    def ground(self, *, seed: int = 0) -> Iterator[Ground]:
        """A fresh copy of a stand-in that has the first release."""
        template = self.folder / "template"
        if self._releases is None:
            with self._served(template, 0) as ground:
                Process(ground).publish(ground.releases.first)
                self._releases = ground.releases
        folder = self.folder / f"trial-{next(self._numbers)}"
        shutil.copytree(template, folder, symlinks=True)
        try:
            with self._served(folder, seed) as ground:
                yield ground
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def _served(self, folder: Path, seed: int) -> Iterator[Ground]:
        kind = product(self.name, postgres=self.postgres)
        forge = setup.ready_forge(folder, kind, seed=seed)
        repository = forge.storage.repository_path(setup.OWNER, setup.REPOSITORY)
        releases = self._releases or built_releases(self.folder / "built", repository)
        try:
            with server.running(forge) as url:
                yield Ground(
                    site=_site(
                        kind="forgejo" if kind.is_forgejo else "gitea",
                        url=url,
                        owner=setup.OWNER,
                        repository=f"{setup.OWNER}/{setup.REPOSITORY}",
                        remote=f"{url}/{setup.OWNER}/{setup.REPOSITORY}.git",
                    ),
                    variables={_TOKEN_VARIABLE: setup.TOKENS.publisher},
                    stored=lambda: read_forge(folder, kind, setup.OWNER, setup.REPOSITORY),
                    releases=releases,
                    repository=repository,
                    forge=forge,
                )
        finally:
            forge.storage.close()


@dataclass
class VerdaccioPlace:
    """One Verdaccio whose packages are put back before each trial, and a bare repository for the site's state."""

    folder: Path
    verdaccio: Verdaccio
    _releases: Releases | None = None

    @contextmanager
    def ground(self, *, seed: int = 0) -> Iterator[Ground]:
        """The registry and the repository as after the first release; `seed` is for places that have chance."""
        assert seed >= 0
        state = self.folder / "state.git"
        if self._releases is None:
            subprocess.run(("git", "init", "-q", "--bare", "-b", "main", str(state)), check=True)
            self._releases = built_releases(self.folder / "built", state)
            ground = self._ground(state, self._releases)
            Process(ground).publish(self._releases.first)
            shutil.copytree(state, self.folder / "saved-state")
            shutil.copytree(self.verdaccio.storage, self.folder / "saved-storage")
        self._put_back(self.folder / "saved-state", state)
        self._put_back(self.folder / "saved-storage" / "@acme", self.verdaccio.storage / "@acme")
        yield self._ground(state, self._releases)

    def _ground(self, state: Path, releases: Releases) -> Ground:
        return Ground(
            site=_site(kind="npm", url=self.verdaccio.url, evidence=f"file://{state}"),
            variables={_TOKEN_VARIABLE: self.verdaccio.token},
            stored=lambda: read_verdaccio(self.verdaccio.storage, state),
            releases=releases,
            repository=state,
        )

    def _put_back(self, saved: Path, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(saved, place)


def _site(*, kind: str, url: str, owner: str = "", repository: str = "", remote: str = "", evidence: str = "") -> Site:
    return Site(
        id="corp",
        kind=kind,
        url=url,
        owner=owner,
        repository=repository,
        remote=remote,
        evidence=evidence,
        lock_timeout_s=3600.0,
    )
