"""Strict semantic versions: what is one, and which is greater."""

from __future__ import annotations

import itertools

import pytest

from samebytes.errors import FormatError
from samebytes.model.versions import Version

# semver.org 2.0.0, section 11, then its prerelease examples.
ASCENDING = (
    "0.0.0",
    "0.0.4",
    "0.1.0-0",
    "0.1.0",
    "1.0.0-0.3.7",
    "1.0.0-2",
    "1.0.0-11",
    "1.0.0--",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.2.3",
    "1.10.0",
    "9007199254740991.0.0",
)


@pytest.mark.parametrize(("lower", "higher"), list(itertools.combinations(ASCENDING, 2)))
def test_versions_are_ordered_as_semver_says(lower: str, higher: str) -> None:
    """Each version in the list is lower than each one behind it."""
    assert Version(lower) < Version(higher)
    assert not Version(higher) < Version(lower)
    assert Version(higher) >= Version(lower)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.2",
        "v1.2.3",
        "1.2.3.4",
        "01.2.3",
        "1.02.3",
        "1.2.3-01",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3-ü",
        "1.2.3+build",
        "1.2.3-rc.1+b",
        " 1.2.3",
        "1.2.3\n",
        "9007199254740992.0.0",
        "1.2.3-" + "a" * 251,
        "1.2.\u0663",
    ],
)
def test_anything_but_strict_semver_is_refused(text: str) -> None:
    """Loose forms, leading zeros and build metadata are refused: registries disagree about them."""
    with pytest.raises(FormatError) as caught:
        Version(text)
    assert caught.value.code == "SB-2002"


def test_a_version_tells_its_parts() -> None:
    """Release triple and prerelease identifiers come apart as semver says."""
    version = Version("1.20.3-rc.1-x")
    assert version.release == (1, 20, 3)
    assert version.prerelease == ("rc", "1-x")
    assert str(version) == "1.20.3-rc.1-x"
    assert Version("1.0.0").prerelease == ()
