"""A folder as a source of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samebytes.errors import ConfigError
from samebytes.system import folder_tree
from samebytes.system.folder_tree import FolderTree


def test_lists_files_and_links_and_leaves_out_what_is_not_the_repository(tmp_path: Path) -> None:
    """`.git` and `node_modules` are left out at every depth; pipes are no files."""
    for name in ("a/b.txt", ".git/config", "node_modules/x/y", "a/node_modules/z", ".hidden/f"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    tree = FolderTree(str(tmp_path))
    assert list(tree.files()) == [".hidden/f", "a/b.txt", "link"]
    assert tree.read("link/b.txt") == b"a/b.txt"
    assert tree.read("node_modules/x/y") == b"node_modules/x/y"


def test_reads_nothing_outside_of_the_folder(tmp_path: Path) -> None:
    """Links and dots that lead out, directories, and names that cannot be."""
    (tmp_path / "secret").write_text("x")
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to("../secret")
    (root / "loop").symlink_to("loop")
    tree = FolderTree(str(root))
    for path in ("out", "../secret", "loop", ".", "none", "a\0b"):
        assert tree.read(path) is None


def test_knows_links_to_directories(tmp_path: Path) -> None:
    """With the directory's own path; the root is the empty path."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "file").write_text("x")
    for name, target in {"l1": "a/b", "l2": "l1", "l3": ".", "l4": "file", "l5": "..", "l6": "none"}.items():
        (tmp_path / name).symlink_to(target)
    assert FolderTree(str(tmp_path)).directory_links() == {"l1": "a/b", "l2": "a/b", "l3": ""}


def test_a_file_over_the_limit_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that large is a manifest."""
    (tmp_path / "f").write_text("12345")
    monkeypatch.setattr(folder_tree, "_LIMIT_BYTES", 4)
    with pytest.raises(ConfigError) as caught:
        FolderTree(str(tmp_path)).read("f")
    assert caught.value.code == "SB-2107"


def test_what_the_system_refuses_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unreadable files and folders are never taken for missing."""
    (tmp_path / "f").write_text("x")
    tree = FolderTree(str(tmp_path))

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigError, match="f cannot be read: Permission denied"):
        tree.read("f")
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ConfigError, match=r"\. cannot be read"):
        tree.files()
