"""The files of a folder as they stand, for packing a checkout without a build."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from samebytes.errors import ConfigError

_LEFT_OUT = frozenset({".git", "node_modules"})
# Larger than any manifest, workspace file or lockfile.
_LIMIT_BYTES = 256 * 1024 * 1024


class FolderTree:
    """A `SourceTree` over a folder; symlinks are followed inside it, `.git` and `node_modules` are left out of the list."""

    def __init__(self, root: str) -> None:
        self._root = Path(os.path.realpath(root))

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file, symlinks followed inside the folder; None where there is none.

        Raises ConfigError (SB-2107) when it cannot be read.
        """
        real = self._inside(path)
        if real is None or not real.is_file():
            return None
        try:
            if real.stat().st_size > _LIMIT_BYTES:
                raise ConfigError("SB-2107", f"{path} is larger than {_LIMIT_BYTES} bytes")
            return real.read_bytes()
        except OSError as error:
            raise ConfigError("SB-2107", f"{path} cannot be read: {error.strerror}") from error

    def files(self) -> Sequence[str]:
        """Every file's path, symlinks included, sorted."""
        return tuple(path for path, _ in self._entries)

    def directory_links(self) -> Mapping[str, str]:
        """Each symlink that leads to a directory inside the folder, with that directory's own path."""
        links: dict[str, str] = {}
        for path in (path for path, is_link in self._entries if is_link):
            real = self._inside(path)
            if real is not None and real.is_dir():
                inside = real.relative_to(self._root).as_posix()
                links[path] = "" if inside == "." else inside
        return links

    @cached_property
    def _entries(self) -> tuple[tuple[str, bool], ...]:
        """Each file's path and whether it is a symlink, sorted."""
        return tuple(sorted(self._walk("")))

    def _walk(self, folder: str) -> Iterator[tuple[str, bool]]:
        todo = [folder]
        while todo:
            current = todo.pop()
            try:
                entries = list(os.scandir(self._root / current))
            except OSError as error:
                raise ConfigError("SB-2107", f"{current or '.'} cannot be read: {error.strerror}") from error
            for entry in entries:
                path = f"{current}/{entry.name}" if current else entry.name
                if entry.name in _LEFT_OUT:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    todo.append(path)
                elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                    yield path, entry.is_symlink()

    def _inside(self, path: str) -> Path | None:
        """The real path, None where it leaves the folder."""
        try:
            real = Path(os.path.realpath(self._root / path))
        except (OSError, ValueError):
            return None
        return real if real == self._root or self._root in real.parents else None
