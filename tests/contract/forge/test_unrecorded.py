"""Routes of the stand-in that the recordings do not show: they follow the products' API pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samebytes.testing.forge import setup
from tests.contract.forge.checkout import Checkout, checkout
from tests.contract.forge.replay import send
from tests.contract.forge.servers import EVERY, GITEA_1_25, GITEA_1_26, server_of
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.under_test import ForgeUnderTest, Starter, stand_in

_API = f"/api/v1/repos/{setup.OWNER}/{setup.REPOSITORY}"
_WORKFLOW = "name: publish\non: {push: {tags: ['v*']}}\njobs: {publish: {runs-on: x}}\n"


def _pushed(tmp_path: Path, forge: ForgeUnderTest) -> Checkout:
    copy = checkout(tmp_path / "copy", forge, f"{setup.OWNER}/{setup.REPOSITORY}")
    copy.commit("first", {".gitea/workflows/w.yml": _WORKFLOW})
    copy.git("push", "-q", "origin", "main")
    return copy


def _get(forge: ForgeUnderTest, path: str) -> Any:
    received = send(forge, "GET", f"{_API}/{path}", actor="admin")
    assert received.status == 200, received
    return json.loads(received.body)


def _status(forge: ForgeUnderTest, method: str, path: str, body: bytes | None = None, actor: str = "publisher") -> int:
    headers = None if body is None else {"Content-Type": "application/json"}
    return send(forge, method, f"{_API}/{path}", body=body, actor=actor, headers=headers).status


def test_branches_are_listed_and_moved_by_their_old_commit(tmp_path: Path) -> None:
    """A branch moves only from the commit that it is at; its default cannot be deleted"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_26)) as forge:
        copy = _pushed(tmp_path, forge)
        first, second = copy.head(), copy.commit("second")
        copy.git("push", "-q", "origin", "HEAD:refs/heads/next")
        assert [branch["name"] for branch in _get(forge, "branches")] == ["main", "next"]
        move = json.dumps({"new_commit_id": second, "old_commit_id": first}).encode()
        assert [_status(forge, "PUT", "branches/main", move) for _ in range(2)] == [204, 422]
        assert _get(forge, "branches/main")["commit"]["id"] == second
        assert _status(forge, "PUT", "branches/none", move) == 404
        assert _status(forge, "GET", "branches/none") == 404
        assert _status(forge, "DELETE", "branches/main") == 403
        assert _status(forge, "POST", "branches", b'{"new_branch_name": "a b"}') == 422
        assert _status(forge, "POST", "branches", b'{"new_branch_name": "c", "old_ref_name": "none"}') == 404


def test_bodies_that_are_no_object_are_refused(tmp_path: Path) -> None:
    """Broken JSON and a list are 422, not a failure of the server"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        _pushed(tmp_path, forge)
        assert [_status(forge, "POST", "releases", body) for body in (b"{", b"[]", b"")] == [422, 422, 422]


@pytest.mark.parametrize(("starter", "recorded"), on_each_server(EVERY))
def test_a_body_must_say_what_it_is(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """JSON without a Content-Type is 422"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        _pushed(tmp_path, forge)
        refused = send(forge, "POST", f"{_API}/releases", body=b'{"tag_name": "v1"}')
        assert (refused.status, json.loads(refused.body)["message"]) == (422, "[]: Empty Content-Type")


def test_tags_statuses_jobs_and_files_are_shown(tmp_path: Path) -> None:
    """What belongs to a pushed tag, by each of its routes"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        copy = _pushed(tmp_path, forge)
        copy.git("push", "-q", "origin", "HEAD:refs/tags/v1", "HEAD:refs/tags/v2")
        assert [tag["name"] for tag in _get(forge, "tags")] == ["v2", "v1"]
        assert len(_get(forge, f"commits/{copy.head()}/statuses")) == 2
        assert len(_get(forge, "commits/v1/status")["statuses"]) == 1
        assert _status(forge, "GET", "commits/none/status") == 404
        run = _get(forge, "actions/runs")["workflow_runs"][0]
        job = _get(forge, f"actions/runs/{run['id']}/jobs")["jobs"][0]
        assert _get(forge, f"actions/jobs/{job['id']}")["run_id"] == run["id"]
        assert _status(forge, "GET", "actions/jobs/999") == 404
        assert _get(forge, "actions/workflows/w.yml")["state"] == "active"
        assert _get(forge, "contents/.gitea/workflows/w.yml")["size"] == len(_WORKFLOW)
        assert _status(forge, "GET", "contents/none") == 404
        assert _status(forge, "DELETE", "tags/none") == 404


def test_protection_can_be_lifted(tmp_path: Path) -> None:
    """Only by an administrator"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        _pushed(tmp_path, forge)
        assert _status(forge, "POST", "tag_protections", b'{"name_pattern": "v*"}', actor="admin") == 201
        assert _status(forge, "POST", "tags", b'{"tag_name": "v1"}') == 422
        assert _status(forge, "DELETE", "tag_protections/1") == 403
        assert _status(forge, "DELETE", "tag_protections/1", actor="admin") == 204
        assert _status(forge, "POST", "tags", b'{"tag_name": "v1"}') == 201
        assert _status(forge, "DELETE", "tags/v1") == 204
