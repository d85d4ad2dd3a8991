"""The consumer: a package that installs the released ones with the real pnpm, type-checks, and runs."""

from __future__ import annotations

import base64
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from stage.commands import Command, DemoError, Terminal
from stage.machines import neutral_environment

_MADE_BY_TOOLS = ("node_modules", "dist")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pnpm:
    """The real pnpm that the example pins, run by the machine's Node."""

    program: Path
    install_registry: str
    terminal: Terminal

    def run(self, *arguments: str, cwd: Path, registry: str, home: Path) -> str:
        """Run pnpm with a home and a store of its own, `@lanterns` coming from the registry; what it printed."""
        env = neutral_environment(os.environ) | {
            "HOME": str(home),
            "CI": "1",
            "NO_COLOR": "1",
            "LANTERNS_REGISTRY": registry,
            "npm_config_registry": self.install_registry,
            "npm_config_store_dir": str(home / "store"),
            "npm_config_cache_dir": str(home / "cache"),
        }
        home.mkdir(parents=True, exist_ok=True)
        command = Command(
            argv=("node", str(self.program), *arguments), cwd=cwd, env=env, shown=f"pnpm {' '.join(arguments)}"
        )
        return self.terminal.run(command).stdout


def pinned_pnpm(manifest: Path, folder: Path, install_registry: str, terminal: Terminal) -> Pnpm:
    """Fetch the pnpm that a package.json pins, through npm; refuse one whose digest is not the pinned one."""
    pin = json.loads(manifest.read_text(encoding="utf-8"))["packageManager"]
    spec, _, digest_hex = pin.partition("+sha512.")
    integrity = f"sha512-{base64.b64encode(bytes.fromhex(digest_hex)).decode()}"
    lock = folder / "package-lock.json"
    if not lock.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts")
        # The machine's own environment: its npm may need it to reach the registry.
        terminal.run(Command(argv=("npm", "install", *quiet, spec), cwd=folder, env=os.environ))
    got = json.loads(lock.read_text(encoding="utf-8"))["packages"]["node_modules/pnpm"]["integrity"]
    if got != integrity:
        raise DemoError(f"{spec} is {got}, but the example pins {integrity}")
    return Pnpm(
        program=folder / "node_modules" / "pnpm" / "bin" / "pnpm.cjs",
        install_registry=install_registry,
        terminal=terminal,
    )


def fresh_copy(example: Path, folder: Path) -> Path:
    """A copy of the consumer that has nothing installed."""
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns(*_MADE_BY_TOOLS))
    return folder


def install_registry(folder: Path, terminal: Terminal) -> str:
    """The registry that this machine's npm installs from: the public one, or the mirror that its owner has set."""
    return terminal.run(Command(argv=("npm", "config", "get", "registry"), cwd=folder, env=os.environ)).stdout.strip()
