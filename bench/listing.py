"""Listing the files of 200 members, against a bare loop that packs them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench import bare_loop, product
from bench.figures import Figure
from bench.monorepo import make_monorepo, workspace_of
from bench.rounds import Scale, by_turns
from samebytes.dialects.profiles import PROFILES

NAME = "listing"
GOAL = 0.25


def measure(scale: Scale) -> Sequence[Figure]:
    """Reading and rewriting each package.json and listing the member's files, by the rules of each profile."""
    with tempfile.TemporaryDirectory() as folder:
        monorepo = make_monorepo(Path(folder) / "repo", scale.pick(200, 4))
        workspace = workspace_of(monorepo)
        files = monorepo.files()
        figures = []
        for rules in PROFILES.values():
            pairs = by_turns(
                partial(product.requests, monorepo.root, workspace, rules),
                partial(bare_loop.pack_bare, files, product.workers()),
                scale.rounds,
            )
            figures.append(pairs.figure(NAME, f"{len(files)} members by {rules.id} / bare loop that packs them", GOAL))
        return figures
