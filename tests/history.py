"""A small real git repository for tests: write files, commit, tag; nothing of the host's settings is read."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samebytes.system.git import GitRepository
from samebytes.system.process import SystemRunner

# A mapping becomes JSON, None removes the file.
Content = str | bytes | Mapping[str, object] | None


@dataclass(slots=True)
class History:
    """A repository under construction; each commit is a minute after the one before, so every object id is fixed."""

    path: Path
    clock_s: int = field(default=1_700_000_000)

    def git(self, *arguments: str, input_: bytes | None = None, check: bool = True) -> str:
        """Run git with fixed author, time and no settings; its standard output without the last line end."""
        identity = {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": f"{self.clock_s} +0000"}
        env = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in identity.items()}
        done = subprocess.run(
            ("git", "-c", "protocol.file.allow=always", *arguments),
            cwd=self.path,
            env={
                "PATH": os.environ["PATH"],
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "HOME": str(self.path),
                "LC_ALL": "C",
                **env,
            },
            input=input_,
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, files: Mapping[str, Content]) -> None:
        """Write files below the worktree: a mapping becomes JSON, None removes the file."""
        for name, content in files.items():
            path = self.path / name
            if content is None:
                path.unlink()
                if not any(path.parent.iterdir()):
                    path.parent.rmdir()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                text = content if isinstance(content, str) else json.dumps(content, indent=2) + "\n"
                path.write_text(text, encoding="utf-8", newline="")

    def commit(self, files: Mapping[str, Content] | None = None, message: str = "work") -> str:
        """Write the files, commit everything, and say the commit's id."""
        self.write(files or {})
        self.clock_s += 60
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, message: str = "release\n") -> str:
        """An annotated tag at HEAD, its message byte for byte; the tag object's id."""
        self.git("tag", "--annotate", "--cleanup=verbatim", "--file=-", name, input_=message.encode("utf-8"))
        return self.git("rev-parse", f"refs/tags/{name}")

    def open(self, path: Path | None = None) -> GitRepository:
        """Our reader on it, or on another path such as a clone."""
        return GitRepository.open(SystemRunner(), str(path or self.path), os.environ["PATH"])


def new_history(path: Path) -> History:
    """An empty repository in a new folder, first branch `main`."""
    path.mkdir(parents=True)
    history = History(path)
    history.git("init", "--quiet", "--initial-branch=main", "--template=")
    return history
