"""A catalog that changes also changes members that nobody touched."""

from __future__ import annotations

from samebytes.core.catalog_changes import catalog_changes
from tests.members import member


def test_names_entries_that_consumers_install_by() -> None:
    """Of any catalog, once each; development dependencies and other specifiers do not count."""
    one = member(
        "a",
        dependencies={"react": "catalog:", "same": "catalog:", "plain": "^1", "fresh": "catalog:"},
        peerDependencies={"react": "catalog:", "old": "catalog:legacy"},
        devDependencies={"typescript": "catalog:"},
    )
    before = {"default": {"react": "^18", "same": "1", "typescript": "5"}, "legacy": {"old": "1"}}
    now = {"default": {"react": "^19", "same": "1", "typescript": "6", "fresh": "1"}, "legacy": {"old": "2"}}
    assert catalog_changes(one, before, now) == (
        "catalog default: react ^18 is now ^19",
        "catalog legacy: old 1 is now 2",
    )
    assert catalog_changes(one, now, now) == ()
