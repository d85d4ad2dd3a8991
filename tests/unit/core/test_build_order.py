"""Which members a build builds, and in which order."""

from __future__ import annotations

import random

import pytest

from samebytes.core.build_order import build_order
from tests.members import member, workspace


def _names(order: object) -> list[str]:
    return [one.name.text for one in order]  # type: ignore[attr-defined]


def test_members_come_after_what_they_need_in_any_way() -> None:
    """Development, optional and peer dependencies count; what nobody needs stays out; private members count."""
    members = (
        member("app", dependencies={"lib": "workspace:^"}, devDependencies={"tool": "workspace:*"}),
        member("lib", peerDependencies={"core": "workspace:*"}, optionalDependencies={"extra": "workspace:*"}),
        member("tool", private=True),
        member("core"),
        member("extra"),
        member("other", dependencies={"app": "workspace:*"}),
    )
    order = _names(build_order(workspace(*members), [members[0]]))
    assert sorted(order) == ["app", "core", "extra", "lib", "tool"]
    assert order.index("app") == 4
    assert order.index("lib") > max(order.index("core"), order.index("extra"))


def test_members_that_need_each_other_are_built_once_each() -> None:
    """A cycle is no reason to stop or to go round for ever."""
    members = (
        member("a", dependencies={"b": "workspace:*"}),
        member("b", dependencies={"a": "workspace:*"}),
    )
    assert sorted(_names(build_order(workspace(*members), members))) == ["a", "b"]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_does_not_depend_on_the_order_of_the_question(seed: int) -> None:
    """The same members in another order are built in the same order."""
    members = [member(name, dependencies={"base": "workspace:*"}) for name in "dcba"]
    whole = workspace(*members, member("base"))
    shuffled = members.copy()
    random.Random(seed).shuffle(shuffled)
    assert _names(build_order(whole, shuffled)) == ["base", "a", "b", "c", "d"]
