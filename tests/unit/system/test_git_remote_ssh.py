"""A git remote over ssh: what ssh is given. A script stands in for ssh; git speaks its real protocol through it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samebytes.errors import SiteError
from samebytes.model.secret import Secret
from samebytes.system.git_remote import GitCredential, GitRemote, PushState
from samebytes.system.git_remote_push import create
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import Watched, bare

A = "refs/samebytes/a"
# Writes down what it was given, then does what the other host would.
_SSH = """#!/bin/sh
printf '%s\\n' "$@" > "$0.args"
env > "$0.env"
for last; do :; done
exec sh -c "$last"
"""


@pytest.fixture
def ssh(tmp_path: Path) -> Path:
    """The stand-in."""
    script = tmp_path / "ssh"
    script.write_text(_SSH, encoding="utf-8")
    script.chmod(0o755)
    return script


def _at(url: str, runner: Watched, **variables: str) -> GitRemote:
    return GitRemote(
        runner,
        url,
        search_path=os.environ["PATH"],
        credential=GitCredential(username="u", token=Secret("never sent")),
        variables={"HOME": "/home/me", "SSH_AUTH_SOCK": "/agent", "GIT_CONFIG_COUNT": "1", "OTHER": "x", **variables},
        timeout_s=60,
        clock=FakeClock(),
    )


@pytest.mark.parametrize("form", ["ssh://git@git.example:2222{path}", "git@git.example:{path}"])
def test_ssh_gets_its_variables_and_asks_nobody(tmp_path: Path, ssh: Path, form: str) -> None:
    """Home, agent and the person's own ssh command are handed on; no other variable is, and no question is asked."""
    url = form.format(path=bare(tmp_path / "r.git"))
    runner = Watched()
    at = _at(url, runner, GIT_SSH_COMMAND=f"{ssh} -i key")
    blob = at.write_blob(b"1")
    assert at.push([create(A, blob)])[A].state is PushState.DONE
    assert at.observe("refs/samebytes/*") == {A: blob}
    given = (tmp_path / "ssh.args").read_text(encoding="utf-8").splitlines()
    assert given[:4] == ["-i", "key", "-o", "BatchMode=yes"]
    assert "git@git.example" in given
    env = dict(line.partition("=")[::2] for line in (tmp_path / "ssh.env").read_text(encoding="utf-8").splitlines())
    assert (env["HOME"], env["SSH_AUTH_SOCK"]) == ("/home/me", "/agent")
    assert not {"OTHER", "GIT_CONFIG_COUNT"} & env.keys()
    assert all(command.secret is None for command in runner.commands)


def test_host_that_is_not_reached(ssh: Path) -> None:
    """Ssh's own words are told."""
    ssh.write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 255\n", encoding="utf-8")
    with pytest.raises(SiteError) as raised:
        _at("git@git.example:r.git", Watched(), GIT_SSH_COMMAND=str(ssh)).list("refs/")
    assert raised.value.code == "SB-5110"
    assert "no route to host" in raised.value.details["stderr"]
