"""What a tag ships, rule by rule, and what people are told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from samebytes.core.select import select
from samebytes.core.selection_input import Changed, EarlierMember, SelectionInput, split_tag
from samebytes.errors import ConfigError
from samebytes.model.finding import Finding
from samebytes.model.names import PackageName
from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.settings import SelectSettings
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace
from tests.members import member, workspace

_V1 = Base(tag="v1.0.0", commit="a" * 40, inferred=True)
_FIRST = Base(tag="", commit="", inferred=True)


def _given(
    of: Workspace,
    earlier: Mapping[str, str] | None = None,
    *,
    tag: str = "v2.0.0",
    rule: SelectionRule = SelectionRule.NEW_VERSIONS,
    listed: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> SelectionInput:
    return SelectionInput(
        workspace=of,
        tag=tag,
        settings=SelectSettings(rule=rule, listed=listed, ignore=ignore),
        base=_FIRST if earlier is None else _V1,
        earlier={
            PackageName(name): EarlierMember(version=Version(version), directory="packages/x")
            for name, version in (earlier or {}).items()
        },
        changes={},
    )


def _names(selection: Selection) -> list[str]:
    return [one.name.text for one in selection.members]


def _why(selection: Selection) -> dict[str, str]:
    return {one.name.text: one.why for one in selection.left_out}


def _rules(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def test_new_versions_ships_what_differs_from_the_base() -> None:
    """A raised version and a new member; what stayed is left out with the reason."""
    of = workspace(member("a", "1.1.0"), member("b"), member("c", "0.1.0"))
    selection = select(_given(of, {"a": "1.0.0", "b": "1.0.0"}))
    assert _names(selection) == ["a", "c"]
    assert _why(selection) == {"b": "same version as v1.0.0"}
    assert selection.findings == ()
    assert (selection.rule, selection.base) == (SelectionRule.NEW_VERSIONS, _V1)


def test_a_first_release_ships_all_that_can_be_released() -> None:
    """Private and ignored members are left out, each with its reason."""
    of = workspace(
        member("a"),
        member("p", private=True),
        member("i", ignored="ignored by .changeset/config.json"),
        member("@x/s"),
        member("t"),
    )
    selection = select(_given(of, ignore=("@x/*", "t")))
    assert _names(selection) == ["a"]
    assert _why(selection) == {
        "@x/s": "ignored in samebytes.toml",
        "i": "ignored by .changeset/config.json",
        "p": "private",
        "t": "ignored in samebytes.toml",
    }


def test_all_ships_every_member_whatever_its_version() -> None:
    """Rule `all` does not look at the base."""
    of = workspace(member("a"), member("b"), member("p", private=True))
    selection = select(_given(of, {"a": "1.0.0", "b": "1.0.0"}, rule=SelectionRule.ALL))
    assert _names(selection) == ["a", "b"]


def test_listed_ships_what_the_configuration_lists() -> None:
    """Nothing else, whatever its version."""
    of = workspace(member("a"), member("b", "2.0.0"))
    selection = select(_given(of, {"a": "1.0.0", "b": "1.0.0"}, rule=SelectionRule.LISTED, listed=("a",)))
    assert _names(selection) == ["a"]
    assert _why(selection) == {"b": "not named by select.listed"}


@pytest.mark.parametrize(
    ("name", "why"), [("none", "is not a member"), ("p", "is private"), ("i", "is ignored in samebytes.toml")]
)
def test_refuses_a_listed_name_that_cannot_be_released(name: str, why: str) -> None:
    """A list that promises what cannot be kept is an error."""
    of = workspace(member("a"), member("p", private=True), member("i"))
    with pytest.raises(ConfigError) as caught:
        select(_given(of, rule=SelectionRule.LISTED, listed=("a", name), ignore=("i",)))
    assert caught.value.code == "SB-2303"
    assert why in caught.value.summary


@pytest.mark.parametrize("name", ["b", "@s/b"])
def test_a_tag_can_name_the_member_it_ships(name: str) -> None:
    """`name@version`, scoped or not; the others are left out without findings about them."""
    of = workspace(member("a", dependencies={name: "workspace:*"}), member(name, "2.0.0"))
    given = _given(of, {"a": "1.0.0", name: "1.0.0"}, tag=f"{name}@2.0.0", rule=SelectionRule.TAG_NAMES_IT)
    changes = {PackageName("a"): Changed(since="a@1.0.0", what=("x",))}
    selection = select(replace(given, changes=changes))
    assert _names(selection) == [name]
    assert _why(selection) == {"a": f"not named by {name}@2.0.0"}
    assert selection.findings == ()


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("v1.0.0", "names no member"),
        ("@1.0.0", "names no member"),
        ("x@1.0.0", "'x', which is not a member of the workspace"),
        ("p@1.0.0", "'p', which is private"),
        ("a@1.0.1", "names version '1.0.1', but a has version 1.0.0"),
        ("a@v1.0.0", "names version 'v1.0.0'"),
        ("a@", "names version ''"),
    ],
)
def test_refuses_a_tag_that_names_what_is_not_there(tag: str, message: str) -> None:
    """An unknown, private or other version is an error that says which."""
    of = workspace(member("a"), member("p", private=True))
    with pytest.raises(ConfigError) as caught:
        select(_given(of, tag=tag, rule=SelectionRule.TAG_NAMES_IT))
    assert caught.value.code == "SB-2301"
    assert message in caught.value.summary


def test_a_snapshot_shows_new_versions_where_tags_name_members() -> None:
    """Without a tag there is no name; what is new is what somebody may want to tag."""
    of = workspace(member("a", "1.1.0"), member("b"))
    selection = select(_given(of, {"a": "1.0.0", "b": "1.0.0"}, tag="", rule=SelectionRule.TAG_NAMES_IT))
    assert _names(selection) == ["a"]


@pytest.mark.parametrize(
    ("of", "message"),
    [
        (workspace(member("a")), "every member has the version it had at v1.0.0"),
        (workspace(member("a", private=True)), "no member that can be released"),
        (workspace(), "no member that can be released"),
    ],
)
@pytest.mark.parametrize(("tag", "subject"), [("v2.0.0", "v2.0.0"), ("", "this commit")])
def test_shipping_nothing_is_an_error(of: Workspace, message: str, tag: str, subject: str) -> None:
    """A tag that ships nothing is a mistake, not a success."""
    with pytest.raises(ConfigError) as caught:
        select(_given(of, {"a": "1.0.0"}, tag=tag))
    assert caught.value.code == "SB-2302"
    assert caught.value.summary.startswith(f"{subject} ships nothing")
    assert message in caught.value.summary


def test_shipping_nothing_names_the_bumps_that_were_forgotten() -> None:
    """Members that changed under the version of the base are named, those that are never released are not."""
    of = workspace(member("a"), member("b"), member("c"), member("d", private=True))
    changes = {
        PackageName("d"): Changed(since="v1.0.0", what=("d.js",)),
        PackageName("b"): Changed(since="v1.0.0", what=("b.js", "b.css")),
        PackageName("a"): Changed(since="v0.9.0", what=("a.js",)),
    }
    with pytest.raises(ConfigError) as caught:
        select(replace(_given(of, {"a": "1.0.0", "b": "1.0.0", "c": "1.0.0"}), changes=changes))
    assert caught.value.summary.endswith("every member has the version it had at v1.0.0, although these changed: a, b")
    assert caught.value.hint == "raise the version of a, b, commit, and tag that commit"
    assert caught.value.details == {"changed in a": "a.js", "changed in b": "b.js, b.css"}


def test_refuses_versions_that_differ_in_case_only() -> None:
    """`1.0.0-RC.1` and `1.0.0-rc.1` are one file on many systems."""
    with pytest.raises(ConfigError) as caught:
        select(_given(workspace(member("a", "1.0.0-rc.1")), {"a": "1.0.0-RC.1"}))
    assert caught.value.code == "SB-2307"


def test_names_a_member_that_changed_without_a_bump() -> None:
    """The finding says since when, which files, and what comes of it."""
    of = workspace(member("a", "1.1.0"), member("b", directory="."))
    given = _given(of, {"a": "1.0.0", "b": "1.0.0"})
    changes = {PackageName("b"): Changed(since="v0.9.0", what=tuple(f"src/{n}.ts" for n in range(7)))}
    (finding,) = select(replace(given, changes=changes)).findings
    assert (finding.rule, finding.place) == ("changed-without-bump", "package.json")
    assert finding.message == (
        "changed without a bump since v0.9.0 released b@1.0.0 (src/0.ts, src/1.ts, src/2.ts, src/3.ts, src/4.ts and 2 "
        "more); so that the change is not released"
    )


def test_says_that_sites_will_refuse_a_selected_member_that_changed() -> None:
    """Under rule `all` the changed member is shipped, and cannot be."""
    given = _given(workspace(member("a")), {"a": "1.0.0"}, rule=SelectionRule.ALL)
    changes = {PackageName("a"): Changed(since="v1.0.0", what=("a.js",))}
    (finding,) = select(replace(given, changes=changes)).findings
    assert finding.message.endswith("(a.js); a site that has this version will refuse it")


def test_says_nothing_about_changes_in_what_is_never_released() -> None:
    """Private members change all the time."""
    given = _given(workspace(member("a", "1.1.0"), member("p", "0.9.0", private=True)), {"a": "1.0.0", "p": "1.0.0"})
    changes = {PackageName("p"): Changed(since="v1.0.0", what=("a.js",))}
    assert select(replace(given, changes=changes)).findings == ()


def test_names_a_version_that_went_back() -> None:
    """A lower version is shipped, and said."""
    selection = select(_given(workspace(member("a", "1.0.1")), {"a": "1.1.0"}))
    assert _names(selection) == ["a"]
    assert _rules(selection.findings) == ["version-went-back"]


@pytest.mark.parametrize(
    ("tag", "version", "rules"),
    [
        ("v1.1.0", "1.1.0", []),
        ("v1.2.0", "1.1.0", ["tag-says-otherwise"]),
        ("release-7", "1.1.0", ["tag-not-a-release-tag"]),
        ("a@1.2.0", "1.1.0", ["tag-not-a-release-tag", "tag-says-otherwise"]),
        ("a@1.1.0", "1.1.0", ["tag-not-a-release-tag"]),
        ("other@9.0.0", "1.1.0", ["tag-not-a-release-tag"]),
    ],
)
def test_names_a_tag_that_says_something_else(tag: str, version: str, rules: list[str]) -> None:
    """Where all members share a version, or the tag names a member, both should agree."""
    selection = select(_given(workspace(member("a", version), member("b", version)), tag=tag))
    assert _rules(selection.findings) == rules


def test_a_tag_may_have_any_version_where_members_have_their_own() -> None:
    """Independent versions say nothing about the tag, nor does one member alone."""
    assert select(_given(workspace(member("a", "1.0.0"), member("b", "3.0.0")))).findings == ()
    assert select(_given(workspace(member("a", "1.0.0")))).findings == ()


def test_refuses_a_member_that_needs_a_private_one() -> None:
    """Nobody could install it."""
    of = workspace(member("a", dependencies={"p": "workspace:*"}), member("p", private=True))
    with pytest.raises(ConfigError) as caught:
        select(_given(of))
    assert caught.value.code == "SB-2304"
    assert "packages/a/package.json: dependencies.p" in caught.value.summary


@pytest.mark.parametrize(
    "bundled", [{"bundleDependencies": ["p"]}, {"bundledDependencies": ["p"]}, {"bundleDependencies": True}]
)
def test_a_bundled_private_member_is_no_problem(bundled: Mapping[str, object]) -> None:
    """It is in the tarball."""
    of = workspace(member("a", manifest=bundled, dependencies={"p": "workspace:*"}), member("p", private=True))
    assert select(_given(of)).findings == ()


def test_bundling_something_else_does_not_help() -> None:
    """Only what is bundled is in the tarball."""
    of = workspace(
        member("a", manifest={"bundleDependencies": ["q"]}, dependencies={"p": "workspace:*"}),
        member("p", private=True),
    )
    with pytest.raises(ConfigError):
        select(_given(of))


@pytest.mark.parametrize(
    "needs",
    [member("a", optionalDependencies={"p": "workspace:*"}), member("a", peerDependencies={"p": "workspace:*"})],
)
def test_an_optional_or_peer_private_member_is_a_finding(needs: Member) -> None:
    """The member can be installed without it."""
    of = workspace(needs, member("p", private=True))
    assert _rules(select(_given(of)).findings) == ["dependency-private"]


def test_a_publish_directory_has_a_manifest_of_its_own() -> None:
    """What is published may not ask for the private member."""
    needs = member("a", publish_directory="packages/a/dist", dependencies={"p": "workspace:*"})
    assert _rules(select(_given(workspace(needs, member("p", private=True)))).findings) == ["dependency-private"]


def test_names_dependencies_that_this_tag_does_not_bring() -> None:
    """An ignored member, and a version that no tag ships; one that the base had is fine."""
    of = workspace(
        member("a", "1.1.0", dependencies=dict.fromkeys(("i", "n", "o", "old"), "workspace:*")),
        member("i"),
        member("n"),
        member("o", "2.0.0"),
        member("old"),
    )
    given = _given(
        of, {"a": "1.0.0", "o": "1.0.0", "old": "1.0.0"}, rule=SelectionRule.LISTED, listed=("a",), ignore=("i",)
    )
    found = select(given).findings
    assert _rules(found) == ["dependency-never-released", "dependency-not-released", "dependency-not-released"]
    assert found[2].message == "a needs o@2.0.0, which this tag does not ship, and v1.0.0 did not"
    first = select(_given(of, rule=SelectionRule.LISTED, listed=("a",), ignore=("i",))).findings
    assert first[1].message == "a needs n@1.0.0, which this tag does not ship"


@pytest.mark.parametrize(("known", "rules"), [(frozenset({"b@1.0.0"}), []), (frozenset(), ["dependency-not-released"])])
def test_where_tags_name_members_their_tags_say_what_is_released(known: frozenset[str], rules: list[str]) -> None:
    """The other member has a release of its own."""
    of = workspace(member("a", dependencies={"b": "workspace:*"}), member("b"))
    given = replace(_given(of, tag="a@1.0.0", rule=SelectionRule.TAG_NAMES_IT), known_tags=known)
    assert _rules(select(given).findings) == rules


def test_members_are_shipped_dependencies_first_and_cycles_are_named() -> None:
    """Order, levels and cycles come with the selection."""
    of = workspace(
        member("a", dependencies={"z": "workspace:*"}),
        member("z", dependencies={"y": "workspace:*"}),
        member("y", dependencies={"z": "workspace:*"}),
    )
    selection = select(_given(of))
    assert _names(selection) == ["y", "z", "a"]
    assert [[name.text for name in cycle] for cycle in selection.cycles] == [["y", "z"]]
    assert selection.findings[-1].message == (
        "these members need each other: y, z; they are published in the order of their names"
    )


@pytest.mark.parametrize(
    ("tag", "parts"),
    [("@s/a@1.0.0", ("@s/a", "1.0.0")), ("a@1", ("a", "1")), ("v1", ("", "")), ("@s/a", ("", "")), ("a@", ("a", ""))],
)
def test_splits_a_tag_at_its_last_at_sign(tag: str, parts: tuple[str, str]) -> None:
    """A scope's own sign is none."""
    assert split_tag(tag) == parts
