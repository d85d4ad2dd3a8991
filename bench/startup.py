"""`samebytes --help`, against importing the library that its command line is built with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.figures import Figure
from bench.rounds import Scale, by_turns

NAME = "startup"
GOAL = 1.3


def measure(scale: Scale) -> Sequence[Figure]:
    """Whole processes, from start to exit."""
    pairs = by_turns(
        run_quietly(str(Path(sys.executable).parent / "samebytes"), "--help"),
        run_quietly(sys.executable, "-c", "import click"),
        scale.pick(4, 1) * scale.rounds,
    )
    return [pairs.figure(NAME, "samebytes --help / python -c 'import click'", GOAL)]


def run_quietly(*argv: str) -> Callable[[], object]:
    """A whole process, from start to exit."""
    return lambda: subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
