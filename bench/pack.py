"""Packing 200 members, against a bare loop over the same files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from itertools import count
from pathlib import Path

from bench import bare_loop, product
from bench.figures import Figure
from bench.monorepo import make_monorepo, workspace_of
from bench.rounds import Scale, by_turns

NAME = "pack"
GOAL = 1.5


def measure(scale: Scale) -> Sequence[Figure]:
    """From package.json to stored tarballs: rewrite, list, read, tar, compress, hash, write; each run into a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        monorepo = make_monorepo(Path(folder) / "repo", scale.pick(200, 4))
        workspace = workspace_of(monorepo)
        files = monorepo.files()
        out = (Path(folder) / f"out-{number}" for number in count())
        figures = []
        for peer_processes, what in ((product.workers(), "as many processes as cores"), (1, "one process")):
            pairs = by_turns(
                lambda: product.pack(monorepo.root, workspace, next(out)),
                partial(bare_loop.pack_bare, files, peer_processes),
                scale.rounds,
            )
            figures.append(
                pairs.figure(NAME, f"{len(files)} members, {monorepo.size_mb} MB / bare loop in {what}", GOAL)
            )
        return figures
