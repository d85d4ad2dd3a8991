"""Secrets and variables answer as real servers did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samebytes.testing.forge import setup
from tests.contract.forge.compare import Rule, Rules
from tests.contract.forge.recording import Exchange, load
from tests.contract.forge.servers import EVERY
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.story import Story
from tests.contract.forge.under_test import ForgeUnderTest, Starter

# The recording cut this one off.
_BODIES = {"PUT 65537 bytes": json.dumps({"data": "x" * 65_537}).encode()}
_RULES = Rules(everywhere=Rule(volatile=frozenset({"repo_id"})))


@pytest.mark.parametrize(("starter", "recorded"), on_each_server(EVERY))
def test_secrets_and_variables_answer_as_recorded(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """Each recorded request gets the recorded status, shape and values"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        story = _story(tmp_path, forge, recorded)
        assert "\n".join(story.differences()) == ""
        assert story.count == 32


def _story(tmp_path: Path, forge: ForgeUnderTest, recorded: str) -> Story:
    forge.add_repository(setup.OWNER, "lab-m")
    return Story(forge=forge, recording=load(recorded, "m-secrets"), rules=_RULES, actor_of=_actor, bodies=_BODIES)


def _actor(exchange: Exchange) -> str:
    """The administrator asked, unless the step says that the publisher did."""
    return "publisher" if "by publisher" in exchange.step else "admin"
