"""Which members changed since their version was first tagged; read from git objects alone."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from samebytes.core.selection_input import Changed, EarlierMember
from samebytes.errors import FormatError
from samebytes.formats import package_json
from samebytes.model.json_value import JsonValue
from samebytes.model.names import PackageName
from samebytes.model.workspace import Member, Workspace
from samebytes.system.git import GitRepository, TaggedCommit
from samebytes.system.git_objects import RawObject
from samebytes.system.git_tree import GitTree


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspect:
    """A member, where it was at the base, and the earliest known tag that has its version."""

    member: Member
    directory: str
    first: TaggedCommit


def find_changes(
    repository: GitRepository,
    tree: GitTree,
    workspace: Workspace,
    earlier: Mapping[PackageName, EarlierMember],
    history: Sequence[TaggedCommit],
) -> Mapping[PackageName, Changed]:
    """The members with the version they had at the base whose files are not those this version was first tagged with.

    `history` is the base and the release tags before it, nearest first; where it is cut off, its last tag counts as the
    first. A member that was moved is looked for where it was at the base.
    """
    same = [
        _Suspect(member=member, directory=earlier[member.name].directory, first=history[0])
        for member in workspace.members
        if member.name in earlier and earlier[member.name].version == member.version
    ]
    suspects = _with_other_trees(repository, tree, _with_first_tags(repository, same, history[1:]))
    directories = frozenset(member.directory for member in workspace.members)
    now = _files_by_directory(tree, {suspect.member.directory for suspect in suspects}, directories)
    found: dict[PackageName, Changed] = {}
    for first in dict.fromkeys(suspect.first for suspect in suspects):
        of_tag = [suspect for suspect in suspects if suspect.first == first]
        asked = {suspect.directory for suspect in of_tag}
        then = _files_by_directory(repository.tree(first.commit), asked, directories | asked)
        for suspect in of_tag:
            before, after = then[suspect.directory], now[suspect.member.directory]
            paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
            if paths:
                found[suspect.member.name] = Changed(since=first.tag, what=tuple(paths))
    return found


def _with_first_tags(
    repository: GitRepository, suspects: Sequence[_Suspect], older: Sequence[TaggedCommit]
) -> tuple[_Suspect, ...]:
    """Walk back as long as the version stays the same; twice as many tags at a time, so that few processes are started."""
    done: list[_Suspect] = []
    pending = list(suspects)
    manifests = _Manifests(repository)
    at, step = 0, 1
    while pending and at < len(older):
        tags = older[at : at + step]
        names = [f"{tag.commit}:{_manifest(suspect.directory)}" for suspect in pending for tag in tags]
        answers = iter(manifests.identities(names))
        still: list[_Suspect] = []
        for suspect in pending:
            wanted = (suspect.member.name.text, suspect.member.version.text)
            same = [next(answers) == wanted for _ in tags]
            count = same.index(False) if False in same else len(tags)
            moved = replace(suspect, first=tags[count - 1]) if count else suspect
            (still if count == len(tags) else done).append(moved)
        pending = still
        at, step = at + step, step * 2
    return (*done, *pending)


class _Manifests:
    """Name and version in package.json files of the past; each content is read once, however many tags have it."""

    def __init__(self, repository: GitRepository) -> None:
        self._repository = repository
        self._known: dict[str | None, tuple[JsonValue, JsonValue] | None] = {None: None}

    def identities(self, names: Sequence[str]) -> list[tuple[JsonValue, JsonValue] | None]:
        """By names such as `v1.0.0:package.json`; None for what is missing or no manifest. Two processes at most."""
        ids = self._repository.object_ids(names)
        fresh = [one for one in dict.fromkeys(ids) if one is not None and one not in self._known]
        for object_id, found in zip(fresh, self._repository.read_objects(fresh), strict=True):
            self._known[object_id] = _identity(found)
        return [self._known[one] for one in ids]


def _identity(manifest: RawObject | None) -> tuple[JsonValue, JsonValue] | None:
    if manifest is None or manifest.type != "blob":
        return None
    try:
        fields = package_json.read(manifest.data, "")
    except FormatError:
        return None
    return fields.get("name"), fields.get("version")


def _with_other_trees(repository: GitRepository, tree: GitTree, suspects: Sequence[_Suspect]) -> list[_Suspect]:
    """Those whose directory is not the very same tree; one process."""
    names = [f"{one.first.commit}:{'' if one.directory == '.' else one.directory}" for one in suspects]
    then = repository.object_ids(names)
    return [
        suspect
        for suspect, found in zip(suspects, then, strict=True)
        if found is None or found != tree.tree_id(suspect.member.directory)
    ]


def _files_by_directory(
    tree: GitTree, asked: set[str], members: frozenset[str]
) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Mode and object id of each member's own files, by path inside the member; what belongs to an inner member is not its own."""
    found: dict[str, dict[str, tuple[str, str]]] = {directory: {} for directory in asked}
    for path, entry in tree.entries.items():
        if not entry.is_directory:
            owner = _owner(path, members)
            if owner in found:
                found[owner][path if owner == "." else path[len(owner) + 1 :]] = (entry.mode, entry.object_id)
    return found


def _owner(path: str, members: frozenset[str]) -> str:
    """The innermost member directory that holds this file."""
    directory = posixpath.dirname(path)
    while directory and directory not in members:
        directory = posixpath.dirname(directory)
    return directory or "."


def _manifest(directory: str) -> str:
    return posixpath.normpath(posixpath.join(directory, "package.json"))
