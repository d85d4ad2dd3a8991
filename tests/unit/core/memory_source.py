"""A repository in memory, as listing what to pack sees it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from samebytes.model.tree_entry import Entry, EntryKind
from tests.contract.packing_tree import Content, Folder, Link, Program

_MOST_LINKS = 20


class Other:
    """A socket, a device or a pipe."""


class MemorySource:
    """The files of a repository as a mapping of path to content, packed from `directory`."""

    def __init__(self, files: Mapping[str, Content | Other], directory: str = ".") -> None:
        self.directory = directory
        self.scanned: list[str] = []
        self._files = dict(files)
        self._folders: dict[str, dict[str, Entry]] = {".": {}}
        for path, content in files.items():
            self._add(path, content)

    def scan(self, path: str) -> Sequence[Entry]:
        """The names in a directory, the last added first."""
        self.scanned.append(path)
        return list(reversed(self._folders.get(path, {}).values()))

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        content = self._files[path]
        if isinstance(content, Program):
            content = content.text
        assert isinstance(content, (str, bytes)), f"{path} is no file"
        return content.encode() if isinstance(content, str) else content

    def resolve(self, path: str) -> str | None:
        """The path with all links followed; None when it leads outside or to nothing."""
        rest = path.split("/")
        real: list[str] = []
        links = 0
        while rest:
            part = rest.pop(0)
            if part in {"", "."}:
                continue
            if part == "..":
                if not real:
                    return None
                real.pop()
                continue
            here = "/".join([*real, part])
            content = self._files.get(here)
            if isinstance(content, Link):
                links += 1
                if links > _MOST_LINKS or content.target.startswith("/"):
                    return None
                rest = [*content.target.split("/"), *rest]
            elif content is None and here not in self._folders:
                return None
            else:
                real.append(part)
        return "/".join(real) or "."

    def locate(self, path: str) -> str:
        """A path that stands for one on disk."""
        return f"/repository/{path}"

    def _add(self, path: str, content: Content | Other) -> None:
        directory, name = posixpath.split(path)
        if isinstance(content, Folder):
            self._folders.setdefault(path, {})
            entry = Entry(name, EntryKind.DIRECTORY)
        elif isinstance(content, Link):
            entry = Entry(name, EntryKind.SYMLINK)
        elif isinstance(content, Other):
            entry = Entry(name, EntryKind.OTHER)
        else:
            entry = Entry(name, EntryKind.FILE, isinstance(content, Program))
        self._folder(directory)[name] = entry

    def _folder(self, path: str) -> dict[str, Entry]:
        if not path:
            return self._folders["."]
        if path not in self._folders:
            self._folders[path] = {}
            above, name = posixpath.split(path)
            self._folder(above)[name] = Entry(name, EntryKind.DIRECTORY)
        return self._folders[path]
