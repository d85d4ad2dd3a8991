"""Machines that the demo plays: each has a clone, a home, a clock and habits of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stage.commands import Command

# What a developer's shell may export and what would then be the same on both machines, or change what git and npm do.
_DROPPED_PREFIXES = ("GIT_", "npm_", "NPM_", "pnpm_", "PNPM_", "LC_", "XDG_", "PYTHON", "SAMEBYTES_", "COV_")
_DROPPED = frozenset(("LANG", "LANGUAGE", "TZ", "HOME", "NODE_OPTIONS", "FORCE_COLOR"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine: `clone` is its checkout, `tools` a folder that comes first in its PATH."""

    name: str
    clone: Path
    home: Path
    umask: int
    zone: str
    locale: str
    tools: Path | None = None

    def environment(self, sites: Path) -> dict[str, str]:
        """The variables that a shell on this machine has; `sites` is where its folders of sites are."""
        variables = neutral_environment(os.environ)
        path = variables.get("PATH", os.defpath)
        return variables | {
            "PATH": f"{self.tools}{os.pathsep}{path}" if self.tools else path,
            "HOME": str(self.home),
            "TZ": self.zone,
            "LANG": self.locale,
            "LC_ALL": self.locale,
            "NO_COLOR": "1",
            "LANTERNS_SITES": str(sites),
        }

    def samebytes(self, *arguments: str, sites: Path, status: int = 0) -> Command:
        """A samebytes command in this machine's clone."""
        return Command(
            argv=(sys.executable, "-m", "samebytes", *arguments),
            cwd=self.clone,
            env=self.environment(sites),
            umask=self.umask,
            shown=f"samebytes {' '.join(arguments)}",
            status=status,
        )

    def habits(self) -> str:
        """How this machine differs from others, in one line."""
        return (
            f"path of {len(str(self.clone))} characters, umask {self.umask:03o}, TZ={self.zone}, "
            f"LC_ALL={self.locale}, a home of its own"
        )


def neutral_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables without those that are habits of one machine."""
    return {
        name: value
        for name, value in variables.items()
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    }
