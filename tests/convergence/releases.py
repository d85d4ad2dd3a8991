"""The releases of these tests: a small one that is there before, and one of twelve members, on tags of a real repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from samebytes.flows.make_release import BuiltRelease
from samebytes.model.tag import Commit
from samebytes.testing.forge.git_repository import GitRepository, Person, person_environment
from tests.small_releases import Tiny, built_release

FIRST_TAG, SECOND_TAG = "v1.0.0", "v1.1.0"
_PERSON = Person(name="Wick", email="wick@example.com", date=datetime(2026, 1, 1, tzinfo=UTC))
_MEMBERS, _EARLIER, _PER_LEVEL = 12, 8, 4


def members(version: str, count: int) -> tuple[Tiny, ...]:
    """Members in levels of four, each depending on one of the level before; one has an executable."""
    return tuple(
        Tiny(
            name=_name(number),
            version=version,
            level=number // _PER_LEVEL,
            files={"index.js": f"export const lamp = {number};\n".encode(), "bin/lamp.js": b"#!/usr/bin/env node\n"},
            fields={
                "dependencies": {_name(number - _PER_LEVEL): version} if number >= _PER_LEVEL else {},
                **({"bin": {"lamp": "bin/lamp.js"}} if number == 0 else {}),
            },
        )
        for number in range(count)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """`first` has eight of the twelve packages of `second`."""

    first: BuiltRelease
    second: BuiltRelease


def built_releases(folder: Path, repository: Path) -> Releases:
    """Build both for the tags that `make_tags` makes in a bare repository."""
    commits = make_tags(repository)
    return Releases(
        first=built_at(folder / "first", commits[FIRST_TAG], members("1.0.0", _EARLIER)),
        second=built_at(folder / "second", commits[SECOND_TAG], members("1.1.0", _MEMBERS)),
    )


def built_at(folder: Path, tag: Commit, of: Sequence[Tiny]) -> BuiltRelease:
    """A release of these members on a tag that exists."""
    return replace(built_release(folder, tag.name, of, tag.commit), commit=tag)


def make_tags(repository: Path) -> dict[str, Commit]:
    """Both annotated tags in a bare repository, each on a commit of its own; the same ids every time."""
    git = GitRepository(repository)
    tree = git.git("mktree").decode().strip()
    made, parent = {}, ""
    for tag in (FIRST_TAG, SECOND_TAG):
        parent = commit(git, tree, tag, parent)
        made[tag] = annotated(git, tag, parent, tree)
    return made


def commit(git: GitRepository, tree: str, message: str, parent: str) -> str:
    """A commit; its id."""
    parents = ("-p", parent) if parent else ()
    environment = person_environment(_PERSON)
    return git.git("commit-tree", tree, *parents, "-m", message, environment=environment).decode().strip()


def annotated(git: GitRepository, tag: str, at: str, tree: str, message: str = "A release\n") -> Commit:
    """Make or move an annotated tag."""
    tag_object = git.make_tag(tag, at, message, _PERSON)
    git.update(f"refs/tags/{tag}", tag_object)
    return Commit(name=tag, tag_object=tag_object, commit=at, tree=tree, time_s=0, message=message)


def _name(number: int) -> str:
    return f"@acme/lamp-{number:02}"
