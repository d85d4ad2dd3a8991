"""Reading a git repository: objects and refs only, never the index or the worktree, with the host's settings shut out.

No call writes, reaches a remote, runs a hook or reads system or user configuration; the repository's own configuration is
overruled where it could start a program or change what an object says (replace refs, grafts, the commit-graph cache).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from samebytes.errors import ConfigError, RefusedError
from samebytes.model.tag import Commit
from samebytes.system.git_objects import (
    RawObject,
    bytes_of,
    read_batch,
    read_checked,
    read_committer_time,
    read_peeled_tags,
    read_tag,
    read_tree_list,
    text_of,
)
from samebytes.system.git_tree import HINT_PARTIAL, GitTree
from samebytes.system.process import Command, Completed, Runner

_ENV: Mapping[str, str] = MappingProxyType(
    {
        "GIT_ALLOW_PROTOCOL": "none",  # no transport, whatever a partial clone's promisor says
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LANGUAGE": "C",
        "LC_ALL": "C",
        "TZ": "UTC",
    }
)
# `safe.directory`: a checkout owned by someone else is common in containers; what its configuration could start is
# overruled here, and the user's own list of exceptions is not read.
_OVERRULED = (
    "safe.directory=*",
    "core.commitGraph=false",
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "log.showSignature=false",
    "advice.graftFileDeprecated=false",
)
_T = TypeVar("_T")
_HINT_COMMIT = "name a tag, a branch or a commit; git tag --list and git fetch --tags help"
_TAG_PREFIX = re.compile(r"^(?:refs/)?tags/")
# What a ref name cannot hold (git-check-ref-format(1)): `v1^{commit}` and `v1~2` are expressions, not tags.
_NOT_IN_REFS = re.compile(r"[~^:?*\[\\ ]|\.\.|@\{")


@dataclass(frozen=True, slots=True)
class TaggedCommit:
    """A release tag and the commit it leads to."""

    tag: str
    commit: str


class GitRepository:
    """A repository, bare or not; `top` is its worktree's top level, or the git directory of a bare one."""

    def __init__(self, runner: Runner, search_path: str, git_directory: str, top: str) -> None:
        self._runner = runner
        self._search_path = search_path
        self._git_directory = git_directory
        self.top = top

    @classmethod
    def open(cls, runner: Runner, directory: str, search_path: str) -> GitRepository:
        """The repository that holds this directory; `search_path` is the PATH git is found by.

        Raises ConfigError (SB-2101) when there is none.
        """
        hint = "cd into the repository that is to be released, and run it again"
        if not os.path.isdir(directory):
            raise ConfigError("SB-2101", f"{directory} is not a directory", hint=hint)
        opening = cls(runner, search_path, "", directory)
        found = opening._git("rev-parse", "--is-bare-repository", "--absolute-git-dir", allowed=(128,))
        if found.returncode:
            raise ConfigError("SB-2101", f"{directory} is not in a git repository: {_first_line(found)}", hint=hint)
        bare, git_directory = text_of(found.stdout).split("\n")[:2]
        top = git_directory
        if bare == "false":
            shown = opening._git("rev-parse", "--show-toplevel", allowed=(128,))
            top = text_of(shown.stdout).removesuffix("\n") or git_directory
        return cls(runner, search_path, git_directory, top)

    @property
    def git_directory(self) -> str:
        """The absolute path of the git directory."""
        return self._git_directory

    @property
    def is_shallow(self) -> bool:
        """Whether history was cut off when this repository was cloned."""
        return self._git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    @property
    def object_format(self) -> str:
        """`sha1` or `sha256`."""
        return text_of(self._git("rev-parse", "--show-object-format").stdout).strip()

    def resolve(self, commitish: str) -> Commit:
        """The commit behind a tag, branch, object id or any other commit-ish; `name` is set only where a tag was named.

        A tag wins over a branch of the same name; `refs/tags/x` and `tags/x` name a tag, `refs/heads/x` a branch.
        Raises ConfigError (SB-2102) when nothing has that name, (SB-2103) when it is no commit, and RefusedError
        (SB-2106) when an annotated tag carries another name inside.
        """
        if not commitish or commitish.startswith("-") or not commitish.isprintable():
            raise ConfigError("SB-2102", f"{commitish!r} is not the name of a commit", hint=_HINT_COMMIT)
        tag = _TAG_PREFIX.sub("", commitish)
        asked = [f"{commitish}^{{commit}}", commitish]
        if tag != "HEAD" and not _NOT_IN_REFS.search(tag):
            asked += [f"refs/tags/{tag}", f"refs/tags/{tag}^{{commit}}"]
        plain, anything, *tagged = self.read_objects(asked)
        if tagged and tagged[0] is not None:
            return self._tagged(tag, tagged[0], tagged[1])
        if plain is None:
            wrong = "does not lead to a commit" if anything is not None else "is not in this repository"
            raise ConfigError("SB-2103" if anything else "SB-2102", f"{commitish!r} {wrong}", hint=_HINT_COMMIT)
        return _commit("", "", plain, "")

    def _tagged(self, tag: str, tag_object: RawObject, commit: RawObject | None) -> Commit:
        if commit is None:
            raise ConfigError("SB-2103", f"the tag {tag!r} does not lead to a commit", hint=_HINT_COMMIT)
        if tag_object.type != "tag":
            return _commit(tag, "", commit, "")
        inside = read_tag(tag_object.data)
        if inside.name != tag:
            raise RefusedError(
                "SB-2106",
                f"the tag {tag!r} holds an object that calls itself {inside.name!r}",
                hint="an annotated tag was stored under another name: delete it and tag again",
            )
        return _commit(tag, tag_object.object_id, commit, inside.message)

    def tree(self, commit: str) -> GitTree:
        """The files of a commit or tree, by its object id."""
        listing = self._git("ls-tree", "-r", "-t", "-z", "--full-tree", "--end-of-options", commit).stdout
        return GitTree(commit, read_tree_list(listing), self.read_objects)

    def read_objects(self, names: Sequence[str]) -> tuple[RawObject | None, ...]:
        """Objects by id or by a name such as `v1.0.0:package.json`, in one process; None where there is none."""
        found = tuple(read_batch(self._ask_for("--batch", names))) if names else ()
        return _one_each(found, names)

    def object_ids(self, names: Sequence[str]) -> tuple[str | None, ...]:
        """The ids of objects by their names, without reading them; in one process, None where there is none."""
        lines = self._ask_for("--batch-check", names).splitlines() if names else []
        return _one_each(tuple(read_checked(line) for line in lines), names)

    def _ask_for(self, mode: str, names: Sequence[str]) -> bytes:
        asked = [bytes_of(name) for name in names]
        if any(b"\n" in name for name in asked):
            raise ConfigError("SB-2102", "a name in git has a line break")
        return self._git("cat-file", mode, input_=b"\n".join(asked) + b"\n").stdout

    def tags(self) -> Mapping[str, str]:
        """Every tag: name to the commit or object behind it."""
        listing = self._git("show-ref", "--tags", "--dereference", allowed=(1,)).stdout
        return read_peeled_tags(listing)

    def first_parents(self, commit: str) -> tuple[str, ...]:
        """The commit and its first-parent ancestors, nearest first."""
        return tuple(text_of(self._git("rev-list", "--first-parent", "--end-of-options", commit).stdout).split())

    def first_parent_tags(self, commit: str, wanted: Callable[[str], bool]) -> tuple[TaggedCommit, ...]:
        """The wanted tags on the first-parent ancestors of a commit, nearest first, the commit itself left out.

        Tags of one commit come in the order of their names. Two processes, whatever the number of tags.
        """
        by_commit: dict[str, list[str]] = {}
        for tag, to in self.tags().items():
            if wanted(tag):
                by_commit.setdefault(to, []).append(tag)
        if not by_commit:
            return ()
        earlier = self.first_parents(commit)[1:]
        return tuple(TaggedCommit(tag, one) for one in earlier for tag in sorted(by_commit.get(one, ())))

    def roots(self, commit: str) -> tuple[str, ...]:
        """The commits without parents that a commit descends from, sorted: repositories that share none are not related.

        Empty in a shallow clone, which cannot tell.
        """
        if self.is_shallow:
            return ()
        found = self._git("rev-list", "--max-parents=0", "--end-of-options", commit).stdout
        return tuple(sorted(text_of(found).split()))

    def remotes(self) -> Mapping[str, str]:
        """The configured remotes: name to the first URL, as it is written; `insteadOf` of the host is not applied."""
        found = self._git("config", "--local", "-z", "--get-regexp", r"^remote\..*\.url$", allowed=(1,)).stdout
        remotes: dict[str, str] = {}
        for entry in text_of(found).split("\0"):
            key, _, url = entry.partition("\n")
            if url:
                remotes.setdefault(key.removeprefix("remote.").removesuffix(".url"), url)
        return remotes

    def _git(self, *arguments: str, input_: bytes | None = None, allowed: Sequence[int] = ()) -> Completed:
        """Run git; any exit status but 0 and the allowed ones is ConfigError (SB-2104)."""
        settings = [word for one in _OVERRULED for word in ("-c", one)]
        where = [f"--git-dir={self._git_directory}"] if self._git_directory else []
        command = Command(
            argv=("git", "--no-pager", "--no-replace-objects", *where, *settings, *arguments),
            cwd=self.top,
            env={"PATH": self._search_path, **_ENV},
            input=input_,
        )
        completed = self._runner.run(command)
        if completed.returncode not in (0, *allowed):
            if b"promisor remote" in completed.stderr:
                raise ConfigError("SB-2105", "this clone lacks objects of the commit", hint=HINT_PARTIAL)
            raise ConfigError(
                "SB-2104",
                f"git {arguments[0]} failed: {_first_line(completed)}",
                hint="run git fsck in the repository",
                details={"stderr": text_of(completed.stderr)},
            )
        return completed


def _one_each(found: tuple[_T, ...], names: Sequence[str]) -> tuple[_T, ...]:
    if len(found) != len(names):
        raise ConfigError("SB-2104", "git did not answer once for each object", hint="run git fsck")
    return found


def _commit(name: str, tag_object: str, commit: RawObject, message: str) -> Commit:
    tree = commit.data.partition(b"\n")[0].removeprefix(b"tree ").decode("ascii")
    return Commit(
        name=name,
        tag_object=tag_object,
        commit=commit.object_id,
        tree=tree,
        time_s=read_committer_time(commit.data),
        message=message,
    )


def _first_line(completed: Completed) -> str:
    return text_of(completed.stderr).strip().partition("\n")[0]
