"""A repository's files on disk, as listing and packing see them."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field

from samebytes.errors import BuildError
from samebytes.model.tree_entry import Entry, EntryKind
from samebytes.system.open_inside import open_inside


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskPackSource:
    """The repository at `root`, packed from `directory` (POSIX, relative to it); see `core.pack_source.PackSource`.

    What cannot be read is BuildError (SB-4521).
    """

    root: str
    directory: str
    _real_root: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_real_root", os.path.realpath(self.root))

    def scan(self, path: str) -> Sequence[Entry]:
        """The names in a directory, links not followed; none where there is no such directory."""
        try:
            with os.scandir(self.locate(path)) as names:
                return [_entry(name) for name in names]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _unreadable(path, error) from error

    def read(self, path: str) -> bytes:
        """The bytes of a regular file; no link is followed, since the path has been resolved."""
        try:
            with open_inside(self.locate(path)) as file:
                return file.read()
        except OSError as error:
            raise _unreadable(path, error) from error

    def resolve(self, path: str) -> str | None:
        """The path with all links followed; None when it leads outside the repository or to nothing."""
        try:
            real = os.path.realpath(self.locate(path), strict=True)
        except OSError:
            return None
        if real == self._real_root:
            return "."
        prefix = self._real_root.rstrip(os.sep) + os.sep
        return real.removeprefix(prefix).replace(os.sep, "/") if real.startswith(prefix) else None

    def locate(self, path: str) -> str:
        """The absolute path on disk."""
        return f"{self._real_root.rstrip(os.sep)}{os.sep}{path.replace('/', os.sep)}"


def _entry(name: os.DirEntry[str]) -> Entry:
    if name.is_symlink():
        return Entry(name.name, EntryKind.SYMLINK)
    if name.is_dir(follow_symlinks=False):
        return Entry(name.name, EntryKind.DIRECTORY)
    if name.is_file(follow_symlinks=False):
        executable = bool(name.stat(follow_symlinks=False).st_mode & stat.S_IXUSR)
        return Entry(name.name, EntryKind.FILE, executable)
    return Entry(name.name, EntryKind.OTHER)


def _unreadable(path: str, error: OSError) -> BuildError:
    return BuildError(
        "SB-4521",
        f"{path} cannot be read while listing what to pack: {error.strerror}",
        hint="check the permissions of the file and of the folders above it",
        details={"path": path},
    )
