"""Which files of a member are packed, and which of them are executable."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from samebytes.core.executables import executables
from samebytes.core.file_view import FileView
from samebytes.core.ignore_rules import lines_of
from samebytes.core.list_globbed import list_globbed
from samebytes.core.list_walked import list_walked
from samebytes.core.pack_source import PackSource
from samebytes.dialects.profiles import FileRules, Profile, RootLicense
from samebytes.errors import ConfigError
from samebytes.model.json_value import JsonObject
from samebytes.model.tarball import ListedFile
from samebytes.model.tree_entry import EntryKind

# pnpm's own test whether a member brings a licence: it looks for the word anywhere in any path.
_MENTIONS_LICENSE = re.compile("LICEN[CS]E", re.IGNORECASE)
# LICEN{S,C}E{,.*} in the workspace root, in capitals only.
_ROOT_LICENSE = re.compile(r"LICEN[CS]E(?:\..*)?")
# pnpm reads these when there is no package.json, and packs what it made of them as package.json.
_OTHER_MANIFESTS = frozenset({"package.json5", "package.yaml"})


def list_files(source: PackSource, manifest: JsonObject, profile: Profile) -> tuple[ListedFile, ...]:
    """The files that this profile's tool packs, sorted by the bytes of the stored path.

    `manifest` is the published one (`core.rewrite`), as it is for the tools. Links are followed where the tool follows
    them and they stay inside the repository, else what they stand for is left out. Raises ConfigError: SB-4522 `files` is
    not a list of strings, SB-4523 a pattern leads out of the packed directory.
    """
    view = FileView(source)
    stored = _listed(view, manifest, profile) - _OTHER_MANIFESTS
    programs = executables(view, manifest)
    files = {path: source.locate(real) for path in stored if (real := view.real(path)) is not None}
    for path in files:
        if path.startswith("../") or "/../" in path:
            raise _leads_out(manifest, path)
    files |= {name: source.locate(real) for name, real in _root_license(source, files, profile)}
    return tuple(
        ListedFile(
            stored_path=path,
            source_path=files[path],
            executable=path in programs or (profile.modes_from_disk and _has_x_bit(view, path)),
        )
        for path in sorted(files, key=lambda path: path.encode("utf-8", "surrogateescape"))
    )


def _listed(view: FileView, manifest: JsonObject, profile: Profile) -> set[str]:
    match profile.file_rules:
        case FileRules.NPM_PACKLIST_5:
            return list_globbed(view, manifest)
        case FileRules.NPM_PACKLIST_10:
            return list_walked(view, manifest, _outer_rules(view) if profile.outer_ignore_files else ())


def _outer_rules(view: FileView) -> tuple[str, ...]:
    """The ignore rules of the directories from the workspace root down to the one above the member.

    They are read as if they stood in the member (npm-packlist's readOutOfTreeIgnoreFiles), and not at all where the member
    has a .npmignore of its own.
    """
    source = view.source
    if source.directory == "." or view.kind(".npmignore") is EntryKind.FILE:
        return ()
    rules: list[str] = []
    above = posixpath.dirname(source.directory)
    parts = above.split("/") if above else []
    for depth in range(len(parts) + 1):
        directory = "/".join(parts[:depth]) or "."
        names = {entry.name for entry in source.scan(directory)}
        name = next((name for name in (".npmignore", ".gitignore") if name in names), None)
        real = source.resolve(f"{directory}/{name}") if name is not None else None
        if real is not None:
            rules += lines_of(source.read(real))
    return tuple(rules)


def _root_license(source: PackSource, files: dict[str, str], profile: Profile) -> Iterator[tuple[str, str]]:
    """The licence files of the workspace root, for a member whose own paths mention none."""
    if profile.root_license is RootLicense.NEVER or source.directory == ".":
        return
    if any(_MENTIONS_LICENSE.search(path) for path in files):
        return
    for entry in source.scan("."):
        if not _ROOT_LICENSE.fullmatch(entry.name):
            continue
        if entry.kind is EntryKind.FILE:
            yield entry.name, entry.name
        elif entry.kind is EntryKind.SYMLINK and profile.root_license is RootLicense.FOLLOW_LINKS:
            real = source.resolve(entry.name)
            if real is not None and _is_file(source, real):
                yield entry.name, real


def _is_file(source: PackSource, path: str) -> bool:
    directory, name = posixpath.split(path)
    return any(entry.name == name and entry.kind is EntryKind.FILE for entry in source.scan(directory or "."))


def _has_x_bit(view: FileView, path: str) -> bool:
    directory, name = posixpath.split(path)
    entry = view.entries(directory).get(name)
    return entry is not None and entry.executable


def _leads_out(manifest: JsonObject, path: str) -> ConfigError:
    return ConfigError(
        "SB-4523",
        f"{manifest.get('name')}: files in package.json leads to {path!r}, which is not in the packed directory",
        hint="copy the file into the package before it is packed, and name the copy",
        details={"path": path},
    )
