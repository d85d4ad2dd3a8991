"""Which members a build has to build, and in which order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from samebytes.model.names import PackageName
from samebytes.model.workspace import Dependency, Member, Workspace

_WORKSPACE = "workspace:"


def build_order(workspace: Workspace, selected: Sequence[Member]) -> tuple[Member, ...]:
    """The selected members and every member they depend on in any way, dependencies first.

    Members of a cycle come in the order in which they are reached; equal input gives equal order.
    """
    order: dict[PackageName, Member] = {}
    by_name = {member.name.text: member for member in workspace.members}
    by_directory = {member.directory: member for member in workspace.members}
    for start in selected:
        # An explicit stack: a chain of members can be longer than Python's own.
        stack = [(start, iter(_needed(start, by_name, by_directory)))]
        entered = {start.name}
        while stack:
            member, needed = stack[-1]
            following = next((one for one in needed if one.name not in order and one.name not in entered), None)
            if following is None:
                order.setdefault(member.name, member)
                stack.pop()
            else:
                entered.add(following.name)
                stack.append((following, iter(_needed(following, by_name, by_directory))))
    return tuple(order.values())


def _needed(member: Member, by_name: dict[str, Member], by_directory: dict[str, Member]) -> Iterator[Member]:
    for dependency in member.dependencies:
        found = _member_of(dependency, member, by_name, by_directory)
        if found is not None and found.name != member.name:
            yield found


def _member_of(
    dependency: Dependency, member: Member, by_name: dict[str, Member], by_directory: dict[str, Member]
) -> Member | None:
    """The member a dependency means; a plain range counts too, since pnpm may link it (`link-workspace-packages`)."""
    wanted = dependency.specifier.removeprefix(_WORKSPACE)
    if wanted.startswith(("./", "../")):
        return by_directory.get(posixpath.normpath(posixpath.join(member.directory, wanted)))
    alias, at, _ = wanted.rpartition("@")
    if dependency.specifier.startswith(_WORKSPACE) and at and alias in by_name:
        return by_name[alias]
    return by_name.get(dependency.alias)
