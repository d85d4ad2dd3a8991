"""A finished release becomes a folder in one step, and nothing of somebody else's is replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samebytes.errors import BuildError, UsageError
from samebytes.flows.write_out import write_out
from tests.small_releases import LAMPS, built_release, bumped

_DOCUMENTS = ["SHA512SUMS", "build-record.json", "release.json"]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_tarballs_and_documents(tmp_path: Path) -> None:
    """Each tarball under its asset name with its bytes, the three documents, and nothing left beside the folder."""
    built = built_release(tmp_path / "built")
    out = tmp_path / "deep" / "out"
    written = write_out(built, str(out))
    assert list(written) == _names(out) == sorted([*_DOCUMENTS, *(m.tarball.id.asset_name for m in built.packed)])
    assert (out / "release.json").read_bytes() == built.statement
    assert (out / "SHA512SUMS").read_bytes() == built.sums
    for member in built.packed:
        assert (out / member.tarball.id.asset_name).read_bytes() == Path(member.file).read_bytes()
    assert _names(out.parent) == ["out"]


def test_tarballs_are_copied_where_a_file_cannot_have_two_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another file system, or one without hard links, the outcome is the same."""
    built = built_release(tmp_path / "built")

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    write_out(built, str(tmp_path / "out"))
    for member in built.packed:
        assert (tmp_path / "out" / member.tarball.id.asset_name).read_bytes() == Path(member.file).read_bytes()


def test_replaces_an_earlier_output_whole(tmp_path: Path) -> None:
    """Of an earlier release nothing is left behind."""
    out = tmp_path / "out"
    write_out(built_release(tmp_path / "first"), str(out))
    write_out(built_release(tmp_path / "second", members=bumped(LAMPS, "lantern", "2.0.0")), str(out))
    assert _names(out) == sorted([*_DOCUMENTS, "lantern-2.0.0.tgz"])
    assert _names(tmp_path) == ["first", "out", "second"]


def test_refuses_a_folder_with_other_files(tmp_path: Path) -> None:
    """A folder that holds anything of somebody else's stays as it is, also beside an output of ours."""
    built = built_release(tmp_path / "built")
    out = tmp_path / "out"
    write_out(built, str(out))
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="SB-3120"):
        write_out(built, str(out))
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_refuses_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """A file is never replaced."""
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="SB-3120: out is not a folder"):
        write_out(built_release(tmp_path / "built"), str(tmp_path / "out"))
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_a_write_that_fails_leaves_the_earlier_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails, the error says so, the earlier output stays whole and no draft is left."""
    out = tmp_path / "out"
    write_out(built_release(tmp_path / "first"), str(out))
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    second = built_release(tmp_path / "second", members=bumped(LAMPS, "lantern", "2.0.0"))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BuildError, match=r"SB-3121: .* cannot be written: Input/output error"):
        write_out(second, str(out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert _names(tmp_path) == ["first", "out", "second"]
