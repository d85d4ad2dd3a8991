"""What a change of a catalog does to the published manifest of a member that was not touched itself."""

from __future__ import annotations

from collections.abc import Mapping

from samebytes.core.order import PUBLISHED_KINDS
from samebytes.core.references import catalog_name
from samebytes.model.workspace import Member

Catalogs = Mapping[str, Mapping[str, str]]


def catalog_changes(member: Member, before: Catalogs, now: Catalogs) -> tuple[str, ...]:
    """The `catalog:` entries that consumers install by and that differ, in words, sorted; none is the usual case."""
    found: set[str] = set()
    for dependency in member.dependencies:
        name = catalog_name(dependency.specifier)
        if name is not None and dependency.kind in PUBLISHED_KINDS:
            # An entry that was not there before belongs to a manifest that changed, which is seen by itself.
            old, new = (catalogs.get(name, {}).get(dependency.alias, "") for catalogs in (before, now))
            if old and old != new:
                found.add(f"catalog {name}: {dependency.alias} {old} is now {new}")
    return tuple(sorted(found))
