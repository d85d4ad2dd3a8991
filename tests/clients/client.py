"""The value a test gets: a package manager with a home of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_RUN_TIMEOUT_S = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A package manager: its command as an argument tuple, and the whole environment it runs in.

    `env["PATH"]` begins with a folder that holds the client under its own name and its Node, so that scripts which call
    `pnpm`, `npm` or `node` get the same ones; `env["HOME"]` is empty when the test starts.
    """

    name: str
    version: str
    argv: tuple[str, ...]
    env: Mapping[str, str]

    def run(
        self, *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; a failure shows both of its streams. `env` adds to the client's own."""
        result = subprocess.run(
            (*self.argv, *arguments),
            cwd=cwd,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_RUN_TIMEOUT_S,
            check=False,
        )
        if check and result.returncode:
            message = f"{self.name}@{self.version} {' '.join(arguments)} exits {result.returncode}"
            raise AssertionError(f"{message}\n{result.stdout}\n{result.stderr}")
        return result
