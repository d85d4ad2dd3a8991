"""The files of a commit, read from git objects; symlinks are followed inside the tree and never out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from samebytes.errors import ConfigError
from samebytes.system.git_objects import DIRECTORY, RawObject, TreeEntry, text_of

# Linux gives up after 40 links (path_resolution(7)).
_MAX_LINKS = 40
# What the readers of a workspace ask for: fetched together, so that 1,000 members cost one process.
_READ_TOGETHER = frozenset(
    {
        "package.json",
        "package.json5",
        "package.yaml",
        "pnpm-workspace.yaml",
        "pnpm-lock.yaml",
        ".npmrc",
        ".nvmrc",
        ".node-version",
        ".changeset/config.json",
        "samebytes.toml",
    }
)

HINT_PARTIAL = "a partial clone cannot be read offline: run git fetch --refetch --no-filter, or clone again"

ReadObjects = Callable[[Sequence[str]], Sequence[RawObject | None]]


class GitTree:
    """A `SourceTree` over one commit; `entries` maps each path (files, links, submodules, directories) to its entry."""

    def __init__(self, commit: str, entries: Mapping[str, TreeEntry], read_objects: ReadObjects) -> None:
        self.commit = commit
        self.entries = entries
        self._read_objects = read_objects
        self._blobs: dict[str, bytes] = {}
        self._has_read_together = False

    @cached_property
    def _files(self) -> tuple[str, ...]:
        return tuple(
            sorted(path for path, entry in self.entries.items() if not (entry.is_directory or entry.is_submodule))
        )

    @cached_property
    def _symlinks(self) -> Mapping[str, str]:
        """Each symlink's target, as stored."""
        links = {path: entry.object_id for path, entry in self.entries.items() if entry.is_symlink}
        self._load(links.values())
        return {path: text_of(self._blobs[object_id]) for path, object_id in links.items()}

    def files(self) -> Sequence[str]:
        """Every tracked file's path, sorted; symlinks are among them, submodules and directories are not."""
        return self._files

    def directory_links(self) -> Mapping[str, str]:
        """Each symlink that leads to a directory inside the tree, with that directory's own path (`` for the root)."""
        resolved = {path: self.resolve(path) for path in self._symlinks}
        return {path: real for path, real in resolved.items() if real is not None and self._is_directory(real)}

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, symlinks followed inside the tree; None where there is no such file.

        Raises ConfigError (SB-2105) when this clone lacks the object.
        """
        real = self.resolve(path)
        entry = None if real is None else self.entries.get(real)
        if entry is None or entry.is_directory or entry.is_submodule:
            return None
        if entry.object_id not in self._blobs:
            self._load([entry.object_id, *self._wanted_together()])
        return self._blobs[entry.object_id]

    def resolve(self, path: str) -> str | None:
        """The path a file or directory has once all symlinks are followed; None where a link leaves the tree or loops."""
        done: list[str] = []
        todo = path.split("/")[::-1]
        links = 0
        while todo:
            part = todo.pop()
            if part == "..":
                if not done:
                    return None
                done.pop()
            elif part not in {"", "."}:
                done.append(part)
                entry = self.entries.get("/".join(done))
                if entry is not None and entry.is_symlink:
                    links += 1
                    target = self._symlinks["/".join(done)]
                    if links > _MAX_LINKS or target.startswith("/"):
                        return None
                    done.pop()
                    todo += target.split("/")[::-1]
        return "/".join(done)

    def _is_directory(self, path: str) -> bool:
        entry = self.entries.get(path)
        return not path or (entry is not None and entry.is_directory)

    def _wanted_together(self) -> Iterator[str]:
        if self._has_read_together:
            return
        self._has_read_together = True
        for path, entry in self.entries.items():
            parts = path.rsplit("/", 1)
            wanted = parts[-1] in _READ_TOGETHER or path in _READ_TOGETHER
            if wanted and entry.mode.startswith("100") and "node_modules/" not in path:
                yield entry.object_id

    def _load(self, object_ids: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(one for one in object_ids if one not in self._blobs))
        for object_id, found in zip(wanted, self._read_objects(wanted) if wanted else (), strict=True):
            if found is None:
                raise ConfigError(
                    "SB-2105",
                    f"this clone lacks the object {object_id} of commit {self.commit}",
                    hint=HINT_PARTIAL,
                )
            self._blobs[object_id] = found.data

    def tree_id(self, directory: str) -> str | None:
        """The object id of a directory's tree, None where it is not a directory."""
        entry = self.entries.get(directory)
        return entry.object_id if entry is not None and entry.mode == DIRECTORY else None
