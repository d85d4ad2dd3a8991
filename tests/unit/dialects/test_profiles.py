"""Profiles are found by name and revision, and by the version of the tool."""

from __future__ import annotations

import pytest

from samebytes.dialects.profiles import PROFILES, profile, profile_for_pnpm
from samebytes.errors import ExitStatus, RefusedError
from samebytes.model.versions import Version


@pytest.mark.parametrize("name", PROFILES)
def test_profile_is_found_by_its_own_name(name: str) -> None:
    """The name that a statement records leads back to the profile."""
    assert profile(name).id == name


@pytest.mark.parametrize("name", ["", "pnpm-9", "pnpm-9.r2", "PNPM-9.r1", "npm.r1"])
def test_unknown_revision_is_refused(name: str) -> None:
    """Packing by other rules would give other bytes: exit 12, and the known ones are named."""
    with pytest.raises(RefusedError) as caught:
        profile(name)
    assert caught.value.code == "SB-4501"
    assert caught.value.exit_status is ExitStatus.REFUSED
    assert "pnpm-9.r1" in caught.value.hint


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("8.15.9", None),
        ("9.0.0", "pnpm-9.r1"),
        ("9.12.0", "pnpm-9.r1"),
        ("10.34.9", "pnpm-10.r1"),
        ("11.0.0-rc.1", "pnpm-11.r1"),
        ("11.27.1", "pnpm-11.r1"),
        ("11.28.0", "pnpm-11.28.r1"),
        ("12.21.0", "pnpm-12.r1"),
        ("13.0.0", None),
    ],
)
def test_version_of_pnpm_has_its_profile(version: str, expected: str | None) -> None:
    """The newest profile that packs like this version."""
    found = profile_for_pnpm(Version(version))
    assert (None if found is None else found.id) == expected


def test_publish_lifecycle_never_publishes() -> None:
    """What runs after an upload has no place here: there is one upload for each site."""
    for known in PROFILES.values():
        assert known.scripts_before == ("prepublishOnly", "prepublish", "prepack", "prepare")
        assert known.scripts_after == ("postpack",)
