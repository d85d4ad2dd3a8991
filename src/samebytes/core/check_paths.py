"""Which set of paths may be packed: each is harmless, and no two are one file on anybody's machine.

Unicode normalisation and case folding only detect collisions; the bytes of a path are never changed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from samebytes.errors import FormatError
from samebytes.formats.stored_path import problem_with
from samebytes.model.settings import PackSettings


def check_paths(paths: Sequence[str], settings: PackSettings, place: str) -> None:
    """Accept the stored paths of one tarball, without `package/`, or raise.

    Raises FormatError with the place and the path: SB-4030 not allowed anywhere, SB-4031 not NFC (unless
    `pack.allow_non_nfc_paths`), SB-4032 two paths that are one where case or form does not count (unless
    `pack.allow_colliding_paths`), SB-4033 twice the same, or a file that is also a folder.
    """
    for path in paths:
        _check_path(path, settings, place)
    _check_distinct(paths, place)
    if not settings.allow_colliding_paths:
        _check_collisions(paths, place)


def _check_path(path: str, settings: PackSettings, place: str) -> None:
    problem = problem_with(path)
    if problem:
        raise FormatError("SB-4030", f"the path {path!r} {problem}", place=place)
    if not (path.isascii() or settings.allow_non_nfc_paths or unicodedata.is_normalized("NFC", path)):
        raise FormatError(
            "SB-4031",
            f"the path {path!r} is not in Unicode normal form C",
            place=place,
            hint="rename the file, or set `allow_non_nfc_paths = true` in [pack] when everybody is on Linux",
        )


def _check_distinct(paths: Sequence[str], place: str) -> None:
    files = set(paths)
    if len(files) != len(paths):
        twice = next(path for path in sorted(files) if paths.count(path) > 1)
        raise FormatError("SB-4033", f"{twice!r} is there twice", place=place)
    for folder in sorted(_folders(paths)):
        if folder in files:
            raise FormatError("SB-4033", f"{folder!r} is a file and a folder", place=place)


def _check_collisions(paths: Sequence[str], place: str) -> None:
    folded: dict[str, str] = {}
    for path in sorted(paths):
        other = folded.setdefault(_folded(path), path)
        if other != path:
            raise _collision(other, path, place)
    for folder in sorted(_folders(paths)):
        other = folded.get(_folded(folder), "")
        if other:
            raise _collision(other, f"{folder}/", place)


def _collision(first: str, second: str, place: str) -> FormatError:
    return FormatError(
        "SB-4032",
        f"{first!r} and {second!r} are the same where case or Unicode form does not count",
        place=place,
        hint="rename one, or set `allow_colliding_paths = true` in [pack] when everybody is on Linux",
    )


def _folders(paths: Iterable[str]) -> set[str]:
    """Every folder that these files are in, at any depth."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _folded(path: str) -> str:
    """The path as a file system sees it that keeps neither case nor form (Unicode, definition D146: NFC here for NFD)."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
