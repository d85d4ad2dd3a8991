"""Races of the npm registry end as they were seen to end: on SQLite in order, on PostgreSQL with 500s and many holders."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from samebytes.testing.forge.npm_store import NpmStore
from samebytes.testing.forge.product import PRODUCTS, product
from tests.contract.forge.npm_cases import OWNER, RULES
from tests.contract.forge.payloads import integrity, publish_body, tarball
from tests.contract.forge.recording import load
from tests.contract.forge.replay import publish, replay, send
from tests.contract.forge.under_test import StandIn, stand_in

_ROUNDS = 10


def _at_once(acts: Sequence[Callable[[], int]]) -> list[int]:
    """Run all at the same moment, each in a thread."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _put(forge: StandIn, name: str, version: str, data: bytes) -> Callable[[], int]:
    body = publish_body(name, version, data=data)
    return lambda: send(forge, "PUT", f"/api/packages/{OWNER}/npm/{name}", body=body).status


def _served(forge: StandIn, name: str) -> dict[str, str]:
    versions = json.loads(send(forge, "GET", f"/api/packages/{OWNER}/npm/{name}").body)["versions"]
    return {version: manifest["dist"]["integrity"] for version, manifest in versions.items()}


def _tags(forge: StandIn, name: str) -> dict[str, str]:
    tags: dict[str, str] = json.loads(send(forge, "GET", f"/api/packages/{OWNER}/npm/-/package/{name}/dist-tags").body)
    return tags


def _rows(forge: StandIn, name: str) -> int:
    return len([tag for _, tag, _ in NpmStore(forge.forge, OWNER).tag_rows(name) if tag == "latest"])


@pytest.mark.parametrize("name", PRODUCTS)
def test_one_wins_and_the_others_hear_409(name: str, tmp_path: Path) -> None:
    """Of eight publishers of one version with other bytes each, one gets 201 and is served; with SQLite, all else 409."""
    with stand_in(tmp_path, PRODUCTS[name]) as forge:
        for round_ in range(_ROUNDS):
            package = f"glow-{round_}"
            data = [tarball(package, str(number)) for number in range(8)]
            statuses = _at_once([_put(forge, package, "1.0.0", entry) for entry in data])
            assert sorted(statuses) == [201] + [409] * 7
            assert _served(forge, package) == {"1.0.0": integrity(data[statuses.index(201)])}


def test_losers_on_postgres_hear_500_as_well(tmp_path: Path) -> None:
    """With PostgreSQL some losers get 500; still exactly one wins, and its bytes are served."""
    seen = []
    with stand_in(tmp_path, product("gitea-1.25", postgres=True)) as forge:
        for round_ in range(_ROUNDS):
            package = f"glow-{round_}"
            data = [tarball(package, str(number)) for number in range(8)]
            statuses = _at_once([_put(forge, package, "1.0.0", entry) for entry in data])
            assert statuses.count(201) == 1
            assert _served(forge, package) == {"1.0.0": integrity(data[statuses.index(201)])}
            seen += statuses
    assert set(seen) == {201, 409, 500}


@pytest.mark.parametrize("postgres", [False, True])
def test_other_packages_do_not_race(postgres: bool, tmp_path: Path) -> None:
    """Sixteen publishers of sixteen packages all get 201."""
    with stand_in(tmp_path, product("gitea-1.25", postgres=postgres)) as forge:
        acts = [_put(forge, f"glow-{number}", "1.0.0", b"x") for number in range(16)]
        assert _at_once(acts) == [201] * 16


def test_versions_at_once_leave_one_latest_on_sqlite(tmp_path: Path) -> None:
    """Sixteen versions of one package at once, all `latest`: one of them holds it."""
    with stand_in(tmp_path, PRODUCTS["gitea-1.25"]) as forge:
        acts = [_put(forge, "glow", f"1.0.{number}", b"x") for number in range(16)]
        assert _at_once(acts) == [201] * 16
        assert _rows(forge, "glow") == 1


def _with_many_holders(forge: StandIn, name: str) -> None:
    """Publish sixteen versions at once until more than one holds `latest`; then one more, in peace."""
    path = f"/api/packages/{OWNER}/npm/{name.replace('/', '%2f')}"
    for _ in range(50):
        bodies = [publish_body(name, f"1.0.{number}") for number in range(16)]
        _at_once([lambda body=body: send(forge, "PUT", path, body=body).status for body in bodies])  # type: ignore[misc]
        if _rows(forge, name) > 1:
            break
        assert send(forge, "DELETE", f"{path}/-rev/x").status == 200
    publish(forge, OWNER, name, "2.0.0")


def test_many_holders_of_a_tag_do_not_heal(tmp_path: Path) -> None:
    """A tag held by many versions survives PUT and DELETE, both of which answer 200, until the others are deleted."""
    recording = load("gitea-1.25-postgres", "e2-duplicated-tag")
    name = "@lanterns/multi-ec10-0"
    with stand_in(tmp_path, product("gitea-1.25", postgres=True)) as forge:
        _with_many_holders(forge, name)
        rows = _rows(forge, name)
        assert rows > 2
        assert list(replay(forge, recording, RULES, [0])) == []
        assert _rows(forge, name) == rows + 1
        for _ in range(26):
            assert list(replay(forge, recording, RULES, [1])) == []
        assert _rows(forge, name) == rows + 1
        packument = json.loads(send(forge, "GET", f"/api/packages/{OWNER}/npm/@lanterns%2fmulti-ec10-0").body)
        assert packument["dist-tags"] == {"latest": "2.0.0"}
        assert _tags(forge, "@lanterns%2fmulti-ec10-0")["latest"] != "2.0.0"
        for version in set(packument["versions"]) - {"2.0.0"}:
            base = f"/api/packages/{OWNER}/npm/@lanterns%2fmulti-ec10-0/-/{version}/x.tgz/-rev/x"
            assert send(forge, "DELETE", base).status == 200
        assert _rows(forge, name) == 1
        assert list(replay(forge, recording, RULES, [2])) == []
        assert (_rows(forge, name), _tags(forge, "@lanterns%2fmulti-ec10-0")) == (1, {"latest": "3.0.0"})


@pytest.mark.parametrize(("postgres", "most"), [(False, 1), (True, 8)])
def test_one_tag_put_to_eight_versions_at_once(postgres: bool, most: int, tmp_path: Path) -> None:
    """Eight PUTs of one dist-tag all get 200; one version holds it afterwards, or with PostgreSQL up to eight."""
    holders = []
    with stand_in(tmp_path, product("gitea-1.25", postgres=postgres)) as forge:
        for number in range(8):
            publish(forge, OWNER, "glow", f"1.0.{number}", tags=("next",))
        base = f"/api/packages/{OWNER}/npm/-/package/glow/dist-tags"
        for round_ in range(_ROUNDS):
            bodies = [f'"1.0.{number}"'.encode() for number in range(8)]
            acts = [
                lambda body=body, tag=f"lts{round_}": send(forge, "PUT", f"{base}/{tag}", body=body).status
                for body in bodies
            ]
            assert _at_once(acts) == [200] * 8
            rows = NpmStore(forge.forge, OWNER).tag_rows("glow")
            holders.append(len({version for _, tag, version in rows if tag == f"lts{round_}"}))
    assert (max(holders) > 1) == (most > 1)
    assert max(holders) <= most
