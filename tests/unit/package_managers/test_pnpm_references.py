"""References between the members of a pnpm workspace, and into its catalogs."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.model.workspace import DependencyKind
from tests.unit.package_managers.trees import package, read


@pytest.mark.parametrize(
    "specifier",
    [
        "workspace:*",
        "workspace:^",
        "workspace:~",
        "workspace:",
        "workspace:^1.0.0",
        "workspace:1.0.0",
        "workspace:b@*",
        "workspace:../b",
    ],
)
@pytest.mark.parametrize("kind", list(DependencyKind))
def test_every_form_of_workspace_reference_is_read(specifier: str, kind: str) -> None:
    """In each of the four maps."""
    workspace = read(
        {
            "packages/a/package.json": {**package("a"), kind: {"b": specifier}},
            "packages/b/package.json": package("b"),
        }
    )
    assert workspace.findings == ()


@pytest.mark.parametrize(
    ("specifier", "problem"),
    [
        ("workspace:^2.0.0", "the member 'b' has version 1.0.0, which 'workspace:^2.0.0' does not allow"),
        ("workspace:c@*", "'c' is not a member of the workspace"),
        ("workspace:../c", "'packages/c' is not a member of the workspace"),
        ("workspace:../../../c", "'../c' is not a member of the workspace"),
    ],
)
def test_a_workspace_reference_that_leads_nowhere_is_an_error(specifier: str, problem: str) -> None:
    """The error names the file and the key."""
    with pytest.raises(FormatError) as caught:
        read(
            {
                "packages/a/package.json": package("a", dependencies={"b": specifier}),
                "packages/b/package.json": package("b"),
            }
        )
    assert (caught.value.code, caught.value.problem) == ("SB-2015", problem)
    assert caught.value.place == "packages/a/package.json: dependencies.b"


def test_a_package_without_version_can_be_needed_by_private_ones_only() -> None:
    """There is no version that a published manifest could name."""
    tool = {"packages/t/package.json": {"name": "t", "private": True}}
    private = package("a", private=True, devDependencies={"t": "workspace:*"})
    assert read({**tool, "packages/a/package.json": private}).findings == ()
    nameless = {"private": True, "devDependencies": {"t": "workspace:*"}}
    assert read({**tool, "packages/a/package.json": nameless}).findings == ()
    with pytest.raises(FormatError, match="has no version"):
        read({**tool, "packages/a/package.json": package("a", devDependencies={"t": "workspace:*"})})


def test_the_root_is_checked_too() -> None:
    """References of a root without a version count like all others."""
    with pytest.raises(FormatError) as caught:
        read({"package.json": {"private": True, "devDependencies": {"x": "workspace:*"}}})
    assert caught.value.place == "package.json: devDependencies.x"


def test_catalogs_are_read_by_name() -> None:
    """The unnamed catalog is `default`."""
    text = "packages: ['packages/*']\ncatalog: {react: ^18}\ncatalogs: {old: {react: ^17, 'x': 'npm:y@1'}}\n"
    needs = package(
        "a", dependencies={"react": "catalog:", "x": "catalog:old"}, peerDependencies={"react": "catalog:old"}
    )
    workspace = read({"packages/a/package.json": needs}, packages=text)
    assert workspace.catalogs == {"default": {"react": "^18"}, "old": {"react": "^17", "x": "npm:y@1"}}


@pytest.mark.parametrize(
    ("text", "specifier", "place"),
    [
        ("catalog: {react: ^18}", "catalog:old", "packages/a/package.json: dependencies.react"),
        ("catalog: {other: ^18}", "catalog:", "packages/a/package.json: dependencies.react"),
        ("\n\ncatalog:\n  react: workspace:*", "catalog:", "pnpm-workspace.yaml:5"),
        ("catalogs:\n  x:\n    react: 'catalog:'", "catalog:x", "pnpm-workspace.yaml:4"),
        ("catalog: {react: 'file:../x'}", "catalog:", "pnpm-workspace.yaml:2"),
    ],
)
def test_a_catalog_reference_that_cannot_be_kept_is_an_error(text: str, specifier: str, place: str) -> None:
    """A missing entry is named where it is used, a bad one where it stands."""
    with pytest.raises(FormatError) as caught:
        read(
            {"packages/a/package.json": package("a", dependencies={"react": specifier})},
            packages=f"packages: ['packages/*']\n{text}\n",
        )
    assert (caught.value.code, caught.value.place) == ("SB-2016", place)
