"""Dependency specifiers are published as pnpm publishes them."""

from __future__ import annotations

import pytest

from samebytes.core.specifiers import Place, published_specifier
from samebytes.dialects.profiles import PROFILES
from samebytes.errors import ConfigError
from samebytes.model.names import PackageName
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace

OLD, NEW = PROFILES["pnpm-9.r1"].manifest, PROFILES["pnpm-12.r1"].manifest


def _member(name: str, version: str, directory: str) -> Member:
    return Member(
        name=PackageName(name),
        version=Version(version),
        directory=directory,
        publish_directory=directory,
        private=False,
        ignored="",
        manifest={},
        dependencies=(),
    )


MAIN = _member("main", "1.0.0", "packages/main")
WORKSPACE = Workspace(
    members=(MAIN, _member("@acme/other", "2.3.4", "packages/other"), _member("alias", "5.0.0", "tools/alias")),
    catalogs={
        "default": {"react": "^18.0.0", "@acme/other": "workspace:^", "deep": "catalog:x", "link": "link:x"},
        "x": {},
    },
    package_manager=None,
    node=None,
    lockfile=None,
    findings=(),
)


def _published(alias: str, specifier: str, *, map: str = "dependencies", new: bool = True) -> str:  # noqa: A002
    return published_specifier(alias, specifier, Place(member=MAIN, workspace=WORKSPACE, map=map), NEW if new else OLD)


@pytest.mark.parametrize(
    ("alias", "specifier", "expected"),
    [
        ("@acme/other", "workspace:*", "2.3.4"),
        ("@acme/other", "workspace:^", "^2.3.4"),
        ("@acme/other", "workspace:~", "~2.3.4"),
        ("@acme/other", "workspace:@acme/other@^", "^2.3.4"),
        ("renamed", "workspace:@acme/other@*", "npm:@acme/other@2.3.4"),
        ("renamed", "workspace:alias@~", "npm:alias@~5.0.0"),
        ("x", "workspace:^1.0.0", "^1.0.0"),
        ("x", "workspace:@acme/other@^2.0.0", "npm:@acme/other@^2.0.0"),
        ("@acme/other", "workspace:../other", "2.3.4"),
        ("renamed", "workspace:../../tools/alias", "npm:alias@5.0.0"),
        ("react", "catalog:", "^18.0.0"),
        ("react", "catalog: default ", "^18.0.0"),
        ("x", "^1.0.0", "^1.0.0"),
        ("x", "npm:y@1", "npm:y@1"),
        ("x", "file:../workspace:*", "file:../workspace:*"),
    ],
)
@pytest.mark.parametrize("new", [False, True])
def test_all_versions_agree(alias: str, specifier: str, expected: str, new: bool) -> None:
    """`workspace:` in its forms, `catalog:`, and what is left alone."""
    assert _published(alias, specifier, new=new) == expected


@pytest.mark.parametrize(
    ("alias", "specifier", "old", "new"),
    [
        ("@acme/other", "workspace:", "", "2.3.4"),
        ("@acme/other", "workspace:1.*", "2.3.4", "1.*"),
        ("@acme/other", "workspace:@acme/other@", "npm:@acme/other@", "2.3.4"),
        ("@std/path", "jsr:^1.0.0", "jsr:^1.0.0", "npm:@jsr/std__path@^1.0.0"),
        ("p", "jsr:@std/path", "jsr:@std/path", "npm:@jsr/std__path"),
        ("p", "jsr:@std/path@2", "jsr:@std/path@2", "npm:@jsr/std__path@2"),
    ],
)
def test_newer_versions_read_more(alias: str, specifier: str, old: str, new: str) -> None:
    """A range may be left out since 10.29, must be alone since then, and `jsr:` is known since 10.9."""
    assert _published(alias, specifier, new=False) == old
    assert _published(alias, specifier) == new


@pytest.mark.parametrize(
    ("alias", "specifier", "old", "new"),
    [
        ("@acme/other", "workspace:^ || ^1.0.0", "^2.3.4 || ^1.0.0", "^2.3.4 || ^1.0.0"),
        ("@acme/other", "^1.0.0 || workspace:>=", "^1.0.0 || >=2.3.4", "^1.0.0 || >=2.3.4"),
        ("@acme/other", "workspace:*", "2.3.4", "2.3.4"),
        ("@acme/other", "workspace:", "2.3.4", "2.3.4"),
        ("x", "workspace:^1.2", "^1.2", "^1.2"),
        ("x", "workspace:1.x || 2", "1.x || 2", "1.x || 2"),
        ("@acme/other", "workspace:other@^", "2.3.4other@^", "npm:other@*"),
        ("@acme/other", "workspace:other@^1.0.0", "2.3.4other@^1.0.0", "npm:other@^1.0.0"),
        ("@acme/other", "workspace:../other", "2.3.4../other", "2.3.4"),
    ],
)
def test_peers_are_ranges(alias: str, specifier: str, old: str, new: str) -> None:
    """Peer dependencies keep what stands around `workspace:`; since 11.28 they may name a member."""
    assert _published(alias, specifier, map="peerDependencies", new=False) == old
    assert _published(alias, specifier, map="peerDependencies") == new


def test_catalog_may_hold_workspace_since_11_28() -> None:
    """Newer versions look into the catalog first."""
    assert _published("@acme/other", "catalog:") == "^2.3.4"
    with pytest.raises(ConfigError) as caught:
        _published("@acme/other", "catalog:", new=False)
    assert caught.value.code == "SB-4512"


@pytest.mark.parametrize(
    ("alias", "specifier", "code"),
    [
        ("nobody", "workspace:*", "SB-4511"),
        ("Not A Name", "workspace:^", "SB-4511"),
        ("x", "workspace:../nowhere", "SB-4511"),
        ("x", "catalog:", "SB-4512"),
        ("react", "catalog:missing", "SB-4512"),
        ("deep", "catalog:", "SB-4512"),
        ("link", "catalog:", "SB-4512"),
        ("x", "jsr:^1.0.0", "SB-4513"),
        ("x", "jsr:path@1", "SB-4513"),
        ("x", "jsr:@std/path@1@2", "SB-4513"),
    ],
)
def test_error_names_member_map_and_key(alias: str, specifier: str, code: str) -> None:
    """What cannot be published is refused with its place."""
    with pytest.raises(ConfigError) as caught:
        _published(alias, specifier, map="optionalDependencies")
    assert caught.value.code == code
    assert dict(caught.value.details) == {"member": "main", "map": "optionalDependencies", "key": alias}
    assert alias in caught.value.summary
    assert "packages/main/package.json" in caught.value.hint
