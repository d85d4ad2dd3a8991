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
        _run(str(Path(sys.executable).parent / "samebytes"), "--help"),
        _run(sys.executable, "-c", "import click"),
        scale.pick(4, 1) * scale.rounds,
    )
    return [pairs.figure(NAME, "samebytes --help / python -c 'import click'", GOAL)]


def _run(*argv: str) -> Callable[[], object]:
    return lambda: subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
