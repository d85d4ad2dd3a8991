"""A release as a folder: whole or not at all, and nothing of others is touched."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import BuildError, UsageError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.write_out import write_out
from samebytes.formats import build_record, sha512sums
from samebytes.model.digests import sha512
from samebytes.model.release import STATEMENT_ASSET
from tests.small_releases import LAMPS, built_release

_NAMES = (
    "SHA512SUMS",
    "acme__glow-1.0.0.tgz",
    "acme__wick-1.0.0.tgz",
    "build-record.json",
    "lantern-1.0.0.tgz",
    "release.json",
)


def test_writes_everything_and_coreutils_agree(tmp_path: Path) -> None:
    """Tarballs, statement, sums and record are there; `sha512sum -c` accepts them."""
    built = _built(tmp_path / "built")
    out = tmp_path / "new" / "out"
    assert write_out(built, str(out)) == _NAMES
    assert (out / "release.json").read_bytes() == built.statement
    assert build_record.read((out / "build-record.json").read_bytes(), "") == built.record
    subprocess.run(("sha512sum", "--check", "--strict", "SHA512SUMS"), cwd=out, check=True, capture_output=True)
    assert _names(tmp_path / "new") == ["out"]


def test_replaces_an_earlier_output_and_an_empty_folder(tmp_path: Path) -> None:
    """The same command may be repeated; what an earlier release had more is gone."""
    out = tmp_path / "out"
    out.mkdir()
    write_out(_built(tmp_path / "more"), str(out))
    write_out(_built(tmp_path / "less", members=2), str(out))
    assert _names(out) == sorted(set(_NAMES) - {"lantern-1.0.0.tgz"})


@pytest.mark.parametrize("other", ["thesis.txt", "SHA512SUMS"])
def test_refuses_a_folder_with_other_things_in_it(tmp_path: Path, other: str) -> None:
    """Files that we did not write stay as they are."""
    out = tmp_path / "out"
    out.mkdir()
    (out / other).write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        write_out(_built(tmp_path / "built"), str(out))
    assert (caught.value.code, _names(out)) == ("SB-3120", [other])


def test_refuses_an_output_to_which_something_was_added(tmp_path: Path) -> None:
    """A file among ours that we do not know keeps the whole folder from being replaced."""
    out = tmp_path / "out"
    write_out(_built(tmp_path / "built"), str(out))
    (out / "notes.txt").write_bytes(b"")
    with pytest.raises(UsageError):
        write_out(_built(tmp_path / "again"), str(out))
    assert (out / "notes.txt").exists()


def test_refuses_a_file(tmp_path: Path) -> None:
    """A file is not a folder."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(UsageError):
        write_out(_built(tmp_path / "built"), str(tmp_path / "out"))


def test_leaves_the_earlier_output_when_writing_fails(tmp_path: Path) -> None:
    """A tarball that vanished stops the writing; what was there before still is, whole."""
    out = tmp_path / "out"
    write_out(_built(tmp_path / "first"), str(out))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    built = _built(tmp_path / "second")
    shutil.rmtree(tmp_path / "second")
    with pytest.raises(BuildError) as caught:
        write_out(built, str(out))
    assert caught.value.code == "SB-3121"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "out"]


def test_puts_the_earlier_output_back_when_the_last_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the rename itself may fail; then the earlier output gets its name back."""
    out = tmp_path / "out"
    write_out(_built(tmp_path / "first"), str(out))
    real = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(5, "broken")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(BuildError):
        write_out(_built(tmp_path / "second"), str(out))
    assert _names(out) == sorted(_NAMES)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _built(folder: Path, members: int = 3) -> BuiltRelease:
    built = built_release(folder, members=LAMPS[:members])
    listed = {one.tarball.id.asset_name: one.tarball.sha512 for one in built.packed}
    return replace(built, sums=sha512sums.write({**listed, STATEMENT_ASSET: sha512(built.statement)}))
