"""Files of members are read exactly, and tarballs written whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from samebytes.errors import BuildError, ConfigError
from samebytes.system import open_inside
from samebytes.system.member_files import read_into, require_utf8_names, size_of, write_whole


def test_reads_a_file_into_its_place(tmp_path: Path) -> None:
    """The bytes land where they belong and nowhere else; an empty file is fine."""
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    target = bytearray(5)
    assert size_of(str(path), "m: a") == 3
    read_into(str(path), memoryview(target)[1:4], "m: a")
    assert target == b"\0abc\0"
    path.write_bytes(b"")
    read_into(str(path), memoryview(target)[1:1], "m: a")


@pytest.mark.parametrize("size_bytes", [2, 4])
def test_refuses_a_file_that_changed_its_size(tmp_path: Path, size_bytes: int) -> None:
    """One byte more or fewer than when it was listed is an error that names the file."""
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    with pytest.raises(BuildError, match="SB-4035: m: a changed while it was read"):
        read_into(str(path), memoryview(bytearray(size_bytes)), "m: a")


def test_refuses_what_is_no_regular_file(tmp_path: Path) -> None:
    """A folder, a FIFO and a missing file are not packed, and none of them blocks."""
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo"):
        with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed: not a regular file"):
            size_of(str(path), "m: a")
    with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed: No such file"):
        size_of(str(tmp_path / "missing"), "m: a")
    with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed: No such file"):
        read_into(str(tmp_path / "missing"), memoryview(b""), "m: a")


def test_writes_a_file_whole(tmp_path: Path) -> None:
    """The file is there under its name, replaces an older one, and nothing is left beside it."""
    for data in (b"one", b"two"):
        assert write_whole(str(tmp_path), "a.tgz", data) == str(tmp_path / "a.tgz")
        assert (tmp_path / "a.tgz").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


def test_leaves_nothing_behind_when_it_cannot_write(tmp_path: Path) -> None:
    """A folder in the way is an error, and the unfinished file is gone."""
    (tmp_path / "a.tgz").mkdir()
    with pytest.raises(BuildError, match=r"SB-4038: .*a\.tgz cannot be written"):
        write_whole(str(tmp_path), "a.tgz", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]
    with pytest.raises(BuildError, match="SB-4038"):
        write_whole(str(tmp_path / "missing"), "a.tgz", b"x")


def test_refuses_a_locale_that_changes_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where names on disk are taken for Latin-1, the same file would be packed under another path."""
    require_utf8_names()
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso8859-1")
    with pytest.raises(ConfigError, match="SB-4041: the locale makes file names iso8859-1 here"):
        require_utf8_names()


def test_follows_no_link_wherever_it_appears(tmp_path: Path) -> None:
    """A path was resolved when it was listed; a link that is there afterwards was put there to lead us elsewhere."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    (outside / "a").write_bytes(b"abc")
    inside.symlink_to(outside)
    (tmp_path / "link").symlink_to(outside / "a")
    for path in (inside / "a", tmp_path / "link"):
        with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed"):
            read_into(str(path), memoryview(bytearray(3)), "m: a")
    with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed: not a regular file"):
        size_of(str(tmp_path / "link"), "m: a")


def test_a_fifo_that_took_a_files_place_does_not_block(tmp_path: Path) -> None:
    """Opening it would wait for ever for somebody who writes."""
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed: not a regular file"):
        read_into(str(tmp_path / "fifo"), memoryview(bytearray(3)), "m: a")


def test_links_are_seen_without_proc_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems show no descriptors; the path itself is looked at again."""
    monkeypatch.setattr(open_inside, "_OWN_DESCRIPTORS", str(tmp_path / "nowhere"))
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "d").symlink_to(".")
    target = bytearray(3)
    read_into(str(tmp_path / "a"), memoryview(target), "m: a")
    assert target == b"abc"
    with pytest.raises(BuildError, match="SB-4037: m: a cannot be packed: a link leads elsewhere"):
        read_into(str(tmp_path / "d" / "a"), memoryview(bytearray(3)), "m: a")
