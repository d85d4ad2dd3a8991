"""What a dependency points to, in every form of `workspace:` and `catalog:`."""

from __future__ import annotations

import pytest

from samebytes.core.references import Reference, catalog_name, reference_of
from samebytes.model.versions import Version
from samebytes.model.workspace import Dependency, DependencyKind

_CATALOGS = {"default": {"b": "^1.0.0", "url": "https://example.test/x.tgz"}, "old": {"b": "npm:c@^0.9"}}


def _reference(alias: str, specifier: str) -> Reference | None:
    dependency = Dependency(alias=alias, specifier=specifier, kind=DependencyKind.RUNTIME)
    return reference_of(dependency, "packages/a", _CATALOGS)


@pytest.mark.parametrize(
    ("specifier", "name", "directory", "wanted", "must_be_local"),
    [
        ("workspace:*", "b", "", "*", True),
        ("workspace:^", "b", "", "^", True),
        ("workspace:~", "b", "", "~", True),
        ("workspace:", "b", "", "", True),
        ("workspace:^1.2.0", "b", "", "^1.2.0", True),
        ("workspace:1.2.0", "b", "", "1.2.0", True),
        ("workspace:c@*", "c", "", "*", True),
        ("workspace:@scope/c@^1", "@scope/c", "", "^1", True),
        ("workspace:../b", "", "packages/b", "", True),
        ("workspace:./inner", "", "packages/a/inner", "", True),
        ("workspace:..", "", "packages", "", True),
        ("workspace:../../..", "", "..", "", True),
        ("link:../b", "", "packages/b", "", False),
        ("file:../b", "", "packages/b", "", False),
        ("^1.0.0", "b", "", "^1.0.0", False),
        ("", "b", "", "", False),
        ("npm:c@^2", "c", "", "^2", False),
        ("npm:@scope/c", "@scope/c", "", "", False),
        ("catalog:", "b", "", "^1.0.0", False),
        ("catalog:default", "b", "", "^1.0.0", False),
        ("catalog:old", "c", "", "^0.9", False),
    ],
)
def test_points_to_a_package_or_a_directory(
    specifier: str, name: str, directory: str, wanted: str, must_be_local: bool
) -> None:
    """Each form leads to a name with a range, or to a directory."""
    assert _reference("b", specifier) == Reference(
        name=name, directory=directory, range=wanted, must_be_local=must_be_local
    )


@pytest.mark.parametrize(
    "specifier",
    ["latest", "git+https://example.test/x.git", "https://example.test/x.tgz", "user/repo", "catalog:none", "jsr:@a/b"],
)
def test_what_can_be_no_member_points_nowhere(specifier: str) -> None:
    """Tags, URLs, other protocols and missing catalog entries."""
    assert _reference("b", specifier) is None


def test_a_catalog_entry_that_is_a_url_points_nowhere() -> None:
    """The entry is looked at like a specifier of its own."""
    assert _reference("url", "catalog:") is None


@pytest.mark.parametrize(
    ("wanted", "version", "allowed"),
    [
        ("*", "1.0.0-rc.1", True),
        ("^", "9.0.0", True),
        ("", "1.0.0", True),
        ("1.0.0-rc.1", "1.0.0-rc.1", True),
        ("^1.0.0", "1.9.0", True),
        ("^1.0.0", "2.0.0", False),
        ("nonsense", "1.0.0", False),
    ],
)
def test_a_range_allows_versions(wanted: str, version: str, allowed: bool) -> None:
    """The short forms allow every version, prereleases too; a range allows what npm says."""
    reference = Reference(name="b", directory="", range=wanted, must_be_local=True)
    assert reference.allows(Version(version)) is allowed


@pytest.mark.parametrize(
    ("specifier", "name"),
    [("catalog:", "default"), ("catalog:  ", "default"), ("catalog: old ", "old"), ("^1", None), ("", None)],
)
def test_names_the_catalog(specifier: str, name: str | None) -> None:
    """No name means the default catalog, blanks are cut as pnpm does."""
    assert catalog_name(specifier) == name
