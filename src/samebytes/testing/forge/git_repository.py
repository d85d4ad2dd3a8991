"""A bare repository on disk, asked and changed by git itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ZERO = "0" * 40
_PERSON_FIELDS = 3


class GitError(Exception):
    """Git refused; the text is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A ref: its full name, the object it holds and that object's type."""

    name: str
    sha: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who made an object, and when."""

    name: str
    email: str
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """A commit or an annotated tag: `target` is the tree or the tagged object, `message` as it was stored."""

    sha: str
    type: str
    target: str
    target_type: str
    parents: tuple[str, ...]
    author: Person | None
    committer: Person | None
    message: str


@dataclass(frozen=True, slots=True)
class GitRepository:
    """One bare repository."""

    path: Path

    def git(self, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        """What git prints; GitError where it fails."""
        done = subprocess.run(
            ("git", "-C", str(self.path), *arguments),  # noqa: S607  git of the PATH
            input=stdin,
            capture_output=True,
            check=False,
            env={**plain_environment(), **(environment or {})},
        )
        if done.returncode != 0:
            raise GitError(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def resolve(self, name: str, *, kind: str = "") -> str | None:
        """The object id of a name such as "refs/tags/v1" or a prefix of an id; `kind` peels, as "commit"."""
        try:
            return self.git("rev-parse", "-q", "--verify", f"{name}^{{{kind or 'object'}}}").decode().strip()
        except GitError:
            return None

    def refs(self, prefix: str = "refs/") -> list[Ref]:
        """All refs at or below a prefix, by name."""
        lines = self.git("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", prefix).decode()
        found = (line.split(" ", 2) for line in lines.splitlines())
        return [Ref(name=name, sha=sha, type=kind) for sha, kind, name in found]

    def ref(self, name: str) -> Ref | None:
        """The ref of exactly this name."""
        return next((ref for ref in self.refs(name) if ref.name == name), None)

    def update(self, name: str, new: str, old: str | None = None) -> None:
        """Move a ref (`new` ZERO deletes it) if it still holds `old`; ZERO as `old` only creates."""
        expected = [] if old is None else [old]
        if new == ZERO:
            self.git("update-ref", "-d", name, *expected)
        else:
            self.git("update-ref", name, new, *expected)

    def has_blocking_ref(self, name: str) -> bool:
        """Whether a ref lies at, below or above this name, so that it cannot be made."""
        return any(name.startswith(f"{ref.name}/") for ref in self.refs()) or bool(self.refs(name))

    def is_valid_ref(self, name: str) -> bool:
        """Whether git takes the name."""
        try:
            self.git("check-ref-format", name)
        except GitError:
            return False
        return True

    def object(self, sha: str) -> Object | None:
        """The commit or annotated tag; None for another type or a missing object."""
        try:
            kind = self.git("cat-file", "-t", sha).decode().strip()
            body = self.git("cat-file", kind, sha) if kind in {"commit", "tag"} else b""
        except GitError:
            return None
        return _parse(sha, kind, body) if body else None

    def make_tag(self, name: str, target: str, message: str, by: Person) -> str:
        """Write an annotated tag object; no ref is made."""
        kind = self.git("cat-file", "-t", target).decode().strip()
        header = f"object {target}\ntype {kind}\ntag {name}\ntagger {_person_text(by)}\n\n{message}"
        text = header if header.endswith("\n") else f"{header}\n"
        return self.git("hash-object", "-w", "-t", "tag", "--stdin", stdin=text.encode()).decode().strip()

    def files(self, commit: str, folder: str) -> list[str]:
        """Names of files directly in a folder of a commit."""
        try:
            lines = self.git("ls-tree", "-z", "--name-only", f"{commit}:{folder}")
        except GitError:
            return []
        return [name.decode(errors="replace") for name in lines.split(b"\0") if name]

    def blob(self, commit: str, path: str) -> str | None:
        """The object id of a file of a commit."""
        try:
            return self.git("rev-parse", "-q", "--verify", f"{commit}:{path}").decode().strip()
        except GitError:
            return None

    def read(self, commit: str, path: str) -> bytes | None:
        """A file of a commit."""
        try:
            return self.git("cat-file", "blob", f"{commit}:{path}")
        except GitError:
            return None


def plain_environment() -> dict[str, str]:
    """An environment in which git heeds no settings of this machine or user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C", "HOME": os.devnull}


def person_environment(person: Person) -> dict[str, str]:
    """Git's variables for a commit by one person."""
    date = f"{int(person.date.timestamp())} +0000"
    return {
        "GIT_AUTHOR_NAME": person.name,
        "GIT_AUTHOR_EMAIL": person.email,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": person.name,
        "GIT_COMMITTER_EMAIL": person.email,
        "GIT_COMMITTER_DATE": date,
    }


def _person_text(person: Person) -> str:
    return f"{person.name} <{person.email}> {int(person.date.timestamp())} +0000"


def _parse(sha: str, kind: str, body: bytes) -> Object:
    header, _, message = body.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in header.decode(errors="replace").splitlines():
        key, _, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    first = {key: values[0] for key, values in fields.items()}
    return Object(
        sha=sha,
        type=kind,
        target=first.get("tree", "") if kind == "commit" else first.get("object", ""),
        target_type="tree" if kind == "commit" else first.get("type", ""),
        parents=tuple(fields.get("parent", ())),
        author=_person(first.get("author") or first.get("tagger")),
        committer=_person(first.get("committer") or first.get("tagger")),
        message=message.decode(errors="replace"),
    )


def _person(text: str | None) -> Person | None:
    parts: Sequence[str] = (text or "").rsplit(" ", 2)
    if len(parts) != _PERSON_FIELDS:
        return None
    name, _, email = parts[0].rpartition(" <")
    return Person(name=name, email=email.rstrip(">"), date=datetime.fromtimestamp(int(parts[1]), UTC))
