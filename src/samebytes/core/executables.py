"""Which packed files are programs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from samebytes.core.file_view import FileView, joined
from samebytes.model.json_value import JsonObject
from samebytes.model.tree_entry import EntryKind


def executables(view: FileView, manifest: JsonObject, *, hidden: bool) -> frozenset[str]:
    """The stored paths of all `bin` targets, else of what `directories.bin` holds, and of `publishConfig.executableFiles`.

    `hidden` is whether hidden files and folders in `directories.bin` count. pnpm's getBinsFromPackageManifest, except that
    a command name it would refuse to link still makes its file a program.
    """
    targets = manifest.get("bin")
    paths: list[str] = []
    if isinstance(targets, str):
        paths = [targets]
    elif isinstance(targets, Mapping):
        paths = [target for target in targets.values() if isinstance(target, str)]
    if not targets:
        directories = manifest.get("directories")
        directory = directories.get("bin") if isinstance(directories, Mapping) else None
        paths = _files_below(view, directory, hidden=hidden) if isinstance(directory, str) else []
    settings = manifest.get("publishConfig")
    named = settings.get("executableFiles") if isinstance(settings, Mapping) else None
    if isinstance(named, Sequence) and not isinstance(named, str):
        paths += [path for path in named if isinstance(path, str)]
    return frozenset(posixpath.normpath(path.lstrip("/")) for path in paths if path)


def _files_below(view: FileView, directory: str, *, hidden: bool) -> list[str]:
    """The files in a folder and below, links not followed."""
    top = posixpath.normpath(directory.lstrip("/")) if directory.strip("/") else ""
    if top == ".." or top.startswith("../"):
        return []
    found: list[str] = []
    pending = ["" if top == "." else top]
    while pending:
        path = pending.pop()
        for entry in view.entries(path).values():
            if entry.name.startswith(".") and not hidden:
                continue
            if entry.kind is EntryKind.DIRECTORY:
                pending.append(joined(path, entry.name))
            elif entry.kind is EntryKind.FILE:
                found.append(joined(path, entry.name))
    return found
