"""The demo's git repositories: the example as a repository with fixed dates, its bare remotes, and the clones."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stage.commands import Command, Terminal
from stage.machines import neutral_environment

SITES = ("corp", "home")

# The whole configuration. Where the folders are differs from machine to machine, so a variable says it.
CONFIGURATION = """\
[sites.corp]
kind = "directory"
path = "${LANTERNS_SITES}/corp"

[sites.home]
kind = "directory"
path = "${LANTERNS_SITES}/home"
"""

MIRROR = """
[build]
install_registry = "{registry}"
"""

THIRD_SITE = """
[sites.plant]
kind = "directory"
path = "${LANTERNS_SITES}/plant"
"""

# What a link of the example leads to outside of it is not there where the copy lies.
_OUTWARD_LINK = re.compile(r"\[([^\]]*)\]\(\.\./[^)]*\)")
_AUTHOR = {"NAME": "Mei Lin", "EMAIL": "mei@lanterns.example"}
_MADE_BY_TOOLS = ("node_modules", "dist", "generated", "out", "*.tsbuildinfo", "*.tgz", ".DS_Store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The developer's repository and the folder of its bare remotes, one for each site."""

    folder: Path
    remotes: Path
    terminal: Terminal

    def create(self, example: Path, install_registry: str) -> None:
        """Make the repository from the example and connect it to a new bare remote for each site."""
        shutil.copytree(example, self.folder, ignore=shutil.ignore_patterns(*_MADE_BY_TOOLS))
        readme = self.folder / "README.md"
        readme.write_text(_OUTWARD_LINK.sub(r"\1", readme.read_text(encoding="utf-8")), encoding="utf-8")
        configuration = CONFIGURATION + MIRROR.format(registry=install_registry)
        (self.folder / "samebytes.toml").write_text(configuration, encoding="utf-8")
        self.git("init", "--quiet", "--initial-branch=main")
        for site in SITES:
            self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.remotes / f"{site}.git"))
            self.git("remote", "add", site, str(self.remotes / f"{site}.git"))

    def release(self, tag: str, *, message: str, date: str) -> str:
        """Commit everything at a fixed date, tag it, push both to all remotes; the commit's id.

        Fixed dates and names make the commit, and so the release statement, the same on every machine.
        """
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message, more=dates)
        self.git("tag", "--annotate", tag, "--message", f"Lanterns {tag.removeprefix('v')}", more=dates)
        for site in SITES:
            self.git("push", "--quiet", site, "main", tag)
        return self.git("rev-parse", "HEAD")

    def clone(self, remote: str, to: Path, umask: int) -> None:
        """Clone a remote as a machine with this umask does it."""
        to.parent.mkdir(parents=True, exist_ok=True)
        self._run(("clone", "--quiet", str(self.remotes / f"{remote}.git"), str(to)), cwd=to.parent, umask=umask)

    def update(self, clone: Path, umask: int) -> None:
        """Fetch what is new into a clone, tags too."""
        self._run(("pull", "--quiet", "--ff-only", "--tags"), cwd=clone, umask=umask)

    def head(self, clone: Path) -> str:
        """The commit that a clone has checked out."""
        return self._run(("rev-parse", "HEAD"), cwd=clone)

    def git(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        """Run git in the developer's repository; what it printed."""
        return self._run(arguments, cwd=self.folder, more=more)

    def _run(
        self, arguments: Sequence[str], *, cwd: Path, umask: int = 0o022, more: Mapping[str, str] | None = None
    ) -> str:
        people = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _AUTHOR.items()}
        config = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        env = neutral_environment(os.environ) | people | config | dict(more or {})
        command = Command(argv=("git", *arguments), cwd=cwd, env=env, umask=umask)
        return self.terminal.run(command).stdout.strip()
