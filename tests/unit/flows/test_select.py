"""From a tag to what it ships, on real repositories with real tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import ConfigError, FormatError, RefusedError, SamebytesError
from samebytes.flows.select import select_release
from samebytes.formats.tag_message import base_line
from samebytes.model.finding import Finding
from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.settings import BuildSettings, SelectSettings, Settings
from samebytes.model.workspace import Workspace
from samebytes.package_managers.pnpm import Pnpm
from samebytes.system.git import GitRepository
from samebytes.system.process import SystemRunner
from tests.history import Content, History, new_history

_MANAGERS = (Pnpm(SystemRunner(), "linux-x86_64"),)
_ROOT: Mapping[str, Content] = {
    "package.json": {"name": "root", "private": True, "packageManager": "pnpm@9.12.0"},
    "pnpm-workspace.yaml": "packages: ['packages/**']\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
}


def _package(name: str, version: str = "1.0.0", **fields: object) -> Mapping[str, object]:
    return {"name": name, "version": version, **fields}


def _member(name: str, version: str = "1.0.0", **fields: object) -> Mapping[str, Content]:
    return {f"packages/{name}/package.json": _package(name, version, **fields)}


def _select(history: History | GitRepository, commitish: str, settings: Settings | None = None) -> Selection:
    repository = history.open() if isinstance(history, History) else history
    return select_release(repository, commitish, settings or Settings(), _MANAGERS)[2]


def _workspace(history: History, commitish: str, settings: Settings) -> Workspace:
    return select_release(history.open(), commitish, settings, _MANAGERS)[1]


def _ids(selection: Selection) -> list[str]:
    return [str(member.id) for member in selection.members]


def _rules(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Three members released as v1.0.0; c needs b, and d is private."""
    made = new_history(tmp_path / "repo")
    made.commit(
        {
            **_ROOT,
            **_member("a"),
            **_member("b"),
            **_member("c", dependencies={"b": "workspace:^"}),
            **_member("d", private=True),
            "packages/b/index.js": "1\n",
        }
    )
    made.tag("v1.0.0")
    return made


def test_a_first_release_ships_everything_dependencies_first(history: History) -> None:
    """The history ends at its root without an earlier tag: there is no base."""
    selection = _select(history, "v1.0.0")
    assert _ids(selection) == ["a@1.0.0", "b@1.0.0", "c@1.0.0"]
    assert selection.base == Base(tag="", commit="", inferred=True)
    assert _rules(selection.findings) == ["no-earlier-release"]


def test_two_members_change_and_one_is_bumped(history: History) -> None:
    """Exactly the bumped one is shipped, the other is named as changed without a bump."""
    first = history.git("rev-parse", "HEAD")
    history.commit({**_member("a", "1.1.0"), "packages/a/index.js": "2\n", "packages/b/index.js": "2\n"})
    history.tag("v1.1.0")
    selection = _select(history, "v1.1.0")
    assert _ids(selection) == ["a@1.1.0"]
    assert selection.base == Base(tag="v1.0.0", commit=first, inferred=True)
    (finding,) = selection.findings
    assert (finding.rule, finding.place) == ("changed-without-bump", "packages/b/package.json")
    assert "changed without a bump since v1.0.0 released b@1.0.0 (index.js)" in finding.message


def test_a_change_is_found_however_many_tags_ago_it_was_made(history: History) -> None:
    """The version was first tagged with v1.0.0, changed after it, and is still the same six tags later."""
    history.commit({"packages/b/index.js": "2\n"})
    for number in range(1, 8):
        history.commit(_member("a", f"1.{number}.0"))
        history.tag(f"v1.{number}.0")
    (finding,) = _select(history, "v1.7.0").findings
    assert "since v1.0.0 released b@1.0.0 (index.js)" in finding.message


