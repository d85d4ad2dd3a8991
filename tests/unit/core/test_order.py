"""Members dependencies first: levels, cycles, and what counts as a dependency."""

from __future__ import annotations

import pytest

from samebytes.core.order import ALL_KINDS, order_members
from samebytes.model.workspace import Member
from tests.members import member


def _names(members: tuple[Member, ...]) -> list[str]:
    return [one.name.text for one in members]


def test_what_a_member_needs_comes_first() -> None:
    """Runtime, optional and peer dependencies count; levels are as deep as the longest chain."""
    order = order_members(
        [
            member("a", dependencies={"b": "workspace:*"}, peerDependencies={"d": ">=1"}),
            member("b", optionalDependencies={"c": "workspace:^"}),
            member("c"),
            member("d"),
        ],
        {},
    )
    assert _names(order.members) == ["c", "d", "b", "a"]
    assert [[name.text for name in level] for level in order.levels] == [["c", "d"], ["b"], ["a"]]
    assert order.cycles == ()


def test_development_dependencies_count_only_when_asked() -> None:
    """A consumer never installs them."""
    members = [member("a", devDependencies={"b": "workspace:*"}), member("b")]
    assert _names(order_members(members, {}).members) == ["a", "b"]
    assert _names(order_members(members, {}, ALL_KINDS).members) == ["b", "a"]


@pytest.mark.parametrize(
    ("specifier", "counts"),
    [
        ("workspace:*", True),
        ("workspace:b@*", True),
        ("workspace:../b", True),
        ("file:../b", True),
        ("npm:b@^1", True),
        ("^1.0.0", True),
        ("catalog:", True),
        ("^2.0.0", False),
        ("latest", False),
        ("workspace:../a", False),
        ("workspace:../none", False),
        ("npm:none@1", False),
    ],
)
def test_what_leads_to_a_member_counts(specifier: str, counts: bool) -> None:
    """Every form that means the member counts, a range only where the member's version is in it."""
    alias = "b" if specifier.startswith(("^", "catalog", "latest", "file", "workspace:*")) else "x"
    members = [member("a", dependencies={alias: specifier}), member("b")]
    expected = ["b", "a"] if counts else ["a", "b"]
    assert _names(order_members(members, {"default": {"b": "^1"}}).members) == expected


def test_members_that_need_each_other_stand_together() -> None:
    """A cycle is one level, in the order of names, and is reported; what needs it comes later."""
    order = order_members(
        [
            member("top", dependencies={"z": "workspace:*"}),
            member("z", dependencies={"a": "workspace:*", "below": "workspace:*"}),
            member("a", dependencies={"m": "workspace:*"}),
            member("m", peerDependencies={"z": "workspace:*"}),
            member("below"),
            member("self", dependencies={"self": "workspace:*"}),
        ],
        {},
    )
    assert [[name.text for name in level] for level in order.levels] == [["below", "self"], ["a", "m", "z"], ["top"]]
    assert [[name.text for name in cycle] for cycle in order.cycles] == [["a", "m", "z"]]


def test_a_member_reached_twice_is_there_once() -> None:
    """Diamonds and edges back into finished parts are walked once."""
    order = order_members(
        [
            member("a", dependencies={"b": "workspace:*", "c": "workspace:*"}),
            member("b", dependencies={"d": "workspace:*"}),
            member("c", dependencies={"d": "workspace:*"}),
            member("d"),
        ],
        {},
    )
    assert _names(order.members) == ["d", "b", "c", "a"]


def test_a_long_chain_needs_no_deep_stack() -> None:
    """Five thousand members in a row."""
    count = 5000
    members = [member(f"p{n:04}", dependencies={f"p{n + 1:04}": "workspace:*"}) for n in range(count)]
    members.append(member(f"p{count:04}"))
    assert len(order_members(members, {}).levels) == count + 1


def test_nothing_has_an_order_too() -> None:
    """No members, no levels."""
    assert order_members([], {}).levels == ()
