"""A clean clone at one commit: never the user's checkout, no setting of the host, verified against the tree.

The clone holds the history of the commit and the tags that the caller names, so that a build may ask `git describe` and
hears the same at every site; it shares no object file with the repository it comes from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from samebytes.errors import BuildError, ConfigError
from samebytes.system import lfs
from samebytes.system.git_objects import TreeEntry, read_tree_list, text_of
from samebytes.system.own_git import OwnGit
from samebytes.system.worktree import algorithm_of, observe

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|[^/:]+@?[^/:]*:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A verified worktree.

    `tracked` maps each tracked path, those of submodules included, to what it holds (`<mode> <blob id>` of the bytes on
    disk).
    """

    directory: str
    tracked: Mapping[str, str]

    def accepting(self, paths: Sequence[str]) -> Checkout:
        """The same checkout after a change of our own to these tracked files."""
        now = self._observe(paths)
        return replace(self, tracked={path: now.get(path, state) for path, state in self.tracked.items()})

    def changed(self) -> tuple[str, ...]:
        """The tracked files that are no longer what they were after the checkout, sorted."""
        now = self._observe(list(self.tracked))
        return tuple(sorted(path for path, state in self.tracked.items() if now[path] != state))

    def _observe(self, paths: Sequence[str]) -> Mapping[str, str]:
        """What these tracked paths hold now, each hashed as its own repository does."""
        by_algorithm: dict[str, list[str]] = {}
        for path in paths:
            by_algorithm.setdefault(algorithm_of(self.tracked[path].rpartition(" ")[2]), []).append(path)
        now: dict[str, str] = {}
        for algorithm, group in by_algorithm.items():
            now.update(observe(self.directory, group, algorithm))
        return now


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a commit comes from: a repository's path or URL, and its common git directory where it is local."""

    location: str
    git_directory: str


def local_origin(git: OwnGit, repository: str) -> Origin:
    """The repository at a path: a checkout, one of several worktrees, or a bare repository."""
    found = git.run(repository, "rev-parse", "--path-format=absolute", "--git-common-dir")
    directory = text_of(found).removesuffix("\n")
    return Origin(location=directory, git_directory=directory)


def check_out(
    git: OwnGit,
    origin: Origin,
    commit: str,
    directory: str,
    *,
    submodules: bool,
    tags: Mapping[str, str] = MappingProxyType({}),
) -> Checkout:
    """Clone a commit into an empty or missing folder and verify every file.

    `tags` maps the tags that the clone shall have to their objects; those of the origin do not come along by themselves.
    LFS files get their content where the local repository has it or where git-lfs can fetch it from the repository's
    own remote. Raises BuildError (SB-3004 git failed, SB-3005 a file is not what the commit says, SB-3007 a submodule
    cannot be had) and ConfigError (SB-3006 submodules not allowed, SB-3008 an encoding that depends on the host).
    """
    os.makedirs(directory, mode=0o755, exist_ok=True)
    _fetch(git, origin, commit, directory, tags)
    entries = read_tree_list(git.run(directory, "ls-tree", "-r", "-z", "--full-tree", "HEAD"))
    modules = sorted(path for path, entry in entries.items() if entry.is_submodule)
    if modules and not submodules:
        raise ConfigError(
            "SB-3006",
            f"the commit has submodules ({', '.join(modules)}), and building with them is not allowed",
            hint="set build.submodules = true in samebytes.toml to check them out at their recorded commits",
        )
    files = {path: entry for path, entry in entries.items() if not entry.is_submodule}
    tracked = dict(_verified(git, directory, files))
    _fill_lfs(git, origin, commit, directory, files, tracked)
    for path in modules:
        inner = _submodule(git, origin, path, entries[path].object_id, directory)
        tracked.update({f"{path}/{name}": state for name, state in inner.tracked.items()})
    return Checkout(directory=directory, tracked=tracked)


def _fetch(git: OwnGit, origin: Origin, commit: str, directory: str, tags: Mapping[str, str]) -> None:
    git.run(directory, "init", "--quiet", "--template=", f"--object-format={algorithm_of(commit)}", ".")
    git.run(
        directory,
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--update-shallow",
        "--end-of-options",
        origin.location,
        f"+{commit}:refs/samebytes/commit",
        *(f"+{found}:refs/tags/{name}" for name, found in sorted(tags.items())),
    )
    git.run(directory, "checkout", "--quiet", "--force", "--detach", commit)
    git.run(directory, "update-ref", "-d", "refs/samebytes/commit")


