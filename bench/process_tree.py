"""Runs a program and watches how much memory it and what it starts hold together."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_S = 0.01
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A run: its output, how long it took, and the most memory its Python processes held at once (resident set sizes)."""

    stdout: str
    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Process:
    """A process as `/proc` shows it: resident now, and at most since it started its program."""

    parent: int
    resident_bytes: int
    peak_bytes: int
    ours: bool


def run_watched(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> Watched:
    """Run a Python program to its end; only processes of its interpreter count, not git or Node. Needs `/proc`.

    Pages that processes share count for each of them, so the truth is a little lower.
    """
    started_s = time.perf_counter()
    peak_bytes = 0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        with subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output) as process:
            while process.poll() is None:
                peak_bytes = max(peak_bytes, _held_bytes(process.pid))
                time.sleep(_SAMPLE_S)
        seconds = time.perf_counter() - started_s
        output.seek(0)
        stdout = output.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(argv), stdout)
    return Watched(stdout=stdout, seconds=seconds, peak_bytes=peak_bytes)


def _held_bytes(root: int) -> int:
    """What the tree below a process holds: all of it now, or its largest process at its peak if that is more."""
    processes = _processes()
    tree = {root}
    # A child's id may be lower than its parent's once ids have wrapped round, so look until nothing is new.
    while new := {pid for pid, process in processes.items() if process.parent in tree} - tree:
        tree |= new
    ours = [processes[pid] for pid in tree if pid in processes and processes[pid].ours]
    return max(
        sum(process.resident_bytes for process in ours), max((process.peak_bytes for process in ours), default=0)
    )


def _processes() -> dict[int, _Process]:
    found: dict[int, _Process] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                fields = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines())
                program = (folder / "exe").resolve()
            except (OSError, ValueError):
                continue  # it has just ended
            found[int(folder.name)] = _Process(
                parent=int(fields["PPid"]),
                resident_bytes=_kib(fields.get("VmRSS")) * 1024,
                peak_bytes=_kib(fields.get("VmHWM")) * 1024,
                ours=program == Path(sys.executable).resolve(),
            )
    return found


def _kib(field: str | None) -> int:
    """A number such as `  1234 kB`; a process that is ending holds nothing."""
    return int(field.split()[0]) if field else 0
