"""Node and npm for a build: the host's real programs, linked into a folder of the build's own.

Version managers put a shim on the PATH that needs their variables; inside a build these are gone, so the program behind
the shim is asked for first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from samebytes.errors import BuildError
from samebytes.system.git_objects import text_of
from samebytes.system.process import Command, Runner

_TIMEOUT_S = 60.0


def link_node(runner: Runner, given: Mapping[str, str], directory: str, tools: str, system_path: str) -> None:
    """Link `node`, `npm`, `npx` and a `git` from an unusual place into `tools`; `given` is the host's environment.

    `directory` is where a version manager looks for its pin, `system_path` where a build finds
    programs besides `tools`. Raises BuildError (SB-3001) when there is no Node.
    """
    env = {name: value for name, value in given.items() if name != "NODE_OPTIONS"}
    search = given.get("PATH", os.defpath)
    found = shutil.which("node", path=search)
    if found is None:
        raise BuildError("SB-3001", "node cannot be started: it is not on PATH", hint="install Node 20 or newer")
    shown = runner.run(Command(argv=(found, "-p", "process.execPath"), cwd=directory, env=env, timeout_s=_TIMEOUT_S))
    node = text_of(shown.stdout).strip()
    if shown.returncode or not os.path.isfile(node):
        raise BuildError(
            "SB-3001", f"{found} does not start", hint="install Node 20 or newer", details=_stderr(shown.stderr)
        )
    os.symlink(node, os.path.join(tools, "node"))
    for name in ("npm", "npx"):
        beside = os.path.join(os.path.dirname(node), name)
        target = beside if os.path.exists(beside) else shutil.which(name, path=search)
        if target:
            os.symlink(os.path.realpath(target), os.path.join(tools, name))
    git = shutil.which("git", path=search)
    if git and shutil.which("git", path=system_path) is None:
        os.symlink(os.path.realpath(git), os.path.join(tools, "git"))


def node_version(runner: Runner, env: Mapping[str, str], tools: str) -> str:
    """The version of the linked Node, without its `v`. Raises BuildError (SB-3001) when it does not start."""
    shown = runner.run(Command(argv=(f"{tools}/node", "--version"), cwd=tools, env=env, timeout_s=_TIMEOUT_S))
    if shown.returncode:
        raise BuildError("SB-3001", "node does not start in a build", hint="install Node 20 or newer")
    return text_of(shown.stdout).strip().removeprefix("v")


def _stderr(data: bytes) -> Mapping[str, str]:
    return {"stderr": text_of(data)[-2000:]}
