"""Measures samebytes against its peers and prints the table of docs/benchmarks.md.

bench/run.py                 every benchmark
bench/run.py pack listing    these two
bench/run.py --quick         tiny inputs: shows that everything runs, the figures mean nothing
bench/run.py --write         writes the figures into docs/benchmarks.md too
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

# Each is a module of this folder, imported when it runs: a process that packs imports this file again.
BENCHES = ("startup", "listing", "pack", "pnpm", "publish", "memory", "verdaccio")
_ROUNDS = 7


def main(arguments: Sequence[str]) -> int:
    """Run the chosen benchmarks; the exit status is 0 whether goals are met or not."""
    parser = argparse.ArgumentParser(prog="bench/run.py", description="Measure samebytes against its peers.")
    parser.add_argument("bench", nargs="*", help=f"which to run: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="tiny inputs, one round: only shows that everything runs")
    parser.add_argument("--rounds", type=int, help=f"pairs to measure in each benchmark (default: {_ROUNDS})")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.bench) - set(BENCHES))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}")
    if chosen.write and chosen.quick:
        parser.error("--quick figures mean nothing: they are not written")

    from bench import page
    from bench.figures import Figure, table
    from bench.rounds import Scale

    scale = Scale(quick=chosen.quick, rounds=chosen.rounds or (1 if chosen.quick else _ROUNDS))
    figures: list[Figure] = []
    for name in chosen.bench or BENCHES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures += import_module(f"bench.{name}").measure(scale)
    print(table([figure.cells() for figure in figures]))
    print(f"\n{page.machine()}")
    if chosen.write:
        page.write(figures)
    return 0


if __name__ == "__main__":
    # Started as a program, this file is in no package; what it imports is, and shares the tests' pinned clients.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    sys.exit(main(sys.argv[1:]))
