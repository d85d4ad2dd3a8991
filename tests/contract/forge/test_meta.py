"""What servers tell about themselves and a repository is as recorded."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from samebytes.testing.forge import setup
from tests.contract.forge.compare import Rule, Rules
from tests.contract.forge.recording import load
from tests.contract.forge.servers import EVERY
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.story import Story
from tests.contract.forge.under_test import ForgeUnderTest, Starter

# The packages API is replayed with the npm registry; these pages describe themselves and are not imitated.
_PACKAGES = "/api/v1/packages/"
_NOT_IMITATED = frozenset({"/swagger.v1.json", "/api/v1/settings/ui"})
_RULES = Rules(
    everywhere=Rule(volatile=frozenset({"description", "empty", "has_code", "size", "ssh_url", "watchers_count"})),
    steps=MappingProxyType(
        {
            "/api/v1/settings/attachment": Rule(volatile=frozenset({"max_size"})),
        }
    ),
)


@pytest.mark.parametrize(("starter", "recorded"), on_each_server(EVERY))
def test_servers_tell_about_themselves_as_recorded(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """Each recorded request gets the recorded status, shape and values"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        story = _story(forge, recorded, starter)
        assert "\n".join(story.differences()) == ""
        assert story.count == 11


def _story(forge: ForgeUnderTest, recorded: str, starter: Starter) -> Story:
    forge.add_repository(setup.OWNER, "lab-o-repo")
    recording = load(recorded, "o-meta")
    of_packages = {entry.step for entry in recording.exchanges if entry.request.path.startswith(_PACKAGES)}
    return Story(
        forge=forge, recording=recording, rules=_RULES.also(starter.volatile), left_out=_NOT_IMITATED | of_packages
    )
