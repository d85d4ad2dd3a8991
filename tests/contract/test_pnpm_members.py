"""Our list of workspace projects is the one of the real pnpm, pattern by pattern, for pnpm 9, 10, 11 and 12."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from samebytes.errors import FormatError
from samebytes.model.versions import Version
from samebytes.package_managers.pnpm_directories import find_directories
from samebytes.package_managers.pnpm_patterns import read_patterns
from samebytes.package_managers.pnpm_settings import read_workspace_file
from samebytes.system.folder_tree import FolderTree
from tests.clients.client import Client

_CLIENTS = ("pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12")
_DIRECTORIES = (
    ".config/c",
    "apps/one",
    "apps/one/test/fix",
    "bower_components/z",
    "docs",
    "packages/.hidden",
    "packages/A",
    "packages/[x]",
    "packages/a",
    "packages/a-b",
    "packages/a/nested",
    "packages/a/node_modules/y",
    "packages/b",
    "packages/node_modules/x",
    "tools/t1",
    "tools/t2/deep/er",
)
# One of each kind of difference; the long list runs with the slow tests.
_ALWAYS = (
    ("packages/*",),
    ("**",),
    ("packages/**", "!**/nested", "!packages/a-*"),
    ("./packages/*/", "{apps,tools}/*", "link"),
    ("!packages/a", "packages/*", "linkdir/*"),
    ("lin*/*", "packages/.hidden"),
    ("packages/*/.hidden", "**/.config/c"),
    ("packages/*", "!**/.hidden", ".config/*"),
    ("packages/[ab]", "packages/[!a]", "tools/**/er"),
    ("../x/*", "/packages/*", "packages//b", "packages/./a"),
    ("packages/@(a|b)", "packages/{a}"),
    ("packages/?", "docs/**"),
)
_SLOW = (
    *(
        (pattern,)
        for pattern in ("packages/**", "packages/*/", ".", "packages/a*", "tools/*/deep/*", "*", "**/a", "!**")
    ),
    *(
        (pattern,)
        for pattern in ("packages/.*", "packages/node_modules/x", ".config/*", "**/.hidden", "*/.hidden", "**/.*")
    ),
    *((pattern,) for pattern in ("packages/*-b", "packages\\a", "packages/\\[x\\]", "packages/a/**", "[p]ackages/a")),
    *((pattern,) for pattern in ("packages/+(a)", "packages/*(a|b)", "packages/a?(-b)", "pack?ges/a", "packages/a**")),
    *((pattern,) for pattern in ("{docs,packages/{a,b}}", "{packages,}/a", "packages/{a,b,}", "**/{.config,docs}/c")),
    *(
        (pattern,)
        for pattern in ("**/**/a", "packages/***", "packages/**a", "packages/[^a]", "packages/[A-C]", "[!p]ocs")
    ),
    *((pattern,) for pattern in ("packages/a/../b", "docs/*/**", "tools/**/", "tools/**/{er,xx}", "**/[a-z]*", "lin*")),
    ("packages/*", "!packages/.hidden"),
    ("packages/*", "!packages/**"),
    ("packages/*", "!./packages/a"),
    ("**", "!**/test/**"),
    ("packages/*", "!**/.hidden"),
)
_PARTS = (
    "packages",
    "apps",
    "tools",
    "docs",
    "a",
    "b",
    "*",
    "**",
    "a*",
    "*b",
    "t?",
    "{a,b}",
    "[ab]",
    ".hidden",
    "link*",
)


@pytest.mark.parametrize("client", _CLIENTS)
def test_finds_the_projects_that_pnpm_finds(client: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """`pnpm -r list` and we agree on every list of patterns, or we refuse to read it."""
    _compare(request.getfixturevalue(client), _ALWAYS, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("client", _CLIENTS)
def test_finds_the_same_projects_for_many_patterns(client: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The long list, and made-up patterns."""
    chance = random.Random(7)
    made_up = [
        tuple(
            ("!" if chance.random() < 0.2 else "") + "/".join(chance.choices(_PARTS, k=chance.randint(1, 4)))
            for _ in range(chance.randint(1, 3))
        )
        for _ in range(60)
    ]
    _compare(request.getfixturevalue(client), (*_SLOW, *made_up), tmp_path)


def test_a_pattern_that_versions_read_differently_is_refused_where_it_differs(tmp_path: Path) -> None:
    """`?` finds nothing in pnpm 9 and extglobs stop pnpm 12: there we refuse, elsewhere we read them."""
    root = _workspace(tmp_path / "w", ("packages/?", "packages/@(b|c)"))
    assert _ours(root, "10.6.0") == [".", "packages/A", "packages/a", "packages/b"]
    assert _ours(root, "9.12.0") is None
    assert _ours(root, "12.0.0") is None


def _compare(client: Client, lists: Sequence[Sequence[str]], tmp_path: Path) -> None:
    different = []
    for number, patterns in enumerate(lists):
        root = _workspace(tmp_path / str(number), patterns)
        ours = _ours(root, client.version)
        if ours is not None:
            real = _real(client, root)
            if real != ours:
                different.append((patterns, {"pnpm": sorted({*real} - {*ours}), "ours": sorted({*ours} - {*real})}))
    assert different == []


def _ours(root: Path, version: str) -> list[str] | None:
    tree = FolderTree(str(root))
    try:
        patterns = read_patterns(read_workspace_file(tree), Version(version))
    except FormatError as error:
        if error.code != "SB-2011":
            raise
        return None
    return list(find_directories(tree, patterns))


def _real(client: Client, root: Path) -> list[str]:
    shown = client.run("-r", "list", "--json", "--depth", "-1", cwd=root)
    return sorted({os.path.relpath(project["path"], root.resolve()) for project in json.loads(shown.stdout)})


def _workspace(root: Path, patterns: Sequence[str]) -> Path:
    root.mkdir()
    (root / "package.json").write_text('{"name": "root", "private": true}')
    for number, directory in enumerate(_DIRECTORIES):
        (root / directory).mkdir(parents=True)
        (root / directory / "package.json").write_text(json.dumps({"name": f"p{number}", "version": "1.0.0"}))
    (root / "link").symlink_to("docs")
    (root / "linkdir").symlink_to("packages")
    listed = "".join(f"  - {json.dumps(pattern)}\n" for pattern in patterns)
    (root / "pnpm-workspace.yaml").write_text(f"packages:\n{listed}")
    return root
