"""The memory that packing holds: one large member, and many that together are far above the limit."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure
from bench.memory_once import make_files
from bench.process_tree import run_watched
from bench.rounds import Scale, figure

NAME = "memory"
_ROOT = Path(__file__).resolve().parent.parent
_MB = 1_000_000


def measure(scale: Scale) -> Sequence[Figure]:
    """Resident memory of all packing processes at its highest, half of the contents incompressible."""
    one_mb = scale.pick(200, 8)
    many, each_mb = scale.pick(40, 4), scale.pick(16, 1)
    rounds = 1 if scale.quick else 3
    return [
        figure(NAME, f"packing one member of {one_mb} MB", [_peak_mb(1, one_mb) for _ in range(rounds)], unit="MB"),
        figure(
            NAME,
            f"packing {many} members of {each_mb} MB",
            [_peak_mb(many, each_mb) for _ in range(rounds)],
            unit="MB",
        ),
    ]


def _peak_mb(members: int, size_mb: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        files, out = Path(folder) / "files", Path(folder) / "out"
        files.mkdir()
        make_files(files, size_mb * _MB)
        command = (sys.executable, "-m", "bench.memory_once", str(members), str(files), str(out))
        return run_watched(command, cwd=_ROOT).peak_bytes / _MB
