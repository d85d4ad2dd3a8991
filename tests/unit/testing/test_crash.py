"""The switch that kills or stops a process at a step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from samebytes.system.folder_store import FolderStore
from samebytes.testing.crash import armed, main


def test_counts_the_steps_of_a_block(tmp_path: Path) -> None:
    """Steps are named in order inside the block, and not any more after it."""
    with armed(at=0) as switch:
        FolderStore(str(tmp_path)).replace("file", b"x")
    counted = list(switch.steps)
    FolderStore(str(tmp_path)).replace("file", b"y")
    assert switch.steps == counted
    assert counted == [
        "mkdir",
        "create temporary",
        "write",
        "fsync",
        "rename",
        "unlink temporary",
        "fsync folder",
    ]


def test_sends_the_signal_right_before_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the chosen step, once, the process gets the chosen signal."""
    sent: list[tuple[int, int, list[str]]] = []
    store = FolderStore(str(tmp_path))
    with armed(at=3, send=signal.SIGSTOP) as switch:
        monkeypatch.setattr(os, "kill", lambda pid, how: sent.append((pid, how, list(switch.steps))))
        store.replace("file", b"x")
    assert sent == [(os.getpid(), signal.SIGSTOP, ["mkdir", "create temporary", "write"])]


def test_killed_process_leaves_what_it_had_done(tmp_path: Path) -> None:
    """Killed before the rename, the new bytes are complete under a temporary name and the old ones stay."""
    script = """
import sys
from samebytes.system.folder_store import FolderStore
from samebytes.testing.crash import armed
store = FolderStore(sys.argv[1])
store.replace("file", b"old")
with armed(at=4):
    store.replace("file", b"new")
"""
    result = subprocess.run((sys.executable, "-c", script, str(tmp_path)), check=False, stdin=subprocess.DEVNULL)
    assert result.returncode == -signal.SIGKILL
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.read_bytes() for path in (tmp_path / ".samebytes-tmp").iterdir()] == [b"new"]


def test_runs_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything after -- is a samebytes command line; its status comes back and the steps are written down."""
    steps = tmp_path / "steps"
    assert main(["--steps", str(steps), "--", "--version"]) == 0
    assert main(["--stop", "--", "no-such-command"]) == 2
    assert "samebytes" in capsys.readouterr().out
    assert steps.read_text(encoding="utf-8") == ""
