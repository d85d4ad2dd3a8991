"""Tags, branches, git refs, tag protection and files answer as real servers did, between the pushes that were recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.testing.forge import setup
from tests.contract.forge.checkout import Checkout, checkout
from tests.contract.forge.compare import Rule, Rules
from tests.contract.forge.recording import Exchange, Recording, load
from tests.contract.forge.replay import send
from tests.contract.forge.servers import EVERY, POSTGRES
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.story import Story
from tests.contract.forge.under_test import ForgeUnderTest, Starter

_OWNER = setup.OWNER
_API = f"/api/v1/repos/{_OWNER}/lab-l"
_JSON = {"Content-Type": "application/json"}
_RULES = Rules(
    # The recorded commits had other times, and the recorded user another mail address.
    everywhere=Rule(volatile=frozenset({"timestamp", "last_author_date", "last_committer_date"})),
)


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([*EVERY, POSTGRES]))
def test_refs_answer_as_recorded(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """Each recorded request gets the recorded status, shape and values"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        story = _story(tmp_path, forge, recorded)
        assert "\n".join(story.differences()) == ""
        assert story.count == 31


def _story(tmp_path: Path, forge: ForgeUnderTest, recorded: str) -> Story:
    forge.add_repository(_OWNER, "lab-l")
    copy = checkout(tmp_path / "copy", forge, f"{_OWNER}/lab-l")
    copy.commit("wf", {"README.md": "lab-l\n"})
    copy.git("push", "-q", "origin", "main")
    recording = load(recorded, "l-refs")
    before = {
        "GET /git/refs/samebytes": lambda: _push_many(forge, copy),
        "GET note": lambda: _push_note(copy),
        "GET /tags/v7.0.0": lambda: _push_annotated(copy, recording),
    }
    story = Story(forge=forge, recording=recording, rules=_RULES, before=before, actor_of=_actor)
    story.learn(_first_target(recording), copy.head())
    return story


def _actor(exchange: Exchange) -> str:
    if "by publisher" in exchange.step:
        return "publisher"
    return "admin" if "by admin" in exchange.step or exchange.step == "list protections" else exchange.request.actor


def _first_target(recording: Recording) -> str:
    body = recording.exchanges[0].request.body or b""
    return body.decode().split('"target": "')[1][:40]


def _push_many(forge: ForgeUnderTest, copy: Checkout) -> None:
    for number in range(3):
        made = {"tags": f'{{"tag_name": "trace{number}"}}', "branches": f'{{"new_branch_name": "race{number}"}}'}
        for what, body in made.items():
            assert send(forge, "POST", f"{_API}/{what}", body=body.encode(), headers=_JSON).status == 201
    copy.git("push", "-q", "origin", "HEAD:refs/samebytes/x")


def _push_note(copy: Checkout) -> None:
    copy.git("notes", "add", "-m", "note text")
    copy.git("push", "-q", "origin", "refs/notes/commits")


def _push_annotated(copy: Checkout, recording: Recording) -> None:
    """Push the annotated tag with the very message that was recorded."""
    copy.commit("c2")
    shown = next(exchange.answer.body for exchange in recording.exchanges if exchange.step == "GET /git/tags/{sha}")
    copy.git("tag", "-a", "v7.0.0", "--cleanup=verbatim", "-m", shown["message"])
    copy.git("push", "-q", "origin", "v7.0.0")