def test_only_the_tags_that_had_this_version_count(history: History) -> None:
    """b@1.1.0 was first tagged with v1.2.0; what changed before is part of it."""
    history.commit({**_member("a", "1.1.0"), "packages/b/index.js": "2\n"})
    history.tag("v1.1.0")
    history.commit({**_member("b", "1.1.0")})
    history.tag("v1.2.0")
    history.commit(_member("a", "1.2.0"))
    history.tag("v1.3.0")
    assert _select(history, "v1.3.0").findings == ()
    history.commit({**_member("a", "1.3.0"), "packages/b/x.js": "3\n"})
    history.tag("v1.4.0")
    (finding,) = _select(history, "v1.4.0").findings
    assert "since v1.2.0 released b@1.1.0 (x.js)" in finding.message


def test_tags_from_before_the_package_or_with_a_broken_manifest_end_the_search(tmp_path: Path) -> None:
    """Missing, unreadable and other manifests are not of this version."""
    history = new_history(tmp_path / "repo")
    history.commit({**_ROOT, **_member("a")})
    history.tag("v0.1.0")
    history.commit({"packages/b/package.json": "{", "packages/c/package.json": _package("other", private=True)})
    history.git("tag", "v0.2.0")
    history.commit({**_member("a", "1.1.0"), **_member("b"), **_member("c"), "packages/e/package.json/x": "y"})
    history.tag("v0.3.0")
    history.commit({"packages/e/package.json/x": None})
    history.commit({**_member("a", "1.2.0"), **_member("e"), "packages/b/x": "1", "packages/c/x": "1"})
    history.tag("v0.4.0")
    history.commit({**_member("a", "1.3.0"), "packages/e/x": "1"})
    history.tag("v0.5.0")
    messages = [finding.message for finding in _select(history, "v0.5.0").findings]
    assert [
        message.partition(" released ")[0][-6:] + message.partition(" released ")[2][:8] for message in messages
    ] == [
        "v0.3.0b@1.0.0 ",
        "v0.3.0c@1.0.0 ",
        "v0.4.0e@1.0.0 ",
    ]


def test_files_of_an_inner_member_are_not_the_outer_ones(tmp_path: Path) -> None:
    """A root member holds all directories, but not what belongs to members in them; modes count as well."""
    history = new_history(tmp_path / "repo")
    root: Mapping[str, Content] = {**_ROOT, "package.json": _package("root", packageManager="pnpm@9.12.0")}
    history.commit({**root, **_member("a"), "packages/a/inner/package.json": _package("inner"), "bin.js": "x"})
    history.tag("v1.0.0")
    history.commit({**_member("a", "1.1.0"), "packages/a/inner/x.js": "1"})
    history.tag("v1.1.0")
    assert [finding.place for finding in _select(history, "v1.1.0").findings] == ["packages/a/inner/package.json"]
    (history.path / "bin.js").chmod(0o755)
    history.commit(_member("a", "1.2.0"))
    history.tag("v1.2.0")
    places = [finding.place for finding in _select(history, "v1.2.0").findings]
    assert places == ["packages/a/inner/package.json", "package.json"]


def test_a_moved_member_is_the_same_member(history: History) -> None:
    """It is looked for where it was at the base."""
    history.commit({**_member("a", "1.1.0")})
    history.git("mv", "packages/b", "packages/moved")
    history.commit()
    history.tag("v1.1.0")
    assert _select(history, "v1.1.0").findings == ()
    history.commit({**_member("a", "1.2.0"), "packages/moved/index.js": "2\n"})
    history.tag("v1.2.0")
    (finding,) = _select(history, "v1.2.0").findings
    assert (finding.place, "since v1.1.0" in finding.message) == ("packages/moved/package.json", True)


