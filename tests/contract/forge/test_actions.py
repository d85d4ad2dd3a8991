"""Runs, workflows, dispatches and commit statuses answer as real servers did, and cancel each other as there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samebytes.testing.forge import runs, setup
from tests.contract.forge.checkout import Checkout, checkout
from tests.contract.forge.compare import Rule, Rules
from tests.contract.forge.recording import Exchange, load
from tests.contract.forge.replay import send
from tests.contract.forge.servers import EVERY, FORGEJO_11, GITEA_1_25, GITEA_1_26, server_of
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.story import Story
from tests.contract.forge.under_test import ForgeUnderTest, StandIn, Starter, stand_in

_OWNER = setup.OWNER
_API = f"/api/v1/repos/{_OWNER}/lab-n"
_FILE = ".gitea/workflows/publish-packages.yml"
_PER_REF = "concurrency:\n  group: publish-${{ github.ref }}\n  cancel-in-progress: false\n"
_PER_RUN = "concurrency:\n  group: publish-${{ github.run_id }}\n  cancel-in-progress: false\n"
_WORKFLOW = """name: publish
on:
  push:
    tags: ['v*']
  workflow_dispatch:
    inputs:
      dry_run:
        type: boolean
      mode:
        type: choice
        required: true
        options: [a, b]
{concurrency}jobs:
  publish:
    runs-on: [ubuntu-latest, lanterns]
    steps:
      - run: echo
"""
_RULES = Rules(
    everywhere=Rule(volatile=frozenset({"has_code", "run_id", "size", "ssh_url", "watchers_count"})),
)
# Their long answers were cut off in the recordings; other tests look at what they showed.
_CUT = frozenset({"runs after tag dispatch", "runs list limit=2"})


@pytest.mark.parametrize(("starter", "recorded"), on_each_server(EVERY))
def test_actions_answer_as_recorded(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """Each recorded request gets the recorded status, shape and values"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        story = _story(tmp_path, forge, recorded)
        assert "\n".join(story.differences()) == ""
        assert story.count == 40


def _story(tmp_path: Path, forge: ForgeUnderTest, recorded: str) -> Story:
    copy = _prepared(tmp_path, forge, _PER_REF)
    before = {
        "runs list by the publisher (write on Actions, not repo admin)": lambda: _push_tag(copy, "v1.0.0"),
        "runs when the Actions unit is off": lambda: forge.turn_off_actions(_OWNER, "lab-n"),
    }
    recording = load(recorded, "n-actions")
    story = Story(forge=forge, recording=recording, rules=_RULES, before=before, actor_of=_actor, left_out=_CUT)
    target = next(entry for entry in recording.exchanges if entry.step == "dispatch by sha").request.body or b"{}"
    story.learn(json.loads(target)["ref"], copy.head())
    return story


def _actor(exchange: Exchange) -> str:
    return "publisher" if "by the publisher" in exchange.step else exchange.request.actor


def _prepared(tmp_path: Path, forge: ForgeUnderTest, concurrency: str = "") -> Checkout:
    forge.add_repository(_OWNER, "lab-n")
    copy = checkout(tmp_path / "copy", forge, f"{_OWNER}/lab-n")
    files = {_FILE: _WORKFLOW.format(concurrency=concurrency), ".gitea/workflows/bad.yml": "on: [push\n"}
    copy.commit("add workflow", files)
    copy.git("push", "-q", "origin", "main")
    return copy


def _push_tag(copy: Checkout, *tags: str) -> None:
    for tag in tags:
        copy.git("tag", "-f", tag)
    copy.git("push", "-q", "-f", "origin", *tags)


def _dispatch(forge: ForgeUnderTest, ref: str) -> None:
    body = json.dumps({"ref": ref, "inputs": {"mode": "a"}}).encode()
    path = f"{_API}/actions/workflows/publish-packages.yml/dispatches"
    assert send(forge, "POST", path, body=body, headers={"Content-Type": "application/json"}).status == 204


def _runs(forge: StandIn) -> list[tuple[str, str, str | None]]:
    """Event, status and conclusion of all runs, newest first; read from the storage, as Forgejo lists none."""
    repository = forge.forge.repository(_OWNER, "lab-n")
    assert repository is not None
    return [(run["event"], run["status"], run["conclusion"]) for run in runs.runs(forge.forge, repository)]


def _listed(forge: ForgeUnderTest, query: str = "") -> dict[str, Any]:
    received = send(forge, "GET", f"{_API}/actions/runs{query}", actor="admin")
    assert received.status == 200, received
    found: dict[str, Any] = json.loads(received.body)
    return found


# As observed (recordings n and n2): is the older queued run cancelled by a moved tag, and by a second dispatch?
_CANCELS = [
    (GITEA_1_25, "", True, True),
    (GITEA_1_25, _PER_REF, True, True),
    (GITEA_1_25, _PER_RUN, True, True),
    (GITEA_1_26, "", False, False),
    (GITEA_1_26, _PER_REF, True, True),
    (GITEA_1_26, _PER_RUN, True, True),
    (FORGEJO_11, "", True, False),
]


