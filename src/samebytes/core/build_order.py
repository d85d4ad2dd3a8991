"""Which members a build has to build, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.core.order import ALL_KINDS, Neighbours, order_members
from samebytes.model.names import PackageName
from samebytes.model.workspace import Member, Workspace


def build_order(workspace: Workspace, selected: Sequence[Member]) -> tuple[Member, ...]:
    """The selected members and every member they depend on in any way, dependencies first.

    Members that are not released count too: a private member may hold what others are built with.
    """
    neighbours = Neighbours(workspace.members, workspace.catalogs)
    reached: dict[PackageName, Member] = {member.name: member for member in selected}
    waiting = list(selected)
    while waiting:
        for _, needed in neighbours.of(waiting.pop(), ALL_KINDS):
            if needed.name not in reached:
                reached[needed.name] = needed
                waiting.append(needed)
    return order_members(tuple(reached.values()), workspace.catalogs, ALL_KINDS).members
