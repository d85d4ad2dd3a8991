"""A repository on disk, as listing and packing see it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samebytes.errors import BuildError
from samebytes.model.tree_entry import Entry, EntryKind
from samebytes.system.pack_source import DiskPackSource


@pytest.fixture
def source(tmp_path: Path) -> DiskPackSource:
    """A small repository."""
    root = tmp_path / "repository"
    (root / "lib").mkdir(parents=True)
    (root / "lib" / "a").write_bytes(b"a")
    (root / "run").write_bytes(b"r")
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("lib")
    (root / "out").symlink_to(tmp_path)
    (root / "gone").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    (tmp_path / "repository-beside").mkdir()
    (root / "beside").symlink_to("../repository-beside")
    return DiskPackSource(root=str(root), directory="lib")


def test_scan_names_everything_and_follows_nothing(source: DiskPackSource) -> None:
    """Files with the owner's x bit, folders, links, and the rest."""
    assert sorted(source.scan("."), key=lambda entry: entry.name) == [
        Entry("beside", EntryKind.SYMLINK),
        Entry("gone", EntryKind.SYMLINK),
        Entry("lib", EntryKind.DIRECTORY),
        Entry("link", EntryKind.SYMLINK),
        Entry("out", EntryKind.SYMLINK),
        Entry("pipe", EntryKind.OTHER),
        Entry("run", EntryKind.FILE, executable=True),
    ]
    assert list(source.scan("lib")) == [Entry("a", EntryKind.FILE)]


def test_scan_of_what_is_no_directory_is_empty(source: DiskPackSource) -> None:
    """A file and nothing have no names in them."""
    assert list(source.scan("run")) == []
    assert list(source.scan("nowhere")) == []


def test_resolve_stays_inside(source: DiskPackSource) -> None:
    """Links are followed inside the repository, and lead nowhere outside."""
    found = {
        path: source.resolve(path)
        for path in (".", "link/a", "link/..", "out", "gone", "beside", "../repository", "lib/a")
    }
    assert found == {
        ".": ".",
        "link/a": "lib/a",
        "link/..": ".",
        "out": None,
        "gone": None,
        "beside": None,
        "../repository": ".",
        "lib/a": "lib/a",
    }


def test_root_may_be_a_link(tmp_path: Path, source: DiskPackSource) -> None:
    """Paths are relative to what the root leads to."""
    (tmp_path / "checkout").symlink_to("repository")
    other = DiskPackSource(root=str(tmp_path / "checkout"), directory=".")
    assert other.resolve("link/a") == "lib/a"
    assert other.locate("lib/a") == source.locate("lib/a")


def test_read_gives_the_bytes(source: DiskPackSource) -> None:
    """As they are."""
    assert source.read("lib/a") == b"a"
    assert Path(source.locate("lib/a")).read_bytes() == b"a"


def test_unreadable_is_an_error_of_its_own(source: DiskPackSource) -> None:
    """What cannot be read is said with its path."""
    with pytest.raises(BuildError) as caught:
        source.read("nowhere")
    assert caught.value.code == "SB-4521"
    with pytest.raises(BuildError) as caught:
        source.scan("a" * 5000)
    assert caught.value.code == "SB-4521"


def test_read_follows_no_link(source: DiskPackSource) -> None:
    """What is read has been resolved; a link in its place leads elsewhere."""
    for path in ("link/a", "out"):
        with pytest.raises(BuildError) as caught:
            source.read(path)
        assert caught.value.code == "SB-4521"
