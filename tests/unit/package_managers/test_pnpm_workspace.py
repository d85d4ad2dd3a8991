"""Reading a pnpm workspace: members, what is left out, references, catalogs, pins and settings."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from samebytes.errors import ConfigError, FormatError
from samebytes.model.digests import sha256
from samebytes.model.finding import Severity
from samebytes.model.workspace import Dependency, DependencyKind, Workspace
from samebytes.package_managers.pnpm_workspace import read_pnpm_workspace
from tests.unit.package_managers.trees import TextTree, package, read


def _rules(workspace: Workspace) -> list[str]:
    return [finding.rule for finding in workspace.findings]


def test_reads_members_sorted_by_directory_with_all_they_say() -> None:
    """Name, version, directory, dependencies in source order, the manifest itself."""
    manifest = package(
        "@s/b",
        "1.2.3-rc.1",
        dependencies={"z": "^1", "a": "workspace:*"},
        devDependencies={"d": "*"},
        optionalDependencies={"o": "*"},
        peerDependencies={"p": "*"},
    )
    workspace = read({"packages/b/package.json": manifest, "packages/a/package.json": package("a")})
    first, second = workspace.members
    assert (first.directory, second.directory) == ("packages/a", "packages/b")
    assert str(second.id) == "@s/b@1.2.3-rc.1"
    assert (second.publish_directory, second.private, second.ignored) == ("packages/b", False, "")
    assert second.manifest["name"] == "@s/b"
    assert second.dependencies == (
        Dependency(alias="z", specifier="^1", kind=DependencyKind.RUNTIME),
        Dependency(alias="a", specifier="workspace:*", kind=DependencyKind.RUNTIME),
        Dependency(alias="d", specifier="*", kind=DependencyKind.DEV),
        Dependency(alias="o", specifier="*", kind=DependencyKind.OPTIONAL),
        Dependency(alias="p", specifier="*", kind=DependencyKind.PEER),
    )
    assert workspace.lockfile == sha256(b"lockfileVersion: '9.0'\n")
    assert workspace.findings == ()


def test_the_root_is_a_member_where_it_has_name_and_version() -> None:
    """A single package is a workspace of one."""
    workspace = read_pnpm_workspace(TextTree({"package.json": package("solo"), "pnpm-lock.yaml": ""}))
    assert [(member.name.text, member.directory) for member in workspace.members] == [("solo", ".")]


def test_an_empty_repository_is_an_empty_workspace() -> None:
    """No manifest at all is no error here; the selection will say that there is nothing."""
    workspace = read_pnpm_workspace(TextTree({}))
    assert (workspace.members, workspace.package_manager) == ((), None)
    assert _rules(workspace) == ["no-lockfile"]


def test_packages_without_name_or_version_are_no_members() -> None:
    """Private ones silently, others with a warning: they are never released."""
    workspace = read(
        {
            "packages/a/package.json": {"private": True, "name": "no-version"},
            "packages/b/package.json": {"version": "1.0.0"},
            "packages/c/package.json": {"name": "c"},
        }
    )
    assert workspace.members == ()
    assert [(finding.rule, finding.place) for finding in workspace.findings] == [
        ("unreleasable-package", "packages/b/package.json"),
        ("unreleasable-package", "packages/c/package.json"),
    ]


@pytest.mark.parametrize(
    ("fields", "code", "key"),
    [
        ({"name": "Upper"}, "SB-2001", "name"),
        ({"version": "1.0"}, "SB-2002", "version"),
        ({"version": "v1.0.0"}, "SB-2002", "version"),
    ],
)
def test_an_invalid_name_or_version_is_an_error_unless_private(fields: Mapping[str, str], code: str, key: str) -> None:
    """The error names file and key; a private package is left out with a note."""
    manifest = {**package("a"), **fields}
    with pytest.raises(FormatError) as caught:
        read({"packages/a/package.json": manifest})
    assert (caught.value.code, caught.value.place) == (code, f"packages/a/package.json: {key}")
    workspace = read({"packages/a/package.json": {**manifest, "private": True}})
    assert [(finding.rule, finding.severity) for finding in workspace.findings] == [
        ("invalid-private-package", Severity.NOTE)
    ]
    assert workspace.members == ()


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"name": 1}, "name"),
        ({"version": None}, "version"),
        ({"private": "yes"}, "private"),
        ({"dependencies": []}, "dependencies"),
        ({"peerDependencies": {"x": 1}}, "peerDependencies.x"),
        ({"publishConfig": "x"}, "publishConfig"),
        ({"publishConfig": {"directory": 1}}, "publishConfig: directory"),
    ],
)
def test_a_field_of_the_wrong_type_is_an_error_with_its_key(fields: Mapping[str, object], key: str) -> None:
    """The place is file and key."""
    with pytest.raises(FormatError) as caught:
        read({"packages/a/package.json": {**package("a"), **fields}})
    assert (caught.value.code, caught.value.place) == ("SB-2013", f"packages/a/package.json: {key}")


def test_a_broken_manifest_is_an_error_with_its_line() -> None:
    """JSON errors carry file, line and column."""
    with pytest.raises(FormatError) as caught:
        read({"packages/a/package.json": '{\n  "name": a}\n'})
    assert caught.value.place == "packages/a/package.json:2:11"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("dist", "packages/a/dist"),
        ("./dist/", "packages/a/dist"),
        ("../shared", "packages/shared"),
        (".", "packages/a"),
    ],
)
def test_the_publish_directory_is_relative_to_the_member(inner: str, expected: str) -> None:
    """`publishConfig.directory` is joined and normalised."""
    workspace = read({"packages/a/package.json": package("a", publishConfig={"directory": inner})})
    assert workspace.members[0].publish_directory == expected


@pytest.mark.parametrize("inner", ["../../..", "/etc", "../../../x", "a\0b"])
def test_a_publish_directory_outside_is_an_error(inner: str) -> None:
    """Nothing outside of the repository is ever packed."""
    with pytest.raises(FormatError) as caught:
        read({"packages/a/package.json": package("a", publishConfig={"directory": inner})})
    assert (caught.value.code, caught.value.place) == ("SB-2019", "packages/a/package.json: publishConfig.directory")


def test_changesets_says_what_is_never_released() -> None:
    """`ignore` takes names and patterns, later ones win; private packages stay private."""
    workspace = read(
        {
            ".changeset/config.json": {"ignore": ["@s/*", "!@s/kept", "b"]},
            "packages/a/package.json": package("@s/a"),
            "packages/b/package.json": package("b"),
            "packages/k/package.json": package("@s/kept"),
            "packages/p/package.json": package("@s/p", private=True),
        }
    )
    assert {member.name.text: member.ignored for member in workspace.members} == {
        "@s/a": "ignored by .changeset/config.json",
        "b": "ignored by .changeset/config.json",
        "@s/kept": "",
        "@s/p": "",
    }
    assert [member.releasable for member in workspace.members] == [False, False, True, False]


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ("[]", "SB-2020"),
        ('{"ignore": "a"}', "SB-2020"),
        ('{"ignore": [1]}', "SB-2020"),
        ('{"ignore": ["!("]}', "SB-2011"),
        ("{", "SB-4010"),
    ],
)
def test_a_broken_changesets_configuration_is_an_error(config: str, code: str) -> None:
    """What decides about releases is read strictly."""
    with pytest.raises(FormatError) as caught:
        read({".changeset/config.json": config})
    assert caught.value.code == code
    assert caught.value.place.startswith(".changeset/config.json")


def test_a_name_stands_once_among_what_can_be_released() -> None:
    """Two directories with one name are an error that names both."""
    files = {"packages/a/package.json": package("same"), "packages/b/package.json": package("same", "2.0.0")}
    with pytest.raises(ConfigError) as caught:
        read(files)
    assert caught.value.code == "SB-2014"
    assert "packages/a and in packages/b" in caught.value.summary


def test_a_private_namesake_is_left_out_with_a_finding() -> None:
    """The member that can be released keeps the name, wherever it stands."""
    workspace = read(
        {
            "packages/a/package.json": package("same", private=True),
            "packages/b/package.json": package("same"),
            "packages/c/package.json": package("same", "3.0.0", private=True),
        }
    )
    assert [member.directory for member in workspace.members] == ["packages/b"]
    assert _rules(workspace) == ["duplicate-private-name", "duplicate-private-name"]


def test_file_names_of_tarballs_stand_once() -> None:
    """`@a/b` and `a__b` would be one file in a release store; a private one has none."""
    files = {"packages/a/package.json": package("@a/b"), "packages/b/package.json": package("a__b")}
    with pytest.raises(ConfigError, match=r"a__b-1\.0\.0\.tgz"):
        read(files)
    assert len(read({**files, "packages/b/package.json": package("a__b", private=True)}).members) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- a\n", "pnpm-workspace.yaml:1"),
        ("packages: a\n", "pnpm-workspace.yaml:1"),
        ("x: y\npackages:\n  - a\n  - 1\n", "pnpm-workspace.yaml:4"),
        ("packages:\n  - a\n  - ''\n", "pnpm-workspace.yaml:3"),
        ("packages: [a]\ncatalog: []\n", "pnpm-workspace.yaml:2"),
        ("packages: [a]\ncatalog: {a: 1}\n", "pnpm-workspace.yaml:2"),
        ("packages: [a]\ncatalogs: x\n", "pnpm-workspace.yaml:2"),
        ("packages: [a]\ncatalogs:\n  b: x\n", "pnpm-workspace.yaml:3"),
        ("packages: [a]\ncatalogs:\n  b:\n    c: [d]\n", "pnpm-workspace.yaml:4"),
        ("catalogs: {default: {}}\ncatalog: {}\n", "pnpm-workspace.yaml:2"),
    ],
)
def test_a_wrong_workspace_file_is_an_error_with_its_line(text: str, place: str) -> None:
    """Where pnpm refuses, we do, and say where."""
    with pytest.raises(FormatError) as caught:
        read({}, packages=text)
    assert (caught.value.code, caught.value.place) == ("SB-2010", place)


@pytest.mark.parametrize(
    ("text", "pnpm", "members"),
    [
        ("", "9.12.0", 2),
        ("", "10.5.0", 0),
        ("{}\n", "10.0.0", 2),
        ("catalog: {}\n", "10.5.0", 0),
        ("packages: null\n", "12.0.0", 0),
        ("packages: []\n", "9.12.0", 0),
        ("packages: ['packages/a', '../x', '/packages/*']\n", "9.12.0", 1),
    ],
)
def test_missing_patterns_mean_what_they_mean_to_that_pnpm(text: str, pnpm: str, members: int) -> None:
    """Before 10.5 an empty file meant everything; patterns that lead out match nothing."""
    files = {"packages/a/package.json": package("a"), "x/y/package.json": package("b")}
    workspace = read(files, pnpm=pnpm, packages=text)
    assert len(workspace.members) == members
    assert _rules(workspace) == (["pattern-outside"] * 2 if "../x" in text else [])


def test_installed_packages_are_no_members() -> None:
    """Even where they are committed and matched by name."""
    files = {f"packages/{inner}/x/package.json": package("x") for inner in ("node_modules", "bower_components")}
    assert read(files, packages="packages: ['**', 'packages/node_modules/x']\n").members == ()


def test_patterns_are_required_before_10_5() -> None:
    """A workspace file without `packages` is an error there."""
    with pytest.raises(FormatError) as caught:
        read({}, pnpm="9.12.0", packages="catalog: {}\n")
    assert (caught.value.code, caught.value.place) == ("SB-2010", "pnpm-workspace.yaml")


@pytest.mark.parametrize(
    ("pattern", "pnpm"), [("a!(b)", "10.30.0"), ("a?", "9.12.0"), ("**/.x", "11.0.0"), ("@(a)", "12.0.0")]
)
def test_a_pattern_that_is_not_read_is_an_error_with_its_line(pattern: str, pnpm: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(FormatError) as caught:
        read({}, pnpm=pnpm, packages=f"packages:\n  - ok\n  - '{pattern}'\n")
    assert (caught.value.code, caught.value.place) == ("SB-2011", "pnpm-workspace.yaml:3")


def test_a_negation_may_name_what_starts_with_a_dot() -> None:
    """`!**/.x` means the same everywhere."""
    assert read({}, pnpm="11.0.0", packages="packages: ['**', '!**/.x']\n").members == ()


def test_the_other_name_of_the_workspace_file_is_refused_as_pnpm_does() -> None:
    """Pnpm reads pnpm-workspace.yaml only."""
    with pytest.raises(ConfigError) as caught:
        read_pnpm_workspace(TextTree({"pnpm-workspace.yml": "packages: []"}))
    assert caught.value.code == "SB-2009"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("package.yaml", "name: x\nversion: 1.0.0\n", "SB-2012"),
        ("package.yaml", "private: yes\n", "SB-2012"),
        ("package.yaml", "- x\n", "SB-2012"),
        ("package.yaml", "a: b\na: c\n", "SB-2202"),
        ("package.json5", "{private: true}", "SB-2012"),
    ],
)
def test_another_kind_of_manifest_is_refused(name: str, text: str, code: str) -> None:
    """A package that might be released must be read."""
    with pytest.raises(FormatError) as caught:
        read({f"packages/a/{name}": text})
    assert caught.value.code == code
    assert caught.value.place.startswith(f"packages/a/{name}")


def test_a_private_package_yaml_is_left_out_with_a_note() -> None:
    """Its name still counts for references."""
    workspace = read(
        {
            "packages/a/package.yaml": "name: a\nprivate: true\n",
            "packages/b/package.json": package("b", private=True, devDependencies={"a": "workspace:*"}),
            "packages/c/package.yaml": "name: [c]\nprivate: true\n",
        }
    )
    assert _rules(workspace) == ["other-manifest", "other-manifest"]


def test_no_pin_means_a_new_pnpm() -> None:
    """Patterns and settings are then read as the newest version does."""
    files = {"package.json": {"private": True}, ".npmrc": "use-node-version=18.0.0\n"}
    workspace = read(files, packages="settings: x\n")
    assert (workspace.package_manager, workspace.node) == (None, None)


def test_findings_of_settings_and_lockfile() -> None:
    """No lockfile, one per member, one per branch, and a field that pnpm 11 does not read."""
    files = {"package.json": {"packageManager": "pnpm@11.0.0", "private": True, "pnpm": {"overrides": {}}}}
    text = "packages: []\nsharedWorkspaceLockfile: false\ngitBranchLockfile: true\nx: [1]\ny: 2\n"
    assert _rules(read(files, packages=text)) == ["lockfile-per-member", "lockfile-per-branch", "ignored-pnpm-field"]
    npmrc = "; comment\n# comment\n[section]\nshared-workspace-lockfile = 'false'\ngit-branch-lockfile\n"
    nine = read({".npmrc": npmrc}, pnpm="9.12.0")
    assert [(finding.rule, finding.place) for finding in nine.findings] == [
        ("lockfile-per-member", ".npmrc: shared-workspace-lockfile"),
        ("lockfile-per-branch", ".npmrc: git-branch-lockfile"),
    ]


@pytest.mark.parametrize(
    ("pnpm", "rules"),
    [("9.12.0", ["lockfile-per-branch"]), ("10.4.0", ["lockfile-per-branch"]), ("10.5.0", []), ("11.0.0", [])],
)
def test_the_workspace_file_wins_over_npmrc_from_10_5_on(pnpm: str, rules: list[str]) -> None:
    """Before, it holds no settings; from 11 on, .npmrc holds none."""
    text = "packages: []\ngitBranchLockfile: false\n"
    assert _rules(read({".npmrc": "git-branch-lockfile=true\n"}, pnpm=pnpm, packages=text)) == rules


def test_an_npmrc_that_is_no_text_is_an_error_with_its_line() -> None:
    """Encoding is the only thing an .npmrc can have wrong."""
    with pytest.raises(FormatError) as caught:
        read({".npmrc": b"a=b\nc=\xff\n"}, pnpm="9.12.0")
    assert (caught.value.code, caught.value.place) == ("SB-2010", ".npmrc:2")
