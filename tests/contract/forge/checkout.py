"""A working copy that pushes to the server under test as somebody, as the recorded pushes were made."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from samebytes.testing.forge.git_repository import plain_environment
from tests.contract.forge.under_test import ForgeUnderTest

# What the hooks of a real server say where the tests run as root.
_AS_ROOT = re.compile(r"remote: .* You are running \w+ using the root user.*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a git command ended."""

    status: int
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A working copy; `actor` is who pushes unless a call names another."""

    folder: Path
    forge: ForgeUnderTest
    repository: str

    @property
    def url(self) -> str:
        """The address of the remote."""
        return f"{self.forge.base_url}/{self.repository}.git"

    def try_git(self, *arguments: str, actor: str = "publisher") -> Done:
        """Run git as an actor of the recordings."""
        header = self.forge.authorization(actor, "Basic") if actor else None
        sign_in = ("-c", f"http.extraHeader=Authorization: {header}") if header else ()
        done = subprocess.run(
            ("git", *sign_in, *arguments),
            cwd=self.folder,
            env={**plain_environment(), **_PERSON, "GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if "push" in arguments:
            self.forge.settle()
        output = _AS_ROOT.sub("", (done.stdout + done.stderr).replace(self.forge.base_url, "http://SITE"))
        return Done(status=done.returncode, output=output)

    def git(self, *arguments: str, actor: str = "publisher") -> str:
        """What git printed; it must succeed."""
        done = self.try_git(*arguments, actor=actor)
        assert done.status == 0, done
        return done.output

    def commit(self, message: str, files: Mapping[str, str] | None = None) -> str:
        """Commit files, or nothing; returns the commit."""
        for name, text in (files or {}).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.head()

    def head(self) -> str:
        """The commit checked out."""
        return self.git("rev-parse", "HEAD").strip()


_PERSON = {
    "GIT_AUTHOR_NAME": "Lab",
    "GIT_AUTHOR_EMAIL": "lab@lab.invalid",
    "GIT_COMMITTER_NAME": "Lab",
    "GIT_COMMITTER_EMAIL": "lab@lab.invalid",
}


def checkout(folder: Path, forge: ForgeUnderTest, repository: str) -> Checkout:
    """A new working copy without commits, whose origin is "owner/name"."""
    folder.mkdir(parents=True)
    copy = Checkout(folder=folder, forge=forge, repository=repository)
    copy.git("init", "-q", "-b", "main")
    copy.git("remote", "add", "origin", copy.url)
    return copy
