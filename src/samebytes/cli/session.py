"""What every command needs first: the repository, its configuration, the real parts of the system."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from samebytes.config import CONFIG_NAME, ConfigDocument, load_settings, read_document
from samebytes.errors import UsageError
from samebytes.model.settings import Settings
from samebytes.system.clock import SystemClock
from samebytes.system.environment import SystemEnvironment
from samebytes.system.git import GitRepository
from samebytes.system.process import SystemRunner
from samebytes.system.randomness import SystemRandomness


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
        return GitRepository.open(str(Path.cwd()), self.runner)

    def settings(self, commitish: str | None = None) -> Settings:
        """The effective settings; with a commit, what decides bytes is read from it.

        Raises ConfigError or FormatError (SB-1xxx), UsageError (SB-1010) when the file of `--config` is not there.
        """
        repository = self.repository()
        file = Path(self.config) if self.config else Path(repository.top) / CONFIG_NAME
        checkout = self._checkout_document(file)
        commit = checkout
        if commitish is not None:
            data = repository.tree(repository.resolve(commitish)).read(CONFIG_NAME)
            commit = read_document(data, f"{commitish}:{CONFIG_NAME}") if data is not None else None
        return load_settings(commit, checkout, str(file.resolve().parent), self.environment.variables)

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
