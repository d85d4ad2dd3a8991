"""What is refused before a build: nothing here needs a tarball."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import SamebytesError, SiteError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.preflight import preflight, preflight_site
from samebytes.flows.publish import PublishOptions
from samebytes.model.names import PackageName
from tests.publishing.runs import POLICY, new_site, registry_only
from tests.small_releases import built_release

OPTIONS = PublishOptions(holder="a test", policy=POLICY)


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """Release v1.0.0 of three members; only its commit and selection are looked at."""
    return built_release(tmp_path / "built")


def test_what_can_be_published_passes(built: BuiltRelease) -> None:
    """At a new site, at one that has the release, and at one without memory; with a filter and a statement that fit."""
    options = replace(OPTIONS, only=("@acme/*",), expect=built.release)
    preflight(built.commit, built.selection, options)
    done = new_site(built)
    for at in (new_site().open(), done.open(), registry_only(done)):
        assert preflight_site(built.commit, built.selection, at) is at


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("SB-6301", replace(OPTIONS, dist_tag="1.x")),
        ("SB-6003", replace(OPTIONS, only=("@acme/typo",))),
    ],
)
def test_what_no_build_makes_right_is_refused(built: BuiltRelease, code: str, options: PublishOptions) -> None:
    """A dist-tag that servers refuse, a filter that matches nothing."""
    with pytest.raises(SamebytesError) as caught:
        preflight(built.commit, built.selection, options)
    assert caught.value.code == code


@pytest.mark.parametrize("field", ["tag", "commit"])
def test_a_statement_about_something_else_is_refused(built: BuiltRelease, field: str) -> None:
    """Its tag and its commit are known before the build; the rest is compared after it."""
    other = {"tag": replace(built.release, tag="v2.0.0"), "commit": replace(built.release, commit="f" * 40)}
    expected = other[field]
    with pytest.raises(SamebytesError) as caught:
        preflight(built.commit, built.selection, replace(OPTIONS, expect=expected))
    assert caught.value.code == "SB-6010"


def test_a_tag_that_moved_since_the_site_saw_it_is_refused(built: BuiltRelease) -> None:
    """The site's memory is read before the build; another build of the same commit is a matter for after it."""
    site = new_site(built).open()
    with pytest.raises(SamebytesError) as caught:
        preflight_site(replace(built.commit, tag_object="e" * 40), built.selection, site)
    assert (caught.value.code, "was made anew" in caught.value.summary) == ("SB-6101", True)


def test_a_site_that_cannot_be_read_is_refused(built: BuiltRelease) -> None:
    """A package that cannot be observed would stop the run after the build."""
    site = new_site()
    site.unreadable.add(PackageName("@acme/glow"))
    with pytest.raises(SiteError) as caught:
        preflight_site(built.commit, built.selection, site.open())
    assert caught.value.code == "SB-6021"


def test_a_site_that_cannot_be_written_is_refused_before_the_build(built: BuiltRelease) -> None:
    """Unless the run only looks."""

    def refuse() -> None:
        raise SiteError("SB-5002", "read-only")

    at = replace(new_site().open(), check_writable=refuse)
    assert preflight_site(built.commit, built.selection, at, writes=False) is at
    with pytest.raises(SiteError):
        preflight_site(built.commit, built.selection, at)
