"""What a release needs of its workspace beside what it ships, and whether a site has it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from samebytes.core.needs import names_of, needs_of, unmet
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.model.observed import ObservedPackage, ObservedVersion, PackageObservation, UnreadablePackage
from samebytes.model.workspace import Member
from tests.members import member, workspace

A = PackageName("a")


def _needs(needing: Member, *others: Member, catalogs: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    found = needs_of([needing], workspace(needing, *others, catalogs=catalogs))
    assert {(need.member, need.version) for need in found} <= {("b@1.2.0", "1.1.0")}
    return [f"{need.name} {need.range}" for need in found]


@pytest.mark.parametrize(
    ("specifier", "published"),
    [
        ("workspace:*", "1.1.0"),
        ("workspace:", "1.1.0"),
        ("workspace:^", "^1.1.0"),
        ("workspace:~", "~1.1.0"),
        ("workspace:>=", ">=1.1.0"),
        ("workspace:^1.0.0", "^1.0.0"),
        ("workspace:../a", "1.1.0"),
        ("^1.0.0", "^1.0.0"),
        ("*", "*"),
        ("catalog:", "~1.1.0"),
    ],
)
def test_a_dependency_on_a_member_that_is_not_shipped_is_a_need(specifier: str, published: str) -> None:
    """In every form, with the range that the published manifest asks a registry for."""
    needing = member("b", "1.2.0", dependencies={"a": specifier})
    assert _needs(needing, member("a", "1.1.0"), catalogs={"default": {"a": "~1.1.0"}}) == [f"a {published}"]


def test_an_alias_needs_what_it_stands_for() -> None:
    """`npm:` and `workspace:` aliases name another package than their key."""
    needing = member("b", "1.2.0", dependencies={"x": "npm:a@^1.0.0", "y": "workspace:a@~"})
    assert _needs(needing, member("a", "1.1.0")) == ["a ^1.0.0", "a ~1.1.0"]


@pytest.mark.parametrize(
    "needing",
    [
        member("b", "1.2.0", devDependencies={"a": "workspace:*"}),
        member("b", "1.2.0", dependencies={"a": "link:../a"}),
        member("b", "1.2.0", dependencies={"a": "^2.0.0"}),
        member("b", "1.2.0", dependencies={"a": "workspace:*"}, manifest={"bundleDependencies": ["a"]}),
        member(
            "b",
            "1.2.0",
            peerDependencies={"a": "workspace:^"},
            manifest={"peerDependenciesMeta": {"a": {"optional": True}}},
        ),
        member("b", "1.2.0", dependencies={"p": "workspace:*"}),
    ],
    ids=["development", "link", "another version", "bundled", "optional peer", "private"],
)
def test_what_consumers_do_not_get_from_a_registry_is_no_need(needing: Member) -> None:
    """Nor what the workspace's member does not fulfil, which is somebody else's package."""
    assert _needs(needing, member("a", "1.1.0"), member("p", private=True)) == []


@pytest.mark.parametrize(
    "meta", [{}, {"peerDependenciesMeta": {}}, {"peerDependenciesMeta": {"a": {"optional": False}}}]
)
def test_a_peer_that_is_not_optional_is_a_need(meta: Mapping[str, object]) -> None:
    """Installers bring it along, or complain."""
    needing = member("b", "1.2.0", peerDependencies={"a": "workspace:^"}, manifest=meta)
    assert _needs(needing, member("a", "1.1.0")) == ["a ^1.1.0"]


def test_an_optional_dependency_is_a_need_whatever_is_said_of_peers() -> None:
    """`peerDependenciesMeta` is about peers alone."""
    meta = {"peerDependenciesMeta": {"a": {"optional": True}}}
    needing = member("b", "1.2.0", optionalDependencies={"a": "workspace:^"}, manifest=meta)
    assert _needs(needing, member("a", "1.1.0")) == ["a ^1.1.0"]


def test_what_the_release_ships_is_no_need() -> None:
    """Only what it leaves out counts."""
    a, b = member("a"), member("b", dependencies={"a": "workspace:*"})
    assert needs_of([a, b], workspace(a, b)) == ()
    (need,) = needs_of([b], workspace(a, b))
    assert names_of([need, need]) == (A,)


def _site(*versions: str) -> dict[PackageName, PackageObservation]:
    shown = {version: ObservedVersion(integrity=None, manifest={}) for version in versions}
    return {A: ObservedPackage(name=A, versions=shown, dist_tags={})}


def _need(wanted: str) -> Need:
    return Need(member="b@1.2.0", name=A, range=wanted, version="1.1.0")


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [("^1.0.0", ("0.9.0", "1.4.0")), ("1.1.0", ("1.1.0",)), ("", ("1.0.0-rc.1",)), ("1.x+y", ("1.x+y",))],
)
def test_any_version_in_the_range_will_do(wanted: str, versions: tuple[str, ...]) -> None:
    """As npm chooses; an exact text is itself."""
    assert unmet([_need(wanted)], _site(*versions)) == ""


@pytest.mark.parametrize("versions", [(), ("2.0.0",), ("0.9.0", "v1"), ("1.1.0-rc.1",)])
def test_a_version_that_is_not_there_is_named(versions: tuple[str, ...]) -> None:
    """Who needs what, and which version the workspace would have."""
    said = "b@1.2.0 needs a@^1.0.0, which this site does not have (the workspace has 1.1.0)"
    assert unmet([_need("^1.0.0")], _site(*versions)) == said


def test_a_version_without_its_tarball_is_not_there() -> None:
    """Nobody could install it."""
    gone = ObservedVersion(integrity=None, manifest={}, served=False)
    seen = ObservedPackage(name=A, versions={"1.1.0": gone}, dist_tags={})
    assert "does not have" in unmet([_need("^1.0.0")], {A: seen})


def test_what_cannot_be_read_is_not_there() -> None:
    """Nothing may be concluded from a packument that cannot be read, or that nobody showed."""
    unreadable: dict[PackageName, PackageObservation] = {A: UnreadablePackage(name=A, code="SB-5001", why="garbled")}
    said = "b@1.2.0 needs a@*, and whether this site has it cannot be read"
    assert unmet([_need("")], unreadable) == f"{said}: garbled (SB-5001)"
    assert unmet([_need("")], {}) == said


def test_many_are_counted() -> None:
    """Three are named."""
    said = unmet([_need(f"^{major}.0.0") for major in range(2, 7)], _site("1.1.0"))
    assert (said.count("does not have"), said.endswith("; and 2 more")) == (3, True)
