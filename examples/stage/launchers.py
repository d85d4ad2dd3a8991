"""Launchers: a `node` of the site's own that comes first in the PATH, as monitoring agents and hardened images bring one.

A launcher that wants to stay in charge of child processes makes Node name *it* as its own program. samebytes asks Node
for that program and builds with it, so what a launcher does reaches the build, whatever environment is handed to it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from stage.commands import DemoError

_ENOUGH = 0.9
_TIMEOUT_S = 20


def launcher(folder: Path, commands: str) -> Path:
    """A folder with a `node` that runs these shell commands before the real one."""
    real = shutil.which("node")
    if real is None:
        raise DemoError("there is no node in the PATH")
    folder.mkdir(parents=True)
    program, agent = folder / "node", folder / "agent.cjs"
    agent.write_text(f'process.execPath = "{program}";\n', encoding="utf-8")
    program.write_text(
        f'#!/bin/sh\n{commands}\nexec {shlex.quote(real)} --require {shlex.quote(str(agent))} "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return folder


def exports(variables: Mapping[str, str]) -> str:
    """Shell commands that export the variables."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items()))


def clock_ahead(hours: int, folder: Path) -> Mapping[str, str]:
    """The variables that put a program's clock ahead; none where faketime is not installed or does not reach Node."""
    faketime = shutil.which("faketime")
    if faketime is None:
        return {}
    told = _said((faketime, "-f", f"+{hours}h", "env"), dict(os.environ), folder)
    pairs = [line.partition("=") for line in told.splitlines()]
    # Only the calendar clock is another one: time limits are about real time. The shared state ends with `faketime`.
    variables = {
        name: value for name, _, value in pairs if name in {"LD_PRELOAD", "FAKETIME"} or name.startswith("DYLD_")
    } | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    now = ("node", "-p", "Date.now()")
    ahead_ms = _number(_said(now, {**os.environ, **variables}, folder)) - _number(_said(now, dict(os.environ), folder))
    return variables if ahead_ms > _ENOUGH * hours * 3_600_000 else {}


def _said(argv: tuple[str, ...], env: Mapping[str, str], folder: Path) -> str:
    result = subprocess.run(
        argv,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    return result.stdout.strip()


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
