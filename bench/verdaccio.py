"""Publishing to a real Verdaccio: against pnpm, near and far away, against a bare loop, again, and many members."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.costs import Cost
from bench.figures import Figure
from bench.monorepo import make_monorepo
from bench.pnpm import pnpm_client
from bench.process_tree import Watched, run_watched
from bench.registry import ROOT, Bench, far_away
from bench.rounds import Scale, figure, seconds
from bench.startup import run_quietly
from tests.clients import pins
from tests.clients.client import Client
from tests.clients.verdaccio import running_verdaccio

NAME = "verdaccio"
WALL_GOAL = 0.8
FAR_GOAL = 0.2
NODE_CPU_GOAL = 1 / 15
UPLOAD_GOAL = 1.2
AGAIN_GOAL = 1.5
GROWTH_GOAL = 1.2
MEMORY_GOAL_MB = 200.0
_FAR_S = 0.05
_CONNECTIONS = (1, 2, 4, 8, 16)


def measure(scale: Scale) -> Sequence[Figure]:
    """Every run publishes to an emptied storage; the peers take turns in each round, and the first round is not counted."""
    with _opened(scale) as bench:
        native = pnpm_client(bench.place, pins.pnpm_12(), native=True)
        on_node = pnpm_client(bench.place, pins.PNPM_9, native=False)
        near = [_near(bench, native) for _ in range(scale.rounds + 1)][1:]
        with far_away(bench.url, _FAR_S) as url:
            distant = Bench(server=bench.server, url=url, monorepo=bench.monorepo, place=bench.place)
            far = [_turns(distant, native) for _ in range(min(scale.rounds, 3))]
        return [
            *_of_near(near, f"pnpm {native.version} -r publish, {len(bench.monorepo.packed)} members"),
            _ratios(
                f"samebytes / pnpm {native.version} where each request takes {_FAR_S * 1000:.0f} ms more",
                [(ours.wall_s, peer.wall_s) for ours, peer in far],
                FAR_GOAL,
            ),
            _of_node(bench, on_node, scale, [ours for ours, *_ in near]),
            *_of_uploads(bench, scale),
            *_of_many(bench, scale),
        ]


@contextmanager
def _opened(scale: Scale) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        monorepo = make_monorepo(place / "repo", scale.pick(200, 3))
        with running_verdaccio(place / "server") as server:
            yield Bench(server=server, url=server.url, monorepo=monorepo, place=place)


def _turns(bench: Bench, peer: Client) -> tuple[Cost, Cost]:
    """Ours, then the peer's, each to an empty registry."""
    bench.clean()
    ours = bench.ours()
    bench.clean()
    return ours, bench.pnpm(peer)


def _near(bench: Bench, peer: Client) -> tuple[Cost, Cost, Cost, Cost, float]:
    """Ours and ours again, the peer's and the peer's again, and what starting Python takes."""
    bench.clean()
    ours, ours_again = bench.ours(), bench.ours()
    bench.clean()
    theirs, theirs_again = bench.pnpm(peer), bench.pnpm(peer)
    return ours, ours_again, theirs, theirs_again, seconds(run_quietly(sys.executable, "-c", "pass"))


def _of_near(near: Sequence[tuple[Cost, Cost, Cost, Cost, float]], peer: str) -> Iterator[Figure]:
    yield _ratios(
        f"samebytes: packing and publishing / {peer}",
        [(one.wall_s, two.wall_s) for one, _, two, _, _ in near],
        WALL_GOAL,
    )
    yield _ratios(
        "packing and publishing: processor time of the clients",
        [(one.client_s, two.client_s) for one, _, two, _, _ in near],
    )
    yield _ratios(
        "packing and publishing: processor time of the server",
        [(one.server_s, two.server_s) for one, _, two, _, _ in near],
    )
    yield _ratios(
        "the same run once more with nothing to do, without Python's start",
        [(again.wall_s - start_s, peer_again.wall_s) for _, again, _, peer_again, start_s in near],
        AGAIN_GOAL,
    )


def _of_node(bench: Bench, client: Client, scale: Scale, ours: Sequence[Cost]) -> Figure:
    """The processor time of a pnpm that starts npm for each member, counted up from a sample."""
    members, chosen = list(bench.monorepo.packed), []
    sample = members[:: max(1, len(members) // scale.pick(8, 1))]
    for member in sample:
        chosen += ["--filter", f"./{member}"]
    ratios = []
    for cost in ours[:3]:
        bench.clean()
        peer = bench.pnpm(client, *chosen)
        ratios.append(cost.client_s / (peer.client_s * len(members) / len(sample)))
    what = f"processor time of samebytes / of pnpm {client.version} ({len(sample)} of {len(members)} run)"
    return figure(NAME, what, ratios, goal=NODE_CPU_GOAL)


def _of_uploads(bench: Bench, scale: Scale) -> Iterator[Figure]:
    """Our uploads, and the same requests by bare loops, of which the quickest number of connections counts."""

    def run(connections: int) -> dict[str, float]:
        bench.clean()
        found: dict[str, float] = json.loads(bench.ours("uploads_once", str(connections)).stdout)
        return found

    rounds = [{number: run(number) for number in (0, *_CONNECTIONS)} for _ in range(min(scale.rounds, 3))]
    # One number for all rounds: the quickest of several in each would mostly be the luckiest.
    best = min(_CONNECTIONS, key=lambda number: statistics.median(one[number]["wall"] for one in rounds))
    pairs = [(one[0], one[best]) for one in rounds]
    yield _ratios(
        "only the uploads / the same requests in a bare loop with the best number of connections",
        [(ours["wall"], peer["wall"]) for ours, peer in pairs],
        UPLOAD_GOAL,
    )
    yield _ratios(
        "only the uploads: processor time of the clients", [(ours["cpu"], peer["cpu"]) for ours, peer in pairs]
    )


def _of_many(bench: Bench, scale: Scale) -> Iterator[Figure]:
    few, many = scale.pick(250, 2), scale.pick(1000, 4)

    def run(members: int) -> Watched:
        bench.clean()
        argv = (sys.executable, "-m", "bench.tiny_once", bench.url, str(bench.state), str(members))
        return run_watched(argv, cwd=ROOT, env=bench.env)

    rounds = [(run(few), run(many)) for _ in range(min(scale.rounds, 3))]
    growth = [(float(two.stdout) / many, float(one.stdout) / few) for one, two in rounds]
    yield _ratios(f"time per tiny member at {many} / at {few} members", growth, GROWTH_GOAL)
    held_mb = [two.peak_bytes / 1e6 for _, two in rounds]
    yield figure(NAME, f"most memory held, {many} tiny members", held_mb, unit="MB", goal=MEMORY_GOAL_MB)
    held_mb = [bench.watched().peak_bytes / 1e6 for _ in range(min(scale.rounds, 3))]
    members = f"{len(bench.monorepo.packed)} members, {bench.monorepo.size_mb} MB"
    yield figure(NAME, f"most memory held with packing, {members}", held_mb, unit="MB", goal=MEMORY_GOAL_MB)


def _ratios(what: str, pairs: Sequence[tuple[float, float]], goal: float | None = None) -> Figure:
    return figure(NAME, what, [ours / peer for ours, peer in pairs], goal=goal)
