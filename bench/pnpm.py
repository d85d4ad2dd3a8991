"""`samebytes pack --here`, against what the real pnpm needs to pack the same members."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from bench.figures import Figure
from bench.monorepo import Monorepo, make_monorepo
from bench.rounds import Scale, by_turns
from tests.clients import pins
from tests.clients.client import Client
from tests.clients.homes import clean_environment
from tests.clients.install import installed
from tests.clients.pins import Pin

NAME = "pnpm"
NATIVE_GOAL = 1.5
NODE_GOAL = 1 / 20


def measure(scale: Scale) -> Sequence[Figure]:
    """Whole commands, from start to exit; pnpm 9 packs a sample, counted up to all members."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        monorepo = make_monorepo(place / "repo", scale.pick(200, 3))
        members = len(monorepo.packed)
        native = pnpm_client(place, pins.pnpm_12(), native=True)
        on_node = pnpm_client(place, pins.PNPM_9, native=False)
        ours = _pack_ours(on_node, monorepo, place)
        at_once = by_turns(ours, _pack_all(native, monorepo, place), scale.rounds)
        sample = list(monorepo.packed)[:: max(1, members // scale.pick(8, 2))]
        one_by_one = by_turns(ours, _pack_each(on_node, monorepo, sample, place), scale.rounds)
        return [
            at_once.figure(
                NAME, f"samebytes pack --here / pnpm {native.version} -r pack, {members} members", NATIVE_GOAL
            ),
            one_by_one.figure(
                NAME,
                f"samebytes pack --here / pnpm {on_node.version} pack in each of {members} members ({len(sample)} run)",
                NODE_GOAL,
                peer_times=members / len(sample),
            ),
        ]


def pnpm_client(place: Path, pin: Pin, *, native: bool) -> Client:
    """A pinned pnpm with a home of its own; one that is not native runs on the machine's Node."""
    node = shutil.which("node")
    assert node is not None, "this benchmark needs node on the PATH"
    program = str(installed(pin))
    argv = (program,) if native else (node, program)
    home = place / f"home-{pin.version}"
    env: Mapping[str, str] = clean_environment(home, place / "store", name="pnpm", argv=argv, node=Path(node))
    return Client(name="pnpm", version=pin.version, argv=argv, env=env)


def _pack_ours(pnpm: Client, monorepo: Monorepo, place: Path) -> Callable[[], object]:
    """Ours in the environment of a client."""
    program = str(Path(sys.executable).parent / "samebytes")
    ours = Client(name="samebytes", version="", argv=(program,), env=pnpm.env)
    out = _new_folders(place, "ours")
    return lambda: ours.run("pack", "--here", "--out", next(out), cwd=monorepo.root)


def _pack_all(pnpm: Client, monorepo: Monorepo, place: Path) -> Callable[[], object]:
    out = _new_folders(place, "all")
    return lambda: pnpm.run("-r", "pack", "--pack-destination", next(out), cwd=monorepo.root)


def _pack_each(pnpm: Client, monorepo: Monorepo, members: Sequence[str], place: Path) -> Callable[[], object]:
    out = _new_folders(place, "each")
    return lambda: [
        pnpm.run("pack", "--pack-destination", next(out), cwd=monorepo.root / directory) for directory in members
    ]


def _new_folders(place: Path, name: str) -> Iterator[str]:
    return (str(place / f"{name}-{number}") for number in count())