def test_a_catalog_changes_members_that_nobody_touched(history: History) -> None:
    """What consumers would install by is in the published manifest."""
    text = "packages: ['packages/**']\ncatalog: {{react: ^{}}}\n"
    needs = {"peerDependencies": {"react": "catalog:"}}
    history.commit(
        {"pnpm-workspace.yaml": text.format(18), **_member("a", "1.1.0", **needs), **_member("b", "1.1.0", **needs)}
    )
    history.tag("v1.1.0")
    history.commit({"pnpm-workspace.yaml": text.format(19), "packages/b/x.js": "1", **_member("c", "1.1.0")})
    history.tag("v1.2.0")
    found = [finding for finding in _select(history, "v1.2.0").findings if finding.rule == "changed-without-bump"]
    messages = [finding.message.partition("(")[2] for finding in found]
    assert messages == [
        "catalog default: react ^18 is now ^19); so that the change is not released",
        "x.js, catalog default: react ^18 is now ^19); so that the change is not released",
    ]


def test_a_snapshot_is_selected_like_a_tag(history: History) -> None:
    """HEAD shows what a tag on it would ship."""
    history.commit(_member("a", "1.1.0"))
    commit, _, selection = select_release(history.open(), "HEAD", Settings(), _MANAGERS)
    assert commit.is_snapshot
    assert _ids(selection) == ["a@1.1.0"]


def test_a_tag_that_no_pattern_matches_is_no_base(history: History) -> None:
    """`v*` does not cross a slash: the tag of something else between two releases does not hide the release."""
    history.commit(_member("a", "1.1.0"))
    history.tag("v0/zz")
    history.commit(_member("b", "1.1.0"))
    history.tag("v1.1.0")
    selection = _select(history, "v1.1.0")
    assert (selection.base.tag, _ids(selection)) == ("v1.0.0", ["a@1.1.0", "b@1.1.0"])


def test_a_first_release_that_was_only_inferred_says_so(history: History) -> None:
    """A clone without tags looks like a first release and ships everything: people are told how to see it."""
    history.git("tag", "--delete", "v1.0.0")
    history.tag("v1.1.0")
    finding = next(one for one in _select(history, "v1.1.0").findings if one.rule == "no-earlier-release")
    assert (finding.place, "v*" in finding.message, "git fetch --tags" in finding.remedy) == ("v1.1.0", True, True)
    everything = Settings(select=SelectSettings(rule=SelectionRule.ALL))
    assert "no-earlier-release" not in _rules(_select(history, "v1.1.0", everything).findings)


def test_the_tag_written_as_base_wins_over_history(history: History) -> None:
    """Nearest would be v1.1.0; the message says v1.0.0, so both changes are shipped."""
    first = history.git("rev-parse", "HEAD")
    history.commit(_member("a", "1.1.0"))
    history.tag("v1.1.0")
    history.commit(_member("b", "1.1.0"))
    history.tag("v1.2.0", "Release\n\n" + base_line(Base(tag="v1.0.0", commit=first, inferred=False)))
    selection = _select(history, "v1.2.0")
    assert _ids(selection) == ["a@1.1.0", "b@1.1.0"]
    assert selection.base == Base(tag="v1.0.0", commit=first, inferred=False)


def test_a_written_none_ships_everything(history: History) -> None:
    """A first release stays one whatever tags are there."""
    history.commit(_member("a", "1.1.0"))
    history.tag("v1.1.0", "samebytes-base-v1: none\n")
    selection = _select(history, "v1.1.0")
    assert selection.base == Base(tag="", commit="", inferred=False)
    assert len(selection.members) == 3


def _written(commit: str, tag: str = "v1.0.0") -> str:
    return f"samebytes-base-v1: {tag} {commit}\n"


@pytest.mark.parametrize(
    ("message", "error", "code"),
    [
        (_written("0" * 40, "v0.9.0"), ConfigError, "SB-2305"),
        (_written("0" * 40), RefusedError, "SB-2309"),
        ("samebytes-base-v1: v1.0.0\n", FormatError, "SB-2306"),
    ],
)
def test_a_written_base_that_cannot_be_kept_is_an_error(
    history: History, message: str, error: type[SamebytesError], code: str
) -> None:
    """Missing here, at another commit, or unreadable: never the nearest one instead."""
    history.commit(_member("a", "1.1.0"))
    history.tag("v1.1.0", message)
    with pytest.raises(error) as caught:
        _select(history, "v1.1.0")
    assert caught.value.code == code


