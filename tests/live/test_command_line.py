"""The command line at a real server: publish, prove, move back and forth, and probe it with a throwaway version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from samebytes.testing.server_checker import final_state, problems, unfinished
from tests.cached import CACHE
from tests.clients.client import Client
from tests.live.site import LiveSite
from tests.monorepos import git, member, monorepo
from tests.unmeasured import unmeasured

TAG = "v1.0.0"
_SETTINGS = """\
[sites.corp]
kind = "{kind}"
url = "{url}"
owner = "{owner}"
"""


class Engineer:
    """A clone of a monorepo with two members, whose tag is at the server."""

    def __init__(self, folder: Path, pnpm: Client, live: LiveSite) -> None:
        site = live.site
        self.live = live
        self.repository = monorepo(
            folder / "repo",
            pnpm,
            {
                "samebytes.toml": _SETTINGS.format(kind=site.kind, url=site.url, owner=site.owner),
                "packages/bulb/package.json": member("@acme/bulb", os=["linux"]),
                "packages/bulb/index.js": "exports.on = true\n",
                "packages/lamp/package.json": member("@acme/lamp", dependencies={"@acme/bulb": "workspace:^"}),
                "packages/lamp/index.js": "module.exports = 1\n",
            },
        )
        git(self.repository, "remote", "add", "origin", site.remote)
        header = f"http.extraHeader=Authorization: {live.forge.authorization('publisher', 'Basic')}"
        git(self.repository, "-c", header, "push", "-q", "origin", "HEAD:main", TAG)
        live.forge.settle()
        self.variables = {
            **unmeasured(),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(CACHE / "cli"),
            "SAMEBYTES_CORP_TOKEN": live.forge.tokens.publisher,
        }

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run samebytes in the clone, as its own process."""
        return subprocess.run(
            [sys.executable, "-m", "samebytes", *arguments],
            cwd=self.repository,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def engineer(tmp_path: Path, pnpm_9: Client, live: LiveSite) -> Engineer:
    """Somebody who publishes to the real server."""
    folder = tmp_path / "engineer"
    folder.mkdir()
    return Engineer(folder, pnpm_9, live)


def test_one_tag_goes_all_its_ways(engineer: Engineer) -> None:
    """Published, published again, proven, undone, promoted, and told by status at each step."""
    first = engineer.run("publish", TAG)
    assert first.returncode == 0, first.stderr
    assert "done: 2 members published, 0 already the same" in first.stdout
    again = engineer.run("publish", TAG)
    assert (again.returncode, "nothing to do" in again.stdout) == (0, True), again.stderr
    verdict = engineer.run("verify", TAG, "--deep")
    assert (verdict.returncode, verdict.stdout.splitlines()[-1].partition(":")[0]) == (0, "proven"), verdict.stdout
    assert engineer.run("promote", TAG, "--undo").returncode == 0
    assert "held" in engineer.run("status", TAG).stdout
    assert engineer.run("promote", TAG).returncode == 0
    assert engineer.run("status").stdout.splitlines()[1].split()[1:] == ["promoted"]
    stored = engineer.live.stored()
    assert [*problems(stored), *unfinished(stored, TAG)] == []


def test_a_probe_says_what_the_server_is_and_leaves_nothing(engineer: Engineer) -> None:
    """Product and version are told, a publisher's token may publish, and the throwaway version is gone afterwards."""
    before = final_state(engineer.live.stored())
    probed = engineer.run("probe", "corp")
    assert probed.returncode == 0, probed.stdout + probed.stderr
    assert engineer.live.forge.instance.program.version in probed.stdout
    written = engineer.run("probe", "corp", "--write")
    assert written.returncode == 0, written.stdout + written.stderr
    assert final_state(engineer.live.stored()) == before


@pytest.mark.parametrize("actor", ["read_only", "no_package_scope", "stranger"])
def test_a_probe_says_which_right_is_missing(engineer: Engineer, actor: str) -> None:
    """Who cannot publish is told so beforehand, and publishing ends with the site's exit code."""
    token = getattr(engineer.live.forge.tokens, actor)
    probed = engineer.run("probe", "corp", SAMEBYTES_CORP_TOKEN=token)
    assert probed.returncode == 13, probed.stdout + probed.stderr
    refused = engineer.run("publish", TAG, SAMEBYTES_CORP_TOKEN=token)
    assert refused.returncode == 13, refused.stdout + refused.stderr
    assert engineer.live.stored().packages == {}
