"""Members in the order they can be published: what a member needs comes before it, equal input gives equal order.

Members that need each other (a cycle) stand together in one level, sorted by name, and are reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.core.references import reference_of
from samebytes.model.names import PackageName
from samebytes.model.workspace import Dependency, DependencyKind, Member

# What an installed package pulls in; `devDependencies` never reach a consumer.
PUBLISHED_KINDS = frozenset({DependencyKind.RUNTIME, DependencyKind.OPTIONAL, DependencyKind.PEER})
ALL_KINDS = frozenset(DependencyKind)

Catalogs = Mapping[str, Mapping[str, str]]
Graph = Mapping[PackageName, Sequence[PackageName]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Members dependencies first; `levels` groups the same members, `cycles` holds each group that needs itself."""

    members: tuple[Member, ...]
    levels: tuple[tuple[PackageName, ...], ...]
    cycles: tuple[tuple[PackageName, ...], ...]


def order_members(
    members: Sequence[Member], catalogs: Catalogs, kinds: frozenset[DependencyKind] = PUBLISHED_KINDS
) -> Order:
    """These members in order; dependencies on anything else do not count, nor does a member's dependency on itself."""
    by_name = {member.name: member for member in members}
    neighbours = Neighbours(members, catalogs)
    needs = {member.name: sorted({target.name for _, target in neighbours.of(member, kinds)}) for member in members}
    components = _components(needs)
    group_of = {name: at for at, component in enumerate(components) for name in component}
    heights: list[int] = []
    # Tarjan hands a component over after everything it needs.
    for at, component in enumerate(components):
        below = {group_of[needed] for name in component for needed in needs[name]} - {at}
        heights.append(1 + max((heights[one] for one in below), default=-1))
    levels: list[list[PackageName]] = [[] for _ in range(max(heights, default=-1) + 1)]
    for at, component in enumerate(components):
        levels[heights[at]] += component
    for level in levels:
        level.sort()
    return Order(
        members=tuple(by_name[name] for level in levels for name in level),
        levels=tuple(tuple(level) for level in levels),
        cycles=tuple(sorted(tuple(sorted(component)) for component in components if len(component) > 1)),
    )


class Neighbours:
    """Which of some members fulfil a member's dependencies."""

    def __init__(self, members: Sequence[Member], catalogs: Catalogs) -> None:
        self._catalogs = catalogs
        self._by_name = {member.name.text: member for member in members}
        self._by_directory = {member.directory: member for member in members}

    def of(
        self, member: Member, kinds: frozenset[DependencyKind] = PUBLISHED_KINDS
    ) -> tuple[tuple[Dependency, Member], ...]:
        """The dependencies of these kinds that another member fulfils, in source order.

        A plain range counts where the member's version is in it: a registry will serve that very version.
        """
        found: list[tuple[Dependency, Member]] = []
        for dependency in member.dependencies:
            reference = reference_of(dependency, member.directory, self._catalogs) if dependency.kind in kinds else None
            if reference is None:
                continue
            target = (
                self._by_directory.get(reference.directory)
                if reference.directory
                else self._by_name.get(reference.name)
            )
            if target is None or target.name == member.name:
                continue
            if reference.must_be_local or reference.allows(target.version):
                found.append((dependency, target))
        return tuple(found)


def _components(graph: Graph) -> list[tuple[PackageName, ...]]:
    """The strongly connected components, each after all that it needs (Tarjan 1972, without recursion)."""
    state = _Search(graph)
    for name in sorted(graph):
        if name not in state.index:
            state.visit(name)
    return state.components


class _Search:
    """Tarjan's variables; a stack of our own, because a chain of members may be longer than Python's."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.index: dict[PackageName, int] = {}
        self._low: dict[PackageName, int] = {}
        self._path: list[PackageName] = []
        self._on_path: set[PackageName] = set()
        self.components: list[tuple[PackageName, ...]] = []

    def visit(self, root: PackageName) -> None:
        """Walk everything that can be reached from here."""
        self._enter(root)
        work = [(root, iter(self._graph[root]))]
        while work:
            name, needed = work[-1]
            following = next(needed, None)
            if following is None:
                work.pop()
                self._leave(name)
                if work:
                    caller = work[-1][0]
                    self._low[caller] = min(self._low[caller], self._low[name])
            elif following not in self.index:
                self._enter(following)
                work.append((following, iter(self._graph[following])))
            elif following in self._on_path:
                self._low[name] = min(self._low[name], self.index[following])

    def _enter(self, name: PackageName) -> None:
        self.index[name] = self._low[name] = len(self.index)
        self._path.append(name)
        self._on_path.add(name)

    def _leave(self, name: PackageName) -> None:
        if self._low[name] == self.index[name]:
            component: list[PackageName] = []
            while not component or component[-1] != name:
                component.append(self._path.pop())
            self._on_path.difference_update(component)
            self.components.append(tuple(component))
