"""Which files of a member are packed, and which of them are executable."""

from __future__ import annotations

import re
from collections.abc import Mapping

from samebytes.core.executables import executables
from samebytes.core.file_view import FileView, joined
from samebytes.core.ignore_rules import lines_of
from samebytes.core.list_bundles import list_bundles
from samebytes.core.list_globbed import list_globbed
from samebytes.core.list_walked import list_walked
from samebytes.core.pack_source import PackSource
from samebytes.dialects.profiles import FileRules, Profile, RootLicense
from samebytes.errors import ConfigError
from samebytes.model.json_value import JsonObject
from samebytes.model.tarball import ListedFile
from samebytes.model.tree_entry import EntryKind

# LICEN{S,C}E{,.*} in the workspace root: in capitals only, but for profiles that say otherwise.
_ROOT_LICENSE = r"LICEN[CS]E(?:\..*)?"
# pnpm reads these when there is no package.json, and packs what it made of them as package.json.
_OTHER_MANIFESTS = frozenset({"package.json5", "package.yaml"})


def list_files(source: PackSource, manifest: JsonObject, profile: Profile) -> tuple[ListedFile, ...]:
    """The files that this profile's tool packs, sorted by the bytes of the stored path.

    `manifest` is the published one (`core.rewrite`), as it is for the tools. Links are followed where the tool follows
    them and they stay inside the repository, else what they stand for is left out. Raises ConfigError: SB-4522 `files` is
    not a list of strings, SB-4523 a pattern leads to a path with `.` or `..` in it, SB-4524 there is no packed directory.
    """
    top = source.resolve(source.directory)
    if top is None:
        raise ConfigError(
            "SB-4524",
            f"{manifest.get('name')}: the directory to pack, {source.directory}, does not exist in the repository",
            hint="build the package first, or correct publishConfig.directory in its package.json",
        )
    view = FileView(source, top)
    files = {path: real for path, real in _listed(view, manifest, profile).items() if path not in _OTHER_MANIFESTS}
    for path in files:
        if not {".", ".."}.isdisjoint(path.split("/")):
            raise _no_plain_path(manifest, path)
    files |= _root_license(view, files, profile)
    programs = executables(view, manifest, hidden=profile.hidden_programs)
    return tuple(
        ListedFile(
            stored_path=path,
            source_path=source.locate(files[path]),
            executable=path in programs or (profile.modes_from_disk and _has_x_bit(view, files[path])),
        )
        for path in sorted(files, key=lambda path: path.encode("utf-8", "surrogateescape"))
    )


def _listed(view: FileView, manifest: JsonObject, profile: Profile) -> dict[str, str]:
    if profile.file_rules is FileRules.NPM_PACKLIST_5:
        return {path: real for path in list_globbed(view, manifest) if (real := view.real(path)) is not None}
    outer = _outer_rules(view) if profile.walk.outer_ignore_files else ()
    return list_walked(view, manifest, outer, profile.walk) | list_bundles(view, manifest, profile.walk)


def _outer_rules(view: FileView) -> tuple[str, ...]:
    """The ignore rules of the directories from the workspace root down to the one above the member.

    They are read as if they stood in the member (npm-packlist's readOutOfTreeIgnoreFiles), and not at all where the member
    has a .npmignore of its own.
    """
    if view.top == "." or view.target_kind(".npmignore") is EntryKind.FILE:
        return ()
    rules: list[str] = []
    parts = view.source.directory.split("/")[:-1]
    for depth in range(len(parts) + 1):
        directory = "/".join(parts[:depth])
        candidates = (_read_outer(view, joined(directory, name)) for name in (".npmignore", ".gitignore"))
        rules += lines_of(next((data for data in candidates if data is not None), b""))
    return tuple(rules)


def _read_outer(view: FileView, path: str) -> bytes | None:
    """A file outside the member; its folder, which may hold a thousand members, is not read when it is not there."""
    real = view.source.resolve(path)
    if real is None or real == ".":
        return None
    entry = view.at(real)
    return view.source.read(real) if entry is not None and entry.kind is EntryKind.FILE else None


def _root_license(view: FileView, files: Mapping[str, str], profile: Profile) -> dict[str, str]:
    """The licence files of the workspace root, for a member that brings none by the tool's own measure."""
    if profile.root_license is RootLicense.NEVER or view.top == ".":
        return {}
    brings = re.compile(profile.own_license, re.IGNORECASE).search
    if any(brings(path) for path in files):
        return {}
    root = view.below(".")
    follow = profile.root_license is RootLicense.FOLLOW_LINKS
    is_license = re.compile(
        _ROOT_LICENSE, re.IGNORECASE if profile.root_license is RootLicense.ANY_CASE else 0
    ).fullmatch
    names = [name for name in root.entries("") if is_license(name)]
    return {
        name: real
        for name in names
        if (root.target_kind(name) if follow else root.kind(name)) is EntryKind.FILE
        and (real := root.real(name)) is not None
    }


def _has_x_bit(view: FileView, real: str) -> bool:
    entry = view.at(real)
    return entry is not None and entry.executable


def _no_plain_path(manifest: JsonObject, path: str) -> ConfigError:
    return ConfigError(
        "SB-4523",
        f"{manifest.get('name')}: files in package.json leads to {path!r}, which no tarball may hold",
        hint="write the path without '.' and '..'; copy what is outside the package into it before it is packed",
        details={"path": path},
    )
