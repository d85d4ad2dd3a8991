"""Choosing tags and members by patterns: one dialect, and nothing is chosen by mistake."""

from __future__ import annotations

import pytest

from samebytes.core.filters import is_release_tag, wanted_of
from samebytes.errors import ConfigError, FormatError
from samebytes.model.names import PackageName

NAMES = tuple(map(PackageName, ("@s/bulb", "@s/lamp", "lantern")))


@pytest.mark.parametrize(
    ("pattern", "tag", "expected"),
    [
        ("v*", "v1.0.0", True),
        ("v*", "v0/zz", False),
        ("v*", "V1", False),
        ("*", "pkg/v1.0.0", False),
        ("**", "pkg/v1.0.0", True),
        ("pkg/v*", "pkg/v1.0.0", True),
        ("@s/bulb@*", "@s/bulb@1.0.0", True),
    ],
)
def test_a_star_stays_within_one_part_of_a_tag(pattern: str, tag: str, expected: bool) -> None:
    """As the reference says: `*` does not match `/`, `**` does."""
    assert is_release_tag(tag, (pattern,)) is expected


def test_a_pattern_that_is_not_read_names_its_key() -> None:
    """The key is in the place, for the pattern alone would not say where it stands."""
    with pytest.raises(FormatError) as caught:
        is_release_tag("v1", ("v{1..2}",))
    assert (caught.value.code, caught.value.place) == ("SB-2011", "select.tags")


def test_members_are_chosen_by_name_or_glob() -> None:
    """Names and globs add up; without any, all members are wanted."""
    assert wanted_of(NAMES, (), "v1") == frozenset(NAMES)
    assert wanted_of(NAMES, ("@s/b*", "lantern"), "v1") == {NAMES[0], NAMES[2]}
    assert wanted_of(NAMES, ("@s/*",), "v1") == set(NAMES[:2])
    assert wanted_of(NAMES, ("*",), "v1") == {NAMES[2]}


def test_a_filter_that_chooses_nothing_is_an_error() -> None:
    """A typo must not end in a run that did nothing and looks done."""
    with pytest.raises(ConfigError) as caught:
        wanted_of(NAMES, ("lantern", "lamp"), "v1")
    assert (caught.value.code, "'lamp'" in caught.value.summary) == ("SB-6003", True)
    with pytest.raises(ConfigError) as caught:
        wanted_of((), (), "v1")
    assert caught.value.code == "SB-6004"
