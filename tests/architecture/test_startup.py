"""`--help` answers at once: it loads nothing that only a running command needs."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.sources import none_found

_HEAVY = (
    "asyncio",
    "http.client",
    "nodesemver",
    "pydantic",
    "rich",
    "ruamel.yaml",
    "starlette",
    "tomlkit",
    "uvicorn",
    "yaml",
)
_SHOW = "import sys; from samebytes.cli.main import run; run(['--help']); print(*sorted(sys.modules), file=sys.stderr)"


def test_help_loads_no_heavy_module() -> None:
    """`samebytes --help` imports click and our own table of commands, neither rich, pydantic nor HTTP."""
    shown = subprocess.run((sys.executable, "-c", _SHOW), capture_output=True, text=True, check=True)
    assert "Usage: samebytes" in shown.stdout
    none_found(sorted(set(_HEAVY) & set(shown.stderr.split())))
