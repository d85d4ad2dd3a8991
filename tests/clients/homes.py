"""The scrubbed environment of a client: its own home, its own store, nothing of the developer's configuration."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

# What a machine may need to reach a registry at all; everything else of the caller's environment stays out.
_PASSED_ON = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# Each client stays the one that was asked for, whatever `packageManager` says: pnpm would fetch and become another.
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "manage_package_manager_versions": "false",
        "package_manager_strict": "false",
        "pm_on_fail": "ignore",
        "update_notifier": "false",
    }
)


def clean_environment(home: Path, store: Path, *, name: str, argv: tuple[str, ...], node: Path) -> Mapping[str, str]:
    """Make the home and describe it: HOME, XDG folders, PATH with the client and its Node first, settings."""
    programs = home / "bin"
    programs.mkdir(parents=True)
    settings = {f"{tool}_config_{key}": value for tool in ("npm", "pnpm") for key, value in _SETTINGS.items()}
    _write_program(programs / name, argv, settings)
    _write_program(programs / "node", (str(node),), {})
    for folder in ("config", "cache", "state", "run"):
        (home / folder).mkdir(mode=0o700)
    store.mkdir(parents=True, exist_ok=True)
    (home / ".npmrc").write_text(_user_npmrc(), encoding="utf-8")
    git = os.path.dirname(shutil.which("git") or "/usr/bin/git")  # noqa: PTH120 - an entry of PATH is a string
    return MappingProxyType(
        {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        | settings
        | {
            "CI": "1",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{programs}:{git}:{_SYSTEM_PATH}",
            "TZ": "UTC",
            "XDG_CACHE_HOME": str(store / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(store / "data"),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_STATE_HOME": str(home / "state"),
            "npm_config_cache": str(store / "npm"),
            "npm_config_globalconfig": str(home / "none"),
        }
    )


def _write_program(path: Path, argv: tuple[str, ...], settings: Mapping[str, str]) -> None:
    """A script for the PATH; it sets the settings again, since pnpm drops `npm_config_*` before it runs a script."""
    exports = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in settings.items())
    path.write_text(f'#!/bin/sh\n{exports}exec {shlex.join(argv)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


@cache
def _user_npmrc() -> str:
    """The registry this machine installs from: a mirror is its only way out. A project's own .npmrc still wins."""
    result = subprocess.run(
        ("npm", "config", "get", "registry"),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return f"registry={result.stdout.strip()}\n"
