"""Git LFS: pointers in a checkout, and the content they stand for.

Content is found in a local store and checked by its sha256; git-lfs itself is only needed to fetch what is not there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from samebytes.errors import BuildError
from samebytes.formats import lfs_pointer
from samebytes.system.git_objects import text_of
from samebytes.system.own_git import OwnGit
from samebytes.system.worktree import path_in

_CHUNK_BYTES = 1 << 20


def find_pointers(directory: str, paths: Sequence[str]) -> Mapping[str, str]:
    """Those of the paths that hold a pointer, with the sha256 it names."""
    found: dict[str, str] = {}
    for path in paths:
        where = path_in(directory, path)
        if not os.path.islink(where) and os.path.isfile(where):
            with open(where, "rb") as file:
                oid = lfs_pointer.content_of(file.read(lfs_pointer.LIMIT_BYTES))
            if oid:
                found[path] = oid
    return found


def fill(directory: str, pointers: Mapping[str, str], git_directories: Sequence[str]) -> Mapping[str, str]:
    """Write the content of pointers from the LFS stores of git directories; returns the pointers that stay."""
    left: dict[str, str] = {}
    for path, oid in pointers.items():
        stored = [Path(folder, "lfs", "objects", oid[:2], oid[2:4], oid) for folder in git_directories]
        source = next((file for file in stored if file.is_file()), None)
        if source is None or not _copy(source, path_in(directory, path), oid):
            left[path] = oid
    return left


def fetch(git: OwnGit, origin: str, commit: str, directory: str) -> None:
    """Let git-lfs fetch a commit's content into the clone, from the origin's remote or the origin itself.

    Not where the commit's own `.lfsconfig` names another host: only configured remotes are called.
    Nothing is raised when that fails: what stays a pointer is known, and packing one is an error.
    """
    try:
        if git.attempt(directory, "lfs", "version").returncode:
            return
        local = os.path.isdir(origin)
        shown = git.attempt(origin, "--git-dir=.", "config", "--local", "--get", "remote.origin.url") if local else None
        url = text_of(shown.stdout).strip() if shown else origin
        url = url or f"file://{origin}"
        if not stays_at(git, directory, url):
            return
        git.run(directory, "config", "remote.origin.url", url)
        git.attempt(directory, "lfs", "fetch", "origin", commit)
        git.run(directory, "config", "--remove-section", "remote.origin")
    except BuildError:
        return


def stays_at(git: OwnGit, directory: str, url: str) -> bool:
    """Whether every URL in the clone's `.lfsconfig` leads to the host of this one."""
    file = Path(directory, ".lfsconfig")
    if not os.path.lexists(file):
        return True
    if file.is_symlink():
        return False
    listing = git.attempt(directory, "config", "--file", ".lfsconfig", "--no-includes", "-z", "--list")
    if listing.returncode:
        return False
    settings = [text_of(one).partition("\n") for one in listing.stdout.split(b"\0") if one]
    return all(host_of(value) == host_of(url) for key, _, value in settings if key.endswith("url"))


def host_of(url: str) -> str:
    """The host of a URL, or of `user@host:path`; a local path has none."""
    if "://" in url:
        return (urlsplit(url).hostname or "").lower()
    before, colon, _ = url.partition(":")
    return before.rpartition("@")[2].lower() if colon and "/" not in before else ""


def _copy(source: Path, target: bytes, oid: str) -> bool:
    """Replace a file's content, keeping its mode; False when the source is not what its name says."""
    state = hashlib.sha256()
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            state.update(chunk)
        if state.hexdigest() != oid:
            return False
        file.seek(0)
        with open(target, "r+b") as output:
            output.truncate()
            while chunk := file.read(_CHUNK_BYTES):
                output.write(chunk)
    return True