@pytest.mark.parametrize(("recorded", "concurrency", "by_tag", "by_dispatch"), _CANCELS)
def test_newer_runs_cancel_queued_ones_as_observed(
    tmp_path: Path, recorded: str, concurrency: str, by_tag: bool, by_dispatch: bool
) -> None:
    """A moved tag and a second dispatch end the older queued run where the product does that"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        copy = _prepared(tmp_path, forge, concurrency)
        _push_tag(copy, "v1.0.0")
        copy.commit("moved")
        _push_tag(copy, "v1.0.0")
        old = ("push", "completed", "cancelled") if by_tag else ("push", "queued", None)
        assert _runs(forge) == [("push", "queued", None), old]
        for _ in range(3):
            _dispatch(forge, "main")
        event = "workflow_dispatch"
        old = (event, "completed", "cancelled") if by_dispatch else (event, "queued", None)
        assert _runs(forge)[:3] == [(event, "queued", None), old, old]


@pytest.mark.parametrize("recorded", EVERY)
def test_deleted_and_pushed_again_tag_cancels_as_a_moved_one(tmp_path: Path, recorded: str) -> None:
    """Deleting a tag and pushing it again begins a second run, which ends the queued one but on Gitea 1.26"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        copy = _prepared(tmp_path, forge)
        _push_tag(copy, "v1.0.0")
        copy.git("push", "-q", "origin", ":refs/tags/v1.0.0")
        _push_tag(copy, "v1.0.0")
        expected = "queued" if recorded == GITEA_1_26 else "completed"
        assert [status for _, status, _ in _runs(forge)] == ["queued", expected]


@pytest.mark.parametrize("recorded", EVERY)
def test_skip_words_count_in_the_commit_only(tmp_path: Path, recorded: str) -> None:
    """[skip ci] in the tagged commit begins no run; only in the tag's message it does"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        copy = _prepared(tmp_path, forge)
        copy.git("tag", "-a", "v1.0.0", "-m", "one [skip ci]")
        copy.git("push", "-q", "origin", "v1.0.0")
        assert len(_runs(forge)) == 1
        copy.commit("two [skip ci]")
        _push_tag(copy, "v2.0.0")
        assert len(_runs(forge)) == 1


@pytest.mark.parametrize("recorded", EVERY)
def test_every_tag_and_no_other_ref_begins_a_run(tmp_path: Path, recorded: str) -> None:
    """Twelve tags in one push are twelve runs, tags by the API one each; branches, notes and own refs none"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        copy = _prepared(tmp_path, forge)
        copy.git("push", "-q", "origin", "HEAD:refs/samebytes/x", "HEAD:refs/heads/other")
        copy.git("notes", "add", "-m", "note")
        copy.git("push", "-q", "origin", "refs/notes/commits")
        assert _runs(forge) == []
        _push_tag(copy, *(f"v1.0.{number}" for number in range(12)))
        assert len(_runs(forge)) == 12
        for path, tag in (("tags", "v2.0.0"), ("releases", "v2.0.1")):
            body = json.dumps({"tag_name": tag}).encode()
            headers = {"Content-Type": "application/json"}
            assert send(forge, "POST", f"{_API}/{path}", body=body, headers=headers).status == 201
        assert len(_runs(forge)) == 14


def test_runs_of_tags_are_found_by_commit_not_by_branch(tmp_path: Path) -> None:
    """The list filters by event, commit and status; a tag is no branch; nonsense is refused"""
    with stand_in(tmp_path / "forge", server_of(GITEA_1_25)) as forge:
        copy = _prepared(tmp_path, forge)
        _push_tag(copy, "v1.0.0")
        totals = {
            query: _listed(forge, query)["total_count"]
            for query in (
                "?branch=v1.0.0",
                "?branch=refs/tags/v1.0.0",
                "?event=push",
                f"?head_sha={copy.head()}",
                "?status=queued",
                "?status=waiting",
            )
        }
        assert list(totals.values()) == [0, 0, 1, 1, 1, 0]
        assert send(forge, "GET", f"{_API}/actions/runs?status=nonsense", actor="admin").status == 400
        run = _listed(forge)["workflow_runs"][0]
        assert run["path"] == "publish-packages.yml@refs/tags/v1.0.0"
        assert "head_branch" not in run
        assert "conclusion" not in run
        _dispatch(forge, "main")
        assert _listed(forge, "?branch=main")["workflow_runs"][0]["head_branch"] == "main"


@pytest.mark.parametrize("recorded", EVERY)
def test_commit_status_follows_pushed_runs_only(tmp_path: Path, recorded: str) -> None:
    """A pushed run is pending, then what it ended as; a dispatched one makes no status"""
    with stand_in(tmp_path / "forge", server_of(recorded)) as forge:
        copy = _prepared(tmp_path, forge)
        _dispatch(forge, "main")
        status = f"{_API}/commits/{copy.head()}/status"
        assert json.loads(send(forge, "GET", status).body)["statuses"] == []
        _push_tag(copy, "v1.0.0")
        assert json.loads(send(forge, "GET", status).body)["state"] == "pending"
        repository = forge.forge.repository(_OWNER, "lab-n")
        assert repository is not None
        run = runs.runs(forge.forge, repository)[0]
        runs.start(forge.forge, repository, run["id"])
        assert json.loads(send(forge, "GET", f"{_API}/actions/tasks").body)["total_count"] == 1
        runs.finish(forge.forge, repository, run["id"], "failure", ["it broke\n"])
        assert json.loads(send(forge, "GET", status).body)["state"] == "failure"
        log = send(forge, "GET", f"{_API}/actions/jobs/{run['jobs'][0]['id']}/logs")
        assert (log.status, log.body) == (
            (404, b"404 page not found\n") if recorded == FORGEJO_11 else (200, b"it broke\n")
        )
