"""The npm registry and the packages API answer as real servers did, exchange by exchange."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from samebytes.testing.forge import setup
from samebytes.testing.forge.product import PRODUCTS
from tests.contract.forge.npm_cases import CASES, OWNER, RULES, Case
from tests.contract.forge.payloads import publish_body
from tests.contract.forge.recording import load
from tests.contract.forge.replay import publish, replay, send
from tests.contract.forge.starters import STARTERS
from tests.contract.forge.under_test import ForgeUnderTest, Starter, stand_in

_RUNS = [
    pytest.param(
        starter, product, case, id=f"{starter.name} {product} {case.name}", marks=starter.marks(PRODUCTS[product])
    )
    for starter in STARTERS
    for case in CASES
    for product in case.products
    if starter.serves(PRODUCTS[product])
]
_BY_NAME = {case.name: case for case in CASES}


@pytest.mark.parametrize(("starter", "product", "case"), _RUNS)
def test_answers_as_recorded(starter: Starter, product: str, case: Case, tmp_path: Path) -> None:
    """Every recorded request gets the recorded answer."""
    recording = load(product, case.name)
    with starter.start(tmp_path, PRODUCTS[product], case.limits) as forge:
        case.prepare(forge, recording)
        assert list(replay(forge, recording, RULES.also(starter.volatile), case.only)) == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_links_packages_as_recorded(product: str, tmp_path: Path) -> None:
    """A package is linked to the repository that its manifest names in those forms that the recorded server knew."""
    recording = load(product, "g-forbidden")
    with stand_in(tmp_path, PRODUCTS[product]) as forge:
        _BY_NAME["g-forbidden"].prepare(forge, recording)
        list(replay(forge, recording, RULES, range(17)))
        found = {}
        for exchange in recording.exchanges[:17]:
            manifest = next(iter(json.loads(exchange.request.body or b"")["versions"].values()))
            linked = _linked_to(forge, manifest["name"], manifest["version"])
            how = f"linked to {linked}" if linked else "not linked"
            found[exchange.step] = f"{exchange.answer.status} {how}"
    assert found == {step: recording.observations[step] for step in found}


def _linked_to(forge: ForgeUnderTest, name: str, version: str) -> str | None:
    path = f"/api/v1/packages/{OWNER}/npm/{quote(name, safe='')}/{version}"
    answer = send(forge, "GET", path)
    repository = json.loads(answer.body).get("repository")
    return str(repository["full_name"]) if repository else None


def test_link_is_sticky(tmp_path: Path) -> None:
    """Neither another repository in a later manifest nor the deletion of all versions changes a link."""
    with stand_in(tmp_path, PRODUCTS["gitea-1.25"]) as forge:
        for name in ("lamps", "wicks"):
            forge.add_repository(OWNER, name)
        for version, repository in (("1.0.0", "lamps"), ("2.0.0", "wicks")):
            fields = {"repository": {"type": "git", "url": f"{forge.base_url}/{OWNER}/{repository}"}}
            publish(forge, OWNER, "glow", version, fields=fields)
        assert _linked_to(forge, "glow", "2.0.0") == "lanterns/lamps"
        assert send(forge, "DELETE", f"/api/packages/{OWNER}/npm/glow/-rev/x").status == 200
        publish(forge, OWNER, "glow", "1.0.0")
        assert _linked_to(forge, "glow", "1.0.0") == "lanterns/lamps"


@pytest.mark.parametrize("product", PRODUCTS)
def test_takes_the_dist_tags_that_the_recorded_server_took(product: str, tmp_path: Path) -> None:
    """Each name that was tried as a dist-tag is taken or refused as it was."""
    recorded = load(product, "e-dist-tags").observations["dist-tag names accepted/rejected"]
    with stand_in(tmp_path, PRODUCTS[product]) as forge:
        publish(forge, OWNER, "glow", "1.0.0")
        base = f"/api/packages/{OWNER}/npm/-/package/glow/dist-tags"
        found = {tag: send(forge, "PUT", f"{base}/{tag}", body=b'"1.0.0"').status for tag in recorded}
    assert found == recorded


def test_two_attachments_fail_now_and_then(tmp_path: Path) -> None:
    """Of many publishes with two attachments about one in eight reads the wrong one."""
    with stand_in(tmp_path, PRODUCTS["gitea-1.25"]) as forge:
        statuses = []
        for number in range(200):
            body = json.loads(payload := _with_signature(f"1.0.{number}"))
            assert len(body["_attachments"]) == 2
            statuses.append(send(forge, "PUT", f"/api/packages/{OWNER}/npm/glow", body=payload).status)
    assert set(statuses) == {201, 400}
    assert 10 <= statuses.count(400) <= 45


def _with_signature(version: str) -> bytes:
    body = json.loads(publish_body("glow", version))
    body["_attachments"]["glow.sigstore"] = {"content_type": "application/json", "data": "e30=", "length": 2}
    return json.dumps(body).encode()


def test_an_owner_is_found_in_any_case(tmp_path: Path) -> None:
    """Owners are found in any letter case, as names of packages are."""
    with stand_in(tmp_path, PRODUCTS["gitea-1.25"]) as forge:
        publish(forge, OWNER, "glow", "1.0.0")
        answer = send(forge, "GET", f"/api/packages/{OWNER.upper()}/npm/GLOW", scheme="")
        assert answer.status == 200
        assert json.loads(answer.body)["name"] == "glow"
        assert setup.OWNER in json.loads(answer.body)["versions"]["1.0.0"]["dist"]["tarball"]
