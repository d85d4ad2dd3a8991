"""Node for a build: the real program behind whatever is on the PATH."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from samebytes.errors import BuildError
from samebytes.system.node_tools import link_node, node_version
from samebytes.system.process import SystemRunner

_SYSTEM = "/usr/local/bin:/usr/bin:/bin"


def test_links_the_program_behind_a_shim(tmp_path: Path) -> None:
    """A version manager's shim needs its variables; the program it starts does not."""
    shims, tools = tmp_path / "shims", tmp_path / "tools"
    shims.mkdir()
    tools.mkdir()
    real = shutil.which("node")
    assert real is not None
    (shims / "node").write_text(f'#!/bin/sh\ntest -n "$MANAGER" || exit 9\nexec {real} "$@"\n', encoding="utf-8")
    (shims / "node").chmod(0o755)
    given = {"PATH": f"{shims}:{os.environ['PATH']}", "MANAGER": "1", "NODE_OPTIONS": "--no-such-option"}
    link_node(SystemRunner(), given, str(tmp_path), str(tools), _SYSTEM)
    assert (tools / "node").resolve() == Path(real).resolve()
    assert {"npm", "npx"} <= {path.name for path in tools.iterdir()}
    assert int(node_version(SystemRunner(), {"PATH": str(tools)}, str(tools)).partition(".")[0]) >= 20


def test_says_when_there_is_no_node(tmp_path: Path) -> None:
    """Without Node nothing can be built, and the error says what to install."""
    with pytest.raises(BuildError) as caught:
        link_node(SystemRunner(), {"PATH": str(tmp_path)}, str(tmp_path), str(tmp_path), _SYSTEM)
    assert (caught.value.code, "Node 20" in caught.value.hint) == ("SB-3001", True)


def test_says_when_node_does_not_start(tmp_path: Path) -> None:
    """A broken installation is told apart from a missing one."""
    (tmp_path / "node").write_text("#!/bin/sh\necho broken >&2; exit 1\n", encoding="utf-8")
    (tmp_path / "node").chmod(0o755)
    with pytest.raises(BuildError) as caught:
        link_node(SystemRunner(), {"PATH": str(tmp_path)}, str(tmp_path), str(tmp_path), _SYSTEM)
    assert (caught.value.code, caught.value.details["stderr"]) == ("SB-3001", "broken\n")
    with pytest.raises(BuildError):
        node_version(SystemRunner(), {}, str(tmp_path))


def test_links_a_git_that_is_in_an_unusual_place(tmp_path: Path) -> None:
    """Scripts may ask git; where it is outside the usual folders it is linked too."""
    tools = tmp_path / "tools"
    tools.mkdir()
    link_node(SystemRunner(), {"PATH": os.environ["PATH"]}, str(tmp_path), str(tools), str(tmp_path / "nothing"))
    git = shutil.which("git")
    assert git is not None
    assert (tools / "git").resolve() == Path(git).resolve()
