"""Names of refs: every tag has one that git takes, and no two the same."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samebytes.errors import FormatError
from samebytes.formats import git_refs
from samebytes.model.digests import sha256


def test_layout() -> None:
    """Each kind of state has its place."""
    assert git_refs.lock("corp") == "refs/samebytes/local/corp/lock"
    assert git_refs.memory("corp", "v1.2.0") == "refs/samebytes/local/corp/memory/v1.2.0"
    assert git_refs.journal("corp", "@a/b@1") == "refs/samebytes/local/corp/journal/%40a%2Fb%401"
    assert git_refs.evidence("receipt", sha256(b"")) == f"refs/samebytes/evidence/receipt/{sha256(b'').hex}"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("v1.2.0", "v1.2.0"),
        (".x", "%2Ex"),
        ("x.", "x%2E"),
        ("a..b", "a%2E.b"),
        ("a.lock", "a%2Elock"),
        ("a.lock.b", "a.lock.b"),
        ("a~b", "a%7Eb"),
        ("..", "%2E%2E"),
        (".lock", "%2Elock"),
        ("%2E", "%252E"),
    ],
)
def test_names_of_tags(tag: str, name: str) -> None:
    """Dots stay where git allows them."""
    assert git_refs.encoded(tag) == name
    assert git_refs.tag_of(name) == tag


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
@example("...")
@example("..lock")
@example(".lock.lock")
def test_every_tag_has_its_own_name(tag: str) -> None:
    """The name leads back to the tag, is one component, and holds nothing that git refuses."""
    name = git_refs.encoded(tag)
    assert git_refs.tag_of(name) == tag
    assert not set(name) & set("/~^:?*[\\ @{")
    assert ".." not in name
    assert name[0] != "." != name[-1]
    assert not name.endswith(".lock")


def test_git_agrees() -> None:
    """Git takes the name of anything."""
    tags = [
        ".",
        "..",
        ".lock",
        "a.lock",
        "@",
        "a@{b}",
        "a/b/../c",
        "-x",
        "a\\b",
        "\x01",
        "a b",
        "\u65e5\u672c",
        "x~1^{}:?*[",
    ]
    for tag in tags:
        subprocess.run(("git", "check-ref-format", git_refs.memory("corp", tag)), check=True)


@pytest.mark.parametrize("name", ["a/b", "%2e", "a%2Eb", "~", "%", "x."])
def test_other_names_are_no_tags(name: str) -> None:
    """A name that is not written as we write it is refused."""
    with pytest.raises(FormatError) as raised:
        git_refs.tag_of(name)
    assert raised.value.code == "SB-5004"


@pytest.mark.parametrize("tag", ["", "\ud800"])
def test_what_is_no_tag(tag: str) -> None:
    """Nothing, and half a character, are no names."""
    with pytest.raises(FormatError) as raised:
        git_refs.encoded(tag)
    assert raised.value.code == "SB-5004"
