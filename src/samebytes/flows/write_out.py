"""A finished release as a folder: tarballs, SHA512SUMS, release.json, build-record.json."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from samebytes.errors import BuildError, FormatError, UsageError
from samebytes.flows.make_release import BuiltRelease
from samebytes.formats import build_record, sha512sums
from samebytes.model.names import PackageId
from samebytes.model.release import STATEMENT_ASSET, SUMS_ASSET
from samebytes.system.build_place import remove_tree
from samebytes.system.pool import run_each

RECORD_FILE = "build-record.json"
# The disk writes many files at once almost as fast as one.
_AT_ONCE = 8


def write_out(built: BuiltRelease, out: str) -> tuple[str, ...]:
    """Put a release into a folder in one step, and return the names written, sorted.

    A folder that holds an earlier output of ours is replaced; one that holds anything else is refused (UsageError
    SB-3120). Nobody ever sees a half-written folder: it is made beside `out` and renamed. What cannot be written is
    BuildError (SB-3121).
    """
    refuse_foreign(out)
    try:
        return _replace(Path(os.path.realpath(out)), built)
    except OSError as error:
        raise BuildError(
            "SB-3121",
            f"{out} cannot be written: {error.strerror}",
            hint="check that there is space and that you may write there",
        ) from error


def _names_in(folder: Path) -> tuple[str, ...]:
    if folder.exists() and not folder.is_dir():
        raise UsageError("SB-3120", f"{folder.name} is not a folder", hint="name a folder that does not exist yet")
    return tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()


def refuse_foreign(out: str) -> None:
    """Raise UsageError (SB-3120) for a folder to write to that holds anything but an earlier output of ours."""
    target = Path(os.path.realpath(out))
    old = _names_in(target)
    if old and not _is_ours(target, old):
        raise UsageError(
            "SB-3120",
            f"{out} holds files that samebytes did not write",
            hint="name an empty folder, or one that does not exist yet",
        )


def names_out(ids: Iterable[PackageId]) -> tuple[str, ...]:
    """The names that `write_out` will write for these members, sorted."""
    return tuple(sorted([*(package.asset_name for package in ids), STATEMENT_ASSET, SUMS_ASSET, RECORD_FILE]))


def _is_ours(folder: Path, names: tuple[str, ...]) -> bool:
    """Whether every file is listed in the SHA512SUMS among them, or is one that we write beside it."""
    try:
        listed = sha512sums.read((folder / SUMS_ASSET).read_bytes(), SUMS_ASSET)
    except (OSError, FormatError):
        return False
    return STATEMENT_ASSET in listed and set(names) <= {*listed, SUMS_ASSET, RECORD_FILE}


def _replace(target: Path, built: BuiltRelease) -> tuple[str, ...]:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    draft = beside / "new"
    try:
        draft.mkdir()
        documents = {
            STATEMENT_ASSET: built.statement,
            SUMS_ASSET: built.sums,
            RECORD_FILE: build_record.write(built.record),
        }
        for member in built.packed:
            _place(member.file, draft / member.tarball.id.asset_name)
        for name, data in documents.items():
            (draft / name).write_bytes(data)
        names = _names_in(draft)
        run_each([partial(_make_durable, draft / name) for name in names], _AT_ONCE)
        _swap(draft, target, beside / "old")
    finally:
        remove_tree(str(beside))
    return names


def _swap(draft: Path, target: Path, aside: Path) -> None:
    """Give the draft the target's name; an earlier output moves aside first, for a folder cannot replace a full one."""
    if not _names_in(target):
        draft.rename(target)
        return
    target.rename(aside)
    try:
        draft.rename(target)
    except OSError:
        aside.rename(target)
        raise


def _place(file: str, target: Path) -> None:
    """Give a finished tarball a second name, or copy it where that cannot be (another file system, FAT)."""
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)


def _make_durable(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
