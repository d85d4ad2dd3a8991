"""Which host git-lfs is sent to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.system.checkout import check_out, local_origin
from samebytes.system.lfs import host_of, stays_at
from samebytes.system.own_git import OwnGit
from samebytes.system.process import Command, Completed, SystemRunner
from tests.unit.system.test_checkout import git, pointer_to, repository, store


@pytest.mark.system("git-lfs")
@pytest.mark.parametrize(
    ("lfsconfig", "is_fetched"),
    [
        (b"[lfs]\n\tlocksverify = false\n", True),
        (b"[lfs]\n\turl = http://127.0.0.1:9/inner\n", False),
        (b'[remote "origin"]\n\tlfsurl = http://127.0.0.1:9/inner\n', False),
        (b"no configuration", False),
    ],
)
def test_the_commits_own_lfs_server_is_asked_only_at_the_remotes_host(
    tmp_path: Path, lfsconfig: bytes, *, is_fetched: bool
) -> None:
    """A `.lfsconfig` cannot send a build to a host that nobody configured."""
    origin, content = tmp_path / "origin.git", b"remote\n" * 100
    source = tmp_path / "source"
    files = {".gitattributes": b"*.bin filter=lfs -text\n", ".lfsconfig": lfsconfig, "a.bin": pointer_to(content)}
    commit = repository(source, files)
    git(tmp_path, "clone", "-q", "--bare", str(source), str(origin))
    store(origin, content)
    git(source, "remote", "add", "origin", f"file://{origin}")
    runner = _Watching()
    own = OwnGit(runner, str(tmp_path / "home"), os.environ["PATH"])
    done = check_out(own, local_origin(own, str(source)), commit, str(tmp_path / "clone"), submodules=False)
    found = (Path(done.directory) / "a.bin").read_bytes()
    assert (found == content, runner.fetches) == (is_fetched, 1 if is_fetched else 0)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Forge.example:8443/a/b.git", "forge.example"),
        ("git@forge.example:a/b.git", "forge.example"),
        ("forge.example:a/b.git", "forge.example"),
        ("/srv/git/a:b.git", ""),
        ("file:///srv/git/a.git", ""),
    ],
)
def test_the_host_of_a_remote_in_each_form(url: str, host: str) -> None:
    """What git takes for another machine, and what for a path."""
    assert host_of(url) == host


def test_an_lfs_configuration_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """git-lfs would read wherever it leads."""
    (tmp_path / ".lfsconfig").symlink_to("elsewhere")
    own = OwnGit(SystemRunner(), str(tmp_path / "home"), os.environ["PATH"])
    assert not stays_at(own, str(tmp_path), "https://forge.example/a.git")


class _Watching(SystemRunner):
    """Real processes; counts `git lfs fetch`."""

    def __init__(self) -> None:
        super().__init__()
        self.fetches = 0

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        self.fetches += "lfs" in command.argv and "fetch" in command.argv
        return super().run(command, on_line)
