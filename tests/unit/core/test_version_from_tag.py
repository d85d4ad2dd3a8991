"""Version 0.0.0 in git, the real one from the tag."""

from __future__ import annotations

import pytest

from samebytes.core.version_from_tag import version_in, with_version_of_tag, write_version
from samebytes.errors import ConfigError, FormatError
from samebytes.model.versions import Version
from tests.members import member, workspace


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("v1.2.3", "1.2.3"),
        ("1.2.3", "1.2.3"),
        ("release/v1.2.3-rc.1", "1.2.3-rc.1"),
        ("@x/a@2.0.0", "2.0.0"),
        ("a@v2.0.0", "2.0.0"),
    ],
)
def test_reads_the_version_at_the_end_of_a_tag(tag: str, version: str) -> None:
    """The usual forms of release tags are understood."""
    assert version_in(tag) == Version(version)


@pytest.mark.parametrize("tag", ["nightly", "v1", "v1.2.3+build", ""])
def test_a_tag_without_a_version_is_an_error(tag: str) -> None:
    """A version is never guessed."""
    with pytest.raises(ConfigError) as caught:
        version_in(tag)
    assert caught.value.code == "SB-3020"


def test_only_members_that_wait_for_a_version_get_it() -> None:
    """Members with a version of their own and private ones stay as they are."""
    members = (
        member("a", "0.0.0"),
        member("b", "1.5.0"),
        member("c", "0.0.0", private=True),
    )
    found = with_version_of_tag(workspace(*members), "v2.0.0")
    assert [str(one.version) for one in found.members] == ["2.0.0", "1.5.0", "0.0.0"]


def test_a_tag_that_names_a_member_concerns_that_one() -> None:
    """With `name@version` tags the other members keep waiting."""
    found = with_version_of_tag(workspace(member("a", "0.0.0"), member("b", "0.0.0")), "b@2.0.0")
    assert [str(one.version) for one in found.members] == ["0.0.0", "2.0.0"]


def test_writes_the_version_and_leaves_every_other_byte() -> None:
    """The formatting of people stays; a version elsewhere in the file is not the one."""
    before = b'{\r\n\t"engines": {"version": "0.0.0"},\r\n\t"version"\t:  "0.0.0", "x": 1.0}\n'
    after = b'{\r\n\t"engines": {"version": "0.0.0"},\r\n\t"version"\t:  "3.0.0", "x": 1.0}\n'
    assert write_version(before, Version("3.0.0"), "package.json") == after


@pytest.mark.parametrize(
    "text", [b'{"version": "1.0.0"}', b'{"vers\\u0069on": "0.0.0"}', b'{"a": {"version": "0.0.0"}}']
)
def test_a_version_that_cannot_be_replaced_is_an_error(text: bytes) -> None:
    """Where 0.0.0 is not written plainly, nothing is guessed."""
    with pytest.raises(FormatError) as caught:
        write_version(text, Version("3.0.0"), "package.json")
    assert (caught.value.code, caught.value.place) == ("SB-3021", "package.json")
