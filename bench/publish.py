"""Publishing more and more tiny members to a directory site: time per member, and the memory of our processes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure
from bench.process_tree import Watched, run_watched
from bench.rounds import Scale, figure
from bench.tiny_repository import make_tiny_repository

NAME = "publish"
# Time per member at 1,000 by that at 250: 1 is linear; below this, nothing grows with N that would matter at 10,000.
GOAL = 1.2
MEMORY_GOAL_MB = 200.0
_ROOT = Path(__file__).resolve().parent.parent


def measure(scale: Scale) -> Sequence[Figure]:
    """Each size by turns, each into a new site: lock, observe, upload, read back, release, promote.

    Memory is that of the whole job: clone, install, pack and publish.
    """
    sizes = (2, 4) if scale.quick else (125, 250, 500, 1000)
    runs = [{size: _publish(size) for size in sizes} for _ in range(scale.rounds)]
    per_member_ms = {size: [_seconds(run[size]) / size * 1000 for run in runs] for size in sizes}
    few, many = sizes[-3:][0], sizes[-1]
    growth = [_seconds(run[many]) / many / (_seconds(run[few]) / few) for run in runs]
    held_mb = [_release(many).peak_bytes / 1e6 for _ in range(scale.pick(3, 1))]
    return [
        *(figure(NAME, f"time per member at {size} members", per_member_ms[size], unit="ms") for size in sizes),
        figure(NAME, f"time per member at {many} / at {few} members", growth, goal=GOAL),
        figure(NAME, f"most memory held from tag to site, {many} members", held_mb, unit="MB", goal=MEMORY_GOAL_MB),
    ]


def _publish(members: int) -> Watched:
    with tempfile.TemporaryDirectory() as folder:
        return run_watched((sys.executable, "-m", "bench.publish_once", str(members), folder), cwd=_ROOT)


def _release(members: int) -> Watched:
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "repository"
        make_tiny_repository(repository, members)
        command = (sys.executable, "-m", "bench.release_once", str(repository), str(Path(folder) / "work"))
        return run_watched(command, cwd=_ROOT)


def _seconds(run: Watched) -> float:
    return float(run.stdout)
