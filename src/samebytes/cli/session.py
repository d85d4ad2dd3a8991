"""What every command needs first: the repository, its configuration, the sites, the real parts of the system."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from samebytes.config import CONFIG_NAME, ConfigDocument, load_settings, read_document
from samebytes.core.site_remote import with_repository
from samebytes.errors import ConfigError, SamebytesError, UsageError
from samebytes.flows.make_release import Workshop, select_here
from samebytes.flows.open_site import OpenSite
from samebytes.flows.select import select_release
from samebytes.model.finding import Finding
from samebytes.model.names import PackageId
from samebytes.model.selection import Selection
from samebytes.model.settings import Settings
from samebytes.model.site import Site
from samebytes.model.tag import Commit
from samebytes.model.workspace import Workspace
from samebytes.package_managers.base import PackageManager
from samebytes.system.clock import SystemClock
from samebytes.system.environment import SystemEnvironment
from samebytes.system.git import GitRepository
from samebytes.system.process import SystemRunner
from samebytes.system.randomness import SystemRandomness
from samebytes.wiring import Ports, open_site, package_managers


@dataclass(frozen=True)
class Session:
    """One run of the command line; `config` is the file of `--config`, if any."""

    config: str | None = None
    clock: SystemClock = field(default_factory=SystemClock)
    randomness: SystemRandomness = field(default_factory=SystemRandomness)
    environment: SystemEnvironment = field(default_factory=SystemEnvironment)
    runner: SystemRunner = field(default_factory=SystemRunner)

    def repository(self) -> GitRepository:
        """The repository around the current directory. Raises ConfigError (SB-2100) where there is none."""
        return GitRepository.open(self.runner, str(Path.cwd()), self.environment.variables.get("PATH", os.defpath))

    def package_managers(self) -> tuple[PackageManager, ...]:
        """Every package manager, for this machine."""
        return package_managers(self.runner, self.environment.platform)

    def settings(self, commitish: str | None = None) -> Settings:
        """The effective settings; with a commit, what decides bytes is read from it.

        Raises ConfigError or FormatError (SB-1xxx), UsageError (SB-1010) when the file of `--config` is not there.
        """
        repository = self.repository()
        file = Path(self.config) if self.config else Path(repository.top) / CONFIG_NAME
        checkout = self._checkout_document(file)
        commit = checkout
        if commitish is not None:
            data = repository.tree(repository.resolve(commitish).commit).read(CONFIG_NAME)
            commit = read_document(data, f"{commitish}:{CONFIG_NAME}") if data is not None else None
        return load_settings(commit, checkout, str(file.resolve().parent), self.environment.variables)

    def set_aside_at_head(self) -> tuple[Finding, ...]:
        """What the file on disk asks for and a build of HEAD does not get; nothing where there is no HEAD yet."""
        try:
            return self.settings("HEAD").findings
        except SamebytesError:
            return ()

    def select(self, commitish: str, settings: Settings) -> tuple[Commit, Workspace, Selection]:
        """What a commit ships, decided without a build; raises what `select_release` raises."""
        return select_release(self.repository(), commitish, settings, self.package_managers())

    def packable(self, commitish: str | None) -> tuple[Commit, Selection]:
        """What `pack` packs of a commit, or of the checkout as it stands when there is none, with all findings so far."""
        settings = self.settings(commitish)
        if commitish is None:
            commit, workspace, selection = select_here(self.repository().top, settings, self.package_managers())
            findings = (*workspace.findings, *selection.findings)
        else:
            commit, workspace, selection = self.select(commitish, settings)
            findings = selection.findings
        return commit, replace(selection, findings=(*settings.findings, *findings))

    def knows(self, tag: str) -> bool:
        """Whether this clone has the tag, even one that cannot be used."""
        return tag in self.repository().tags()

    def commit_of(self, tag: str) -> str:
        """The commit that git says this tag names; empty where this clone does not know the tag."""
        try:
            found = self.repository().resolve(f"refs/tags/{tag}")
        except ConfigError:
            return ""
        return found.commit

    def shipped_by(self, tag: str, settings: Settings) -> tuple[PackageId, ...]:
        """What git says this tag ships; empty where this clone cannot tell, whatever is wrong with the tag."""
        try:
            _, _, selection = self.select(f"refs/tags/{tag}", settings)
        except SamebytesError:
            return ()
        return tuple(member.id for member in selection.members)

    def sites(self, settings: Settings, ids: Sequence[str]) -> tuple[OpenSite, ...]:
        """The named sites opened, in the order named; all configured ones where none is named.

        Raises UsageError (SB-1011) for a name that is not configured, ConfigError (SB-1012) when there is no site.
        """
        chosen = self.configured(settings, ids)
        ports, remotes = self.reach(chosen)
        located = [with_repository(site, remotes) if site.owner else site for site in chosen]
        return tuple(open_site(site, ports) for site in located)

    def configured(self, settings: Settings, ids: Sequence[str]) -> tuple[Site, ...]:
        """The same sites as they are configured; raises what `sites` does of names."""
        if not settings.sites:
            raise ConfigError(
                "SB-1012",
                "no site is configured",
                hint=f'add [sites.corp] with kind = "directory" and path = "../corp" to {CONFIG_NAME}',
            )
        known = {site.id: site for site in settings.sites}
        unknown = [id_ for id_ in ids if id_ not in known]
        if unknown:
            raise UsageError(
                "SB-1011", f"no site is called {unknown[0]!r}", hint=f"configured are: {', '.join(sorted(known))}"
            )
        return tuple(known[id_] for id_ in dict.fromkeys(ids or known))

    def reach(self, sites: Sequence[Site]) -> tuple[Ports, Mapping[str, str]]:
        """What these sites are opened with, and the checkout's git remotes where one of them is a server."""
        ports = Ports(
            clock=self.clock, randomness=self.randomness, runner=self.runner, variables=self.environment.variables
        )
        if not any(site.url for site in sites):
            return ports, {}
        repository = self.repository()
        ports = replace(ports, folder=repository.top, object_format=repository.object_format)
        return ports, repository.remotes()

    def temporary(self) -> AbstractContextManager[str]:
        """A folder of this run, removed at its end; TMPDIR says where."""
        return TemporaryDirectory(prefix="samebytes-", ignore_cleanup_errors=True)

    def workshop(self, temp: str, log: Callable[[str], None]) -> Workshop:
        """What a build needs; package managers are kept in the user's cache folder."""
        variables = self.environment.variables
        cache = variables.get("XDG_CACHE_HOME") or str(Path(variables.get("HOME", temp)) / ".cache")
        return Workshop(
            runner=self.runner,
            clock=self.clock,
            environment=self.environment,
            package_managers=self.package_managers(),
            temp=str(Path(temp) / "build"),
            tools=str(Path(cache) / "samebytes" / "tools"),
            log=log,
        )

    def holder(self) -> str:
        """The line that tells others who holds a lock."""
        return f"pid {os.getpid()} on {socket.gethostname()}, since {self.clock.now():%Y-%m-%dT%H:%M:%SZ}"

    def _checkout_document(self, file: Path) -> ConfigDocument | None:
        try:
            data = file.read_bytes()
        except FileNotFoundError as error:
            if self.config:
                raise UsageError(
                    "SB-1010", f"{self.config} does not exist", hint="check the path after --config"
                ) from error
            return None
        except OSError as error:
            raise UsageError("SB-1010", f"{file.name} cannot be read: {error.strerror}") from error
        return read_document(data, file.name)
