"""The packed directory as file rules see it: logical paths, each directory read once, links followed only on request."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from types import MappingProxyType

from samebytes.core.pack_source import PackSource
from samebytes.model.tree_entry import Entry, EntryKind

_NOTHING: Mapping[str, Entry] = MappingProxyType({})


def joined(directory: str, name: str) -> str:
    """A path below a directory, which may be the top (empty) one."""
    return f"{directory}/{name}" if directory else name


class FileView:
    """Paths are relative to the packed directory, which is the empty path; a path may pass through links.

    What leads outside the repository counts as absent.
    """

    def __init__(self, source: PackSource) -> None:
        self.source = source
        self._real: dict[str, str | None] = {"": source.resolve(source.directory)}
        self._entries: dict[str, Mapping[str, Entry]] = {}

    def real(self, path: str) -> str | None:
        """The repository path behind a path, all links followed; None where there is nothing inside the repository."""
        if path not in self._real:
            self._real[path] = self._found(path)
        return self._real[path]

    def entries(self, path: str) -> Mapping[str, Entry]:
        """The names in a directory; empty where there is no such directory."""
        found = self._entries.get(path)
        if found is None:
            real = self.real(path)
            found = {entry.name: entry for entry in self.source.scan(real)} if real is not None else _NOTHING
            self._entries[path] = found
        return found

    def kind(self, path: str) -> EntryKind | None:
        """What a path is, the last component not followed (lstat); None where there is nothing."""
        if not path:
            return EntryKind.DIRECTORY
        directory, name = posixpath.split(path)
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
        directory, name = posixpath.split(real)
        return next((entry.kind for entry in self.source.scan(directory or ".") if entry.name == name), None)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, links followed; None where there is none."""
        real = self.real(path)
        if real is None or self.target_kind(path) is not EntryKind.FILE:
            return None
        return self.source.read(real)

    def _found(self, path: str) -> str | None:
        directory, name = posixpath.split(path)
        if name in {"", ".", ".."} or "/../" in f"/{directory}/":
            return self.source.resolve(posixpath.normpath(posixpath.join(self.source.directory, path)))
        above = self.real(directory)
        entry = self.entries(directory).get(name)
        if above is None or entry is None:
            return None
        below = name if above == "." else f"{above}/{name}"
        return self.source.resolve(below) if entry.kind is EntryKind.SYMLINK else below
