"""Projects behind symlinks; patterns themselves are held to the real pnpm in tests/contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.model.versions import Version
from samebytes.package_managers.pnpm_directories import find_directories
from samebytes.package_managers.pnpm_patterns import read_patterns
from samebytes.package_managers.pnpm_settings import read_workspace_file
from samebytes.system.folder_tree import FolderTree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Packages, links to them, links in them, and links that go round."""
    for directory in ("packages/a", "packages/a/inner", "other/b"):
        (tmp_path / directory).mkdir(parents=True)
        (tmp_path / directory / "package.json").write_text("{}")
    (tmp_path / "packages" / "link").symlink_to("../other/b")
    (tmp_path / "alias").symlink_to("packages")
    (tmp_path / "packages" / "up").symlink_to("..")
    (tmp_path / "packages" / "round").symlink_to("../packages")
    (tmp_path / "packages" / "a" / "again").symlink_to("../../other")
    (tmp_path / "package.json").write_text("{}")
    return tmp_path


def _found(root: Path, version: str, *patterns: str) -> list[str]:
    (root / "pnpm-workspace.yaml").write_text("packages:\n" + "".join(f"  - '{pattern}'\n" for pattern in patterns))
    tree = FolderTree(str(root))
    return list(find_directories(tree, read_patterns(read_workspace_file(tree), Version(version))))


def test_links_to_directories_are_followed(root: Path) -> None:
    """Also links behind links; those that go round are not."""
    assert _found(root, "10.30.0", "packages/*") == [".", "packages/a", "packages/link"]
    assert _found(root, "9.12.0", "alias/**") == [".", "alias/a", "alias/a/again/b", "alias/a/inner", "alias/link"]


def test_pnpm_12_follows_links_only_before_the_first_wildcard(root: Path) -> None:
    """A plain path is taken as it stands."""
    assert _found(root, "12.4.2", "packages/*") == [".", "packages/a"]
    assert _found(root, "12.4.2", "packages/link") == [".", "packages/link"]
    assert _found(root, "12.4.2", "alias/*") == [".", "alias/a"]
