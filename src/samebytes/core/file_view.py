"""A packed directory as file rules see it: logical paths, each directory read once, links followed only on request."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from samebytes.core.pack_source import PackSource
from samebytes.model.tree_entry import Entry, EntryKind

Scans = dict[str, Mapping[str, Entry]]


def joined(directory: str, name: str) -> str:
    """A path below a directory, which may be the top (empty) one."""
    return f"{directory}/{name}" if directory else name


class FileView:
    """Paths are relative to the top, which is the empty path; a path may pass through links.

    `top` is a repository path without links. What leads outside the repository counts as absent.
    """

    def __init__(self, source: PackSource, top: str, scans: Scans | None = None) -> None:
        self.source = source
        self.top = top
        self._scans: Scans = {} if scans is None else scans
        self._real: dict[str, str | None] = {"": top}

    def below(self, top: str) -> FileView:
        """Another view of the same repository; `top` is a repository path without links."""
        return FileView(self.source, top, self._scans)

    def real(self, path: str) -> str | None:
        """The repository path behind a path, all links followed; None where there is nothing inside the repository."""
        if path not in self._real:
            self._real[path] = self._found(path)
        return self._real[path]

    def entries(self, path: str) -> Mapping[str, Entry]:
        """The names in a directory; empty where there is no such directory."""
        real = self.real(path)
        return {} if real is None else self.scanned(real)

    def scanned(self, real: str) -> Mapping[str, Entry]:
        """The names in a directory of the repository."""
        found = self._scans.get(real)
        if found is None:
            found = self._scans[real] = {entry.name: entry for entry in self.source.scan(real)}
        return found

    def kind(self, path: str) -> EntryKind | None:
        """What a path is, the last component not followed (lstat); None where there is nothing."""
        if not path:
            return EntryKind.DIRECTORY
        directory, _, name = path.rpartition("/")
        entry = self.entries(directory).get(name)
        return None if entry is None else entry.kind

    def target_kind(self, path: str) -> EntryKind | None:
        """What a path is, links followed (stat); None where there is nothing inside the repository."""
        kind = self.kind(path)
        if kind is not EntryKind.SYMLINK:
            return kind
        real = self.real(path)
        if real is None or real == ".":
            return None if real is None else EntryKind.DIRECTORY
        entry = self.at(real)
        return None if entry is None else entry.kind

    def at(self, real: str) -> Entry | None:
        """The entry of a repository path that is not the root."""
        directory, _, name = real.rpartition("/")
        return self.scanned(directory or ".").get(name)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, links followed; None where there is none."""
        real = self.real(path)
        if real is None or self.target_kind(path) is not EntryKind.FILE:
            return None
        return self.source.read(real)

    def _found(self, path: str) -> str | None:
        directory, _, name = path.rpartition("/")
        if name in {"", ".", ".."} or ".." in directory.split("/"):
            return self.source.resolve(posixpath.normpath(posixpath.join(self.top, path)))
        above = self.real(directory)
        entry = self.entries(directory).get(name)
        if above is None or entry is None:
            return None
        below = name if above == "." else f"{above}/{name}"
        return self.source.resolve(below) if entry.kind is EntryKind.SYMLINK else below