def test_a_shallow_clone_cannot_infer_a_base(history: History, tmp_path: Path) -> None:
    """No base found in cut history would mean a first release, and ship everything."""
    history.commit(_member("a", "1.1.0"))
    history.tag("v1.1.0")
    history.git("clone", "-q", "--depth=1", "--branch=v1.1.0", f"file://{history.path}", str(tmp_path / "cut"))
    with pytest.raises(ConfigError) as caught:
        _select(history.open(tmp_path / "cut"), "v1.1.0")
    assert caught.value.code == "SB-2308"
    assert "--unshallow" in caught.value.hint


def test_a_shallow_clone_that_holds_the_written_base_is_enough(history: History, tmp_path: Path) -> None:
    """The same members are shipped; a note says that older changes were not looked for."""
    first = history.git("rev-parse", "HEAD")
    history.commit(_member("a", "1.1.0"))
    history.tag("v1.1.0", _written(first))
    history.commit(_member("a", "1.2.0"))
    history.tag("v1.2.0", _written(history.git("rev-parse", "v1.1.0^{commit}"), "v1.1.0"))
    cut = tmp_path / "cut"
    history.git("clone", "-q", "--depth=2", "--branch=v1.2.0", f"file://{history.path}", str(cut))
    history.git("-C", str(cut), "fetch", "-q", "--depth=1", "origin", "tag", "v1.1.0")
    selection = _select(history.open(cut), "v1.2.0")
    assert _ids(selection) == _ids(_select(history, "v1.2.0")) == ["a@1.2.0"]
    assert _rules(selection.findings) == ["history-cut-off"]


def test_a_tag_that_names_a_member_is_compared_with_that_members_tags(tmp_path: Path) -> None:
    """Each member has a line of releases of its own."""
    history = new_history(tmp_path / "repo")
    history.commit({**_ROOT, **_member("a"), **_member("b", dependencies={"a": "workspace:*"})})
    for tag in ("a@1.0.0", "b@1.0.0"):
        history.tag(tag)
    history.commit(_member("a", "1.1.0"))
    history.tag("a@1.1.0")
    history.commit(_member("b", "1.1.0", dependencies={"a": "workspace:*"}))
    history.tag("b@1.1.0")
    settings = Settings(select=SelectSettings(rule=SelectionRule.TAG_NAMES_IT, tags=("*@*",)))
    selection = _select(history, "b@1.1.0", settings)
    assert _ids(selection) == ["b@1.1.0"]
    assert (selection.base.tag, selection.findings) == ("b@1.0.0", ())
    history.tag("nobody")
    with pytest.raises(ConfigError) as caught:
        _select(history, "nobody", settings)
    assert caught.value.code == "SB-2301"
    history.commit(_member("b", "1.2.0", dependencies={"a": "workspace:*"}))
    assert _ids(_select(history, "HEAD", settings)) == ["b@1.2.0"]


def test_members_at_0_0_0_take_their_version_from_the_tag(tmp_path: Path) -> None:
    """Each tag ships all of them; a snapshot has no version to give."""
    history = new_history(tmp_path / "repo")
    history.commit({**_ROOT, **_member("a", "0.0.0"), **_member("b", "2.0.0")})
    history.tag("v1.0.0")
    history.commit({"packages/a/x.js": "1"})
    history.tag("v1.1.0")
    settings = Settings(build=BuildSettings(version_from_tag=True))
    assert _ids(_select(history, "v1.0.0", settings)) == ["a@1.0.0", "b@2.0.0"]
    selection = _select(history, "v1.1.0", settings)
    assert (_ids(selection), selection.findings) == (["a@1.1.0"], ())
    assert _ids(_select(history, "HEAD", settings)) == ["a@0.0.0"]


