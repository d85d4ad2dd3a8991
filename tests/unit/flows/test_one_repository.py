"""One repository per site: another one's tag or package is not a tag that has moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import RefusedError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.plan import plan
from samebytes.testing.memory_site import MemorySite
from tests.publishing.runs import POLICY, new_site, run
from tests.small_releases import LAMPS, Tiny, built_release


def _of(built: BuiltRelease, *roots: str) -> BuiltRelease:
    """The release as one of a repository that begins with these commits."""
    return replace(built, commit=replace(built.commit, roots=roots))


@pytest.fixture
def site(tmp_path: Path) -> MemorySite:
    """A site that has v1.0.0 of one repository."""
    return new_site(_of(built_release(tmp_path / "theirs"), "aa" * 20))


def _others(tmp_path: Path, tag: str, *members: Tiny) -> BuiltRelease:
    """A release of another repository."""
    return _of(built_release(tmp_path / "ours", tag=tag, members=members, commit="bc" * 20), "bb" * 20)


@pytest.mark.parametrize(
    ("tag", "members", "what"),
    [("v1.0.0", [Tiny(name="other")], "the tag v1.0.0"), ("v2.0.0", [Tiny(name="lantern")], "the package lantern")],
)
def test_a_tag_or_package_of_another_repository_is_refused(
    tmp_path: Path, site: MemorySite, tag: str, members: list[Tiny], what: str
) -> None:
    """By publish before anything is written, and by plan before anything is built; the error says what to do."""
    built = _others(tmp_path, tag, *members)
    with pytest.raises(RefusedError) as caught:
        run(built, site)
    assert (caught.value.code, caught.value.summary) == ("SB-6102", f"site 'corp' has {what} from another repository")
    assert "one repository per site, and per folder of a directory site" in caught.value.hint
    assert caught.value.details["history there begins with"] == "aa" * 20
    assert site.writes == []
    with pytest.raises(RefusedError) as caught:
        plan(built.selection, built.commit, [site.open()], POLICY, "latest")
    assert caught.value.code == "SB-6102"


def test_other_tags_and_packages_do_not_meet(tmp_path: Path, site: MemorySite) -> None:
    """Nothing of the one is in the way of the other."""
    assert run(_others(tmp_path, "v9.0.0", Tiny(name="other")), site).changed


@pytest.mark.parametrize("roots", [(), ("aa" * 20, "bb" * 20)], ids=["shallow", "merged"])
def test_what_may_be_the_same_repository_is_not_refused(
    tmp_path: Path, site: MemorySite, roots: tuple[str, ...]
) -> None:
    """A shallow clone cannot tell, and a repository that another one was merged into goes on with its packages."""
    assert not run(_of(built_release(tmp_path / "again", members=LAMPS), *roots), site).changed
