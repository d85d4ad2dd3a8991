"""One tag goes to a Gitea, a Forgejo, a real Verdaccio and a folder, by the command line, and the four are proven alike."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from samebytes.testing.forge.setup import OWNER, REPOSITORY, TOKENS
from tests.cached import CACHE
from tests.clients.client import Client
from tests.clients.verdaccio import Verdaccio
from tests.forge_fixtures import StartForge
from tests.monorepos import git, member, monorepo
from tests.unmeasured import unmeasured

TAG = "v1.0.0"
SITES = """\
[sites.corp]
kind = "gitea"
url = "{corp}"
owner = "{owner}"

[sites.home]
kind = "forgejo"
url = "{home}"
owner = "{owner}"
credential = "file:../home.token"

[sites.folder]
kind = "directory"
path = "../folder"

[sites.npm]
kind = "npm"
url = "{npm}"
evidence = "../npm-state"
"""


class Place:
    """A clone with its sites and the variables of one engineer."""

    def __init__(self, repository: Path, variables: Mapping[str, str]) -> None:
        self.repository = repository
        self.variables = {**unmeasured(), **variables}

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
def place(tmp_path: Path, pnpm_9: Client, start_forge: StartForge, verdaccio: Verdaccio) -> Place:
    """A monorepo of two members, its tag pushed to both forges."""
    corp, home = start_forge("gitea-1.25"), start_forge("forgejo-11")
    scope = f"@s{os.getpid()}"
    repository = monorepo(
        tmp_path / "repo",
        pnpm_9,
        {
            "samebytes.toml": SITES.format(corp=corp.base_url, home=home.base_url, owner=OWNER, npm=verdaccio.url),
            "packages/bulb/package.json": member(f"{scope}/bulb", os=["linux"]),
            "packages/bulb/index.js": "exports.on = true\n",
            "packages/lamp/package.json": member(f"{scope}/lamp", dependencies={f"{scope}/bulb": "workspace:^"}),
            "packages/lamp/index.js": "module.exports = 1\n",
        },
    )
    token = tmp_path / "home.token"
    token.write_text(f"{TOKENS.publisher}\n", encoding="ascii")
    token.chmod(0o600)
    header = f"http.extraHeader=Authorization: Bearer {TOKENS.publisher}"
    for name, stand_in in (("corp", corp), ("home", home)):
        git(repository, "remote", "add", name, f"{stand_in.base_url}/{OWNER}/{REPOSITORY}.git")
        git(repository, "-c", header, "push", "-q", name, "HEAD:main", TAG)
    temp = tmp_path / "tmp"
    temp.mkdir()
    variables = {
        "HOME": str(tmp_path),
        "TMPDIR": str(temp),
        "XDG_CACHE_HOME": str(CACHE / "cli"),
        "SAMEBYTES_CORP_TOKEN": TOKENS.publisher,
        "SAMEBYTES_NPM_TOKEN": verdaccio.token,
    }
    return Place(repository, variables)


def test_one_tag_at_four_kinds_of_site(place: Place) -> None:
    """Published, published again, proven, undone, promoted: at each kind alike."""
    first = place.run("publish", TAG)
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("done: 2 members published, 0 already the same") == 4
    assert first.stdout.count("as soon as it is uploaded") == 1, "Verdaccio alone invents latest"
    again = place.run("publish", TAG)
    assert (again.returncode, again.stdout.count("nothing to do")) == (0, 4), again.stderr
    verdict = place.run("verify", TAG, "--deep")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert verdict.stdout.splitlines()[-1].startswith(f"proven: {TAG}, 2 members at 4 sites")
    same = place.run("explain", f"corp@{TAG}", f"home@{TAG}")
    assert (same.returncode, same.stdout.partition(":")[0]) == (0, "no difference")
    for site in ("corp", "home", "folder"):
        assert place.run("promote", TAG, "--undo", "--site", site).returncode == 0
        assert "held" in place.run("status", TAG, "--site", site).stdout
        assert place.run("promote", TAG, "--site", site).returncode == 0
    assert place.run("status").stdout.splitlines()[1].split()[1:] == ["promoted"] * 4


@pytest.mark.parametrize(
    "token",
    [TOKENS.publisher, "5ab0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"],
    # A test runner may show the name of its test among the arguments of processes.
    ids=["good", "bad"],
)
def test_a_token_shows_nowhere(place: Place, tmp_path: Path, token: str) -> None:
    """Not in an output, a traceback, a file or an argument of a process, in any encoding; a good one or a bad one."""
    arguments: list[bytes] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(arguments, done))
    watcher.start()
    try:
        variables = {"SAMEBYTES_CORP_TOKEN": token, "SAMEBYTES_DEBUG": "1"}
        runs = [
            place.run(*line, **variables)
            for line in (
                ("publish", TAG, "--site", "corp"),
                ("publish", TAG, "--site", "corp", "--json"),
                ("status", TAG, "--site", "corp"),
                ("config", "show"),
            )
        ]
    finally:
        done.set()
        watcher.join()
    assert (runs[0].returncode == 0) == (token == TOKENS.publisher), runs[0].stderr
    shown = "".join(run.stdout + run.stderr for run in runs).encode()
    (tmp_path / "home.token").unlink()
    written = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    assert arguments, "some process was seen"
    for form in _forms(token):
        assert form not in shown
        assert [line for line in arguments if form in line] == []
        assert form not in written


def _forms(token: str) -> list[bytes]:
    text = token.encode()
    pairs = (text, b"samebytes:" + text)
    in_base64 = [base64.b64encode(b"x" * shift + one)[4:-4] for one in pairs for shift in range(3)]
    return [text, text.hex().encode(), quote(token, safe="").encode(), *in_base64]


def _watch(seen: list[bytes], done: threading.Event) -> None:
    """The arguments of all processes that come from this one, again and again; other tests run beside it."""
    while not done.wait(0.01):
        parents: dict[int, int] = {}
        arguments: dict[int, bytes] = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                arguments[int(process.name)] = (process / "cmdline").read_bytes()
            except OSError:
                continue
        seen += [line for pid, line in arguments.items() if _comes_from(pid, os.getpid(), parents)]


def _comes_from(pid: int, ancestor: int, parents: Mapping[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == ancestor:
            return True
    return False