def test_the_tag_before_must_not_hold_a_version(tmp_path: Path) -> None:
    """A base whose name gives no version is read as far as possible, and said."""
    history = new_history(tmp_path / "repo")
    history.commit({**_ROOT, **_member("a", "0.0.0"), **_member("b")})
    history.tag("vfirst")
    history.commit({"x": "y"})
    history.tag("v1.1.0")
    selection = _select(history, "v1.1.0", Settings(build=BuildSettings(version_from_tag=True)))
    assert _ids(selection) == ["a@1.1.0"]
    assert _rules(selection.findings) == ["base-unreadable"]


def test_a_base_that_is_no_workspace_is_read_file_by_file(tmp_path: Path) -> None:
    """Versions are compared directory by directory, and the output says so."""
    history = new_history(tmp_path / "repo")
    broken: Mapping[str, Content] = {
        "packages/x/package.json": _package("a", "3.0.0"),
        "packages/y/package.json": '{"name": "y"',
    }
    history.commit({**_ROOT, **_member("a"), **_member("b"), **broken, "packages/z/package.json": {"name": "z"}})
    history.tag("v1.0.0")
    history.commit({**_member("a", "1.1.0"), "packages/x/package.json": _package("x"), **_member("y"), **_member("z")})
    history.tag("v1.1.0")
    selection = _select(history, "v1.1.0")
    assert _ids(selection) == ["a@1.1.0", "x@1.0.0", "y@1.0.0", "z@1.0.0"]
    assert _rules(selection.findings)[0] == "base-unreadable"
    assert "packages/y/package.json" in selection.findings[0].message


def test_a_base_that_this_clone_cannot_read_is_an_error(history: History) -> None:
    """A damaged clone must not ship more than a whole one."""
    history.commit(_member("a", "1.1.0"))
    history.tag("v1.1.0")
    blob = history.git("rev-parse", "v1.0.0:packages/a/package.json")
    (history.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(ConfigError) as caught:
        _select(history, "v1.1.0")
    assert caught.value.code == "SB-2105"


def test_a_repository_of_nobody_is_an_error(tmp_path: Path) -> None:
    """No package manager takes it."""
    history = new_history(tmp_path / "repo")
    history.commit({"package.json": {"name": "x", "version": "1.0.0"}})
    with pytest.raises(ConfigError) as caught:
        _select(history, "HEAD")
    assert caught.value.code == "SB-2022"


def test_tools_pinned_in_the_configuration_win(history: History) -> None:
    """They are in the workspace, and a contradiction is named."""
    build = BuildSettings(package_manager="pnpm@10.30.0", node="22.1.0")
    workspace = _workspace(history, "v1.0.0", Settings(build=build))
    assert workspace.package_manager is not None
    assert workspace.node is not None
    assert (workspace.package_manager.version, workspace.node.version) == ("10.30.0", "22.1.0")
    assert [finding.place for finding in workspace.findings] == ["package.json: packageManager"]
    history.commit({"package.json": {"private": True, "engines": {"node": ">=24"}}, **_member("a", "1.1.0")})
    workspace = _workspace(history, "HEAD", Settings(build=build))
    assert [finding.place for finding in workspace.findings] == ["package.json: engines.node"]
    with pytest.raises(FormatError) as caught:
        _workspace(history, "HEAD", Settings(build=replace(build, package_manager="pnpm")))
    assert caught.value.place == "samebytes.toml: build.package_manager"


def test_the_users_checkout_and_index_are_never_looked_at(history: History) -> None:
    """Uncommitted changes, staged or not, change nothing."""
    before = _select(history, "v1.0.0")
    history.write({**_member("a", "9.0.0"), "package.json": "{"})
    history.git("add", "--all")
    assert _select(history, "v1.0.0") == before
    assert history.git("status", "--short").startswith("M  package.json")