def _verified(git: OwnGit, directory: str, files: Mapping[str, TreeEntry]) -> Mapping[str, str]:
    """What each file holds, after comparing it with the tree.

    A file that git wrote differently from its blob (line ends, `$Id$`) is right when git's own way back, with the
    attributes of the commit alone, leads to the blob.
    """
    _refuse_encodings(git, directory, files)
    algorithm = algorithm_of(next(iter(files.values())).object_id) if files else "sha1"
    seen = observe(directory, files, algorithm)
    differing = [path for path, entry in files.items() if seen[path] != f"{entry.mode} {entry.object_id}"]
    wrong = [path for path in differing if seen[path].partition(" ")[0] != files[path].mode]
    converted = [path for path in differing if path not in set(wrong)]
    if converted:
        listed = b"".join(path.encode("utf-8", "surrogateescape") + b"\n" for path in converted if "\n" not in path)
        ids = text_of(git.run(directory, "hash-object", "--stdin-paths", input_=listed)).split()
        back = dict(zip([path for path in converted if "\n" not in path], ids, strict=True))
        wrong += [path for path in converted if back.get(path) != files[path].object_id]
    if wrong:
        raise BuildError(
            "SB-3005",
            f"{len(wrong)} checked-out files are not what the commit says, such as {min(wrong)!r}",
            hint="build on a file system that tells upper from lower case and keeps symlinks and executable bits",
        )
    return seen


def _refuse_encodings(git: OwnGit, directory: str, files: Mapping[str, TreeEntry]) -> None:
    for path, found in git.attributes(directory, ["working-tree-encoding"], list(files)).items():
        if found["working-tree-encoding"].upper() not in {"UTF-8", "UTF8", "SET"}:
            raise ConfigError(
                "SB-3008",
                f"{path}: .gitattributes asks for working-tree-encoding={found['working-tree-encoding']}, "
                "which each system converts its own way",
                hint="store the file in the encoding that it is used in, and remove the attribute",
            )


def _fill_lfs(
    git: OwnGit,
    origin: Origin,
    commit: str,
    directory: str,
    files: Mapping[str, TreeEntry],
    tracked: dict[str, str],
) -> None:
    """Put content in place of LFS pointers, in `tracked` too; packing refuses files that stay pointers."""
    filters = git.attributes(directory, ["filter"], list(files))
    pointers = lfs.find_pointers(directory, [path for path, found in filters.items() if found["filter"] == "lfs"])
    if not pointers:
        return
    left = lfs.fill(directory, pointers, [origin.git_directory] if origin.git_directory else [])
    if left:
        lfs.fetch(git, origin.git_directory or origin.location, commit, directory)
        left = lfs.fill(directory, left, [str(Path(directory, ".git"))])
    filled = sorted(set(pointers) - set(left))
    if filled:
        tracked.update(observe(directory, filled, algorithm_of(files[filled[0]].object_id)))
        # Without this, `git status` and `git describe --dirty` in a script would see changed files.
        git.run(directory, "update-index", "--assume-unchanged", "-z", "--stdin", input_="\0".join(filled).encode())


def _submodule(git: OwnGit, origin: Origin, path: str, commit: str, directory: str) -> Checkout:
    """One submodule at its recorded commit: from the local repository's own copy, else from where .gitmodules says."""
    name, url = _module_settings(git, directory, path)
    local = os.path.join(origin.git_directory, "modules", name) if origin.git_directory else ""
    candidates = [Origin(location=local, git_directory=local)] if local and os.path.isdir(local) else []
    resolved = _resolve_url(git, origin, url)
    candidates.append(Origin(location=resolved, git_directory=_local_git_directory(git, resolved)))
    failure: BuildError | None = None
    for candidate in candidates:
        try:
            return check_out(git, candidate, commit, f"{directory}/{path}", submodules=True)
        except BuildError as error:
            failure = error
    raise BuildError(
        "SB-3007",
        f"the submodule {path} cannot be had at its recorded commit {commit}",
        hint="git submodule update --init --recursive in the repository that samebytes reads",
    ) from failure


def _module_settings(git: OwnGit, directory: str, path: str) -> tuple[str, str]:
    listing = git.attempt(directory, "config", "--file", ".gitmodules", "-z", "--list").stdout
    settings = dict(text_of(line).partition("\n")[::2] for line in listing.split(b"\0") if line)
    for key, value in settings.items():
        if key.startswith("submodule.") and key.endswith(".path") and value == path:
            name = key.removeprefix("submodule.").removesuffix(".path")
            # git itself refuses such names (CVE-2018-11235): they would lead out of `modules`.
            if ".." not in name.split("/"):
                return name, settings.get(f"submodule.{name}.url", "")
    raise BuildError("SB-3007", f"the submodule {path} has no entry in .gitmodules", hint="git submodule add")


def _resolve_url(git: OwnGit, origin: Origin, url: str) -> str:
    """A relative URL is relative to the repository's remote, or to the repository where it has none (gitmodules(5))."""
    if not url.startswith(("./", "../")):
        return url
    base = remote_url(git, origin) or origin.location
    if not _SCHEME.match(base):
        return os.path.normpath(os.path.join(base, url))
    while url.startswith(("./", "../")):
        if url.startswith("../"):
            base = base.rstrip("/").rpartition("/")[0]
        url = url.partition("/")[2]
    return f"{base.rstrip('/')}/{url}"


def remote_url(git: OwnGit, origin: Origin) -> str:
    """The URL of the repository's remote `origin`, or empty."""
    if not origin.git_directory:
        return ""
    found = git.attempt(origin.git_directory, "--git-dir=.", "config", "--local", "--get", "remote.origin.url")
    return text_of(found.stdout).strip()


def _local_git_directory(git: OwnGit, location: str) -> str:
    if _SCHEME.match(location) or not os.path.isdir(location):
        return ""
    return local_origin(git, location).git_directory
