"""Releases and assets answer as real servers did, in the order they were recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samebytes.testing.forge import setup
from tests.contract.forge.checkout import Checkout, checkout
from tests.contract.forge.compare import Rules
from tests.contract.forge.recording import load
from tests.contract.forge.replay import send
from tests.contract.forge.servers import EVERY, POSTGRES
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.story import Story
from tests.contract.forge.under_test import ForgeUnderTest, Starter

_OWNER = setup.OWNER
_API = f"/api/v1/repos/{_OWNER}/lab-k"
_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([*EVERY, POSTGRES]))
def test_releases_answer_as_recorded(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """Each recorded request gets the recorded status, shape and values"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        story = _story(tmp_path, forge, recorded)
        assert "\n".join(story.differences()) == ""
        assert story.count == 75


def _story(tmp_path: Path, forge: ForgeUnderTest, recorded: str) -> Story:
    forge.add_repository(_OWNER, "lab-k")
    forge.add_repository(_OWNER, "lab-k-priv", is_private=True)
    copy = checkout(tmp_path / "copy", forge, f"{_OWNER}/lab-k")
    copy.commit("Initial commit", {"README.md": "lab-k\n"})
    copy.git("push", "-q", "origin", "main")
    for tag in ("v1.0.0", "v1.1.0"):
        copy.git("tag", tag)
        copy.git("push", "-q", "origin", tag)
    before = {
        "draft after tag push": lambda: _push_tag(copy, "v3.0.0"),
        "PATCH draft=false, no git tag": lambda: _draft(forge, story),
        "delete by tag": lambda: _post(forge, _API, b'{"tag_name": "v5.0.0"}'),
        "release after its tag moved": lambda: _move(forge, copy),
        "private asset download: anonymous": lambda: _private(tmp_path, forge),
    }
    story: Story = Story(forge=forge, recording=load(recorded, "k-releases"), rules=Rules(), before=before)
    return story


def _push_tag(copy: Checkout, tag: str) -> None:
    copy.git("tag", tag)
    copy.git("push", "-q", "origin", tag)


def _draft(forge: ForgeUnderTest, story: Story) -> None:
    """Make the draft that the recorder had made in a loop."""
    _post(forge, _API, b'{"tag_name": "v4.0.0", "draft": true}')
    made = json.loads(send(forge, "GET", f"{_API}/releases/tags/v4.0.0").body)
    step = next(entry for entry in story.recording.exchanges if entry.step == "PATCH draft=false, no git tag")
    story.learn(f"releases{step.request.path.rpartition('/')[2]}", str(made["id"]))


def _post(forge: ForgeUnderTest, api: str, body: bytes) -> None:
    received = send(forge, "POST", f"{api}/releases", body=body, headers=_JSON)
    assert received.status == 201, received


def _move(forge: ForgeUnderTest, copy: Checkout) -> None:
    copy.commit("second")
    copy.git("tag", "-f", "v1.1.0")
    copy.git("push", "-q", "-f", "origin", "v1.1.0")
    # The recorder had changed its body with line ends of both kinds.
    release = json.loads(send(forge, "GET", f"{_API}/releases/tags/v1.1.0").body)["id"]
    sent = send(forge, "PATCH", f"{_API}/releases/{release}", body=b'{"body": "small\\r\\nline\\n"}', headers=_JSON)
    assert sent.status == 200, sent


def _private(tmp_path: Path, forge: ForgeUnderTest) -> None:
    copy = checkout(tmp_path / "private", forge, f"{_OWNER}/lab-k-priv")
    copy.commit("Initial commit")
    copy.git("push", "-q", "origin", "main")
    api = f"/api/v1/repos/{_OWNER}/lab-k-priv"
    _post(forge, api, b'{"tag_name": "v1"}')
    release = json.loads(send(forge, "GET", f"{api}/releases/latest").body)["id"]
    path = f"{api}/releases/{release}/assets?name=s.txt"
    assert send(forge, "POST", path, body=b"secret", headers={"Content-Type": "application/octet-stream"}).status == 201
