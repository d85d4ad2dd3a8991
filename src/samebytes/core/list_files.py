"""Which files of a member are packed, and which of them are executable."""

from __future__ import annotations

import posixpath

from samebytes.core.pack_source import PackSource
from samebytes.dialects.profiles import Profile
from samebytes.model.json_value import JsonObject
from samebytes.model.tarball import ListedFile
from samebytes.model.tree_entry import EntryKind


def list_files(source: PackSource, manifest: JsonObject, profile: Profile) -> tuple[ListedFile, ...]:
    """The files that this profile's tool packs, sorted by the bytes of the stored path.

    `manifest` is the published one (`core.rewrite`).
    """
    del manifest, profile
    found: list[ListedFile] = []
    pending = [""]
    while pending:
        at = pending.pop()
        for entry in source.scan(posixpath.join(source.directory, at)):
            stored = posixpath.join(at, entry.name)
            if entry.kind is EntryKind.DIRECTORY and entry.name not in {"node_modules", ".git"}:
                pending.append(stored)
            elif entry.kind is EntryKind.FILE:
                path = posixpath.normpath(posixpath.join(source.directory, stored))
                found.append(
                    ListedFile(stored_path=stored, source_path=source.locate(path), executable=entry.executable)
                )
    return tuple(sorted(found, key=lambda file: file.stored_path.encode("utf-8", "surrogateescape")))
