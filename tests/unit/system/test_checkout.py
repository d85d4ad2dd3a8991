"""The clean clone: hostile host settings do not matter, submodules and LFS are had or refused, changes are seen."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from samebytes.errors import BuildError, ConfigError
from samebytes.system.checkout import Checkout, check_out, local_origin
from samebytes.system.own_git import OwnGit
from samebytes.system.process import Command, Completed, SystemRunner

_PATH = os.environ["PATH"]


def git(directory: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Run git as a developer would, with an identity and no other setting of this machine."""
    result = subprocess.run(
        ("git", *arguments),
        cwd=directory,
        env={
            "PATH": _PATH,
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1",
            **{
                f"GIT_{who}_{what}": value
                for who in ("AUTHOR", "COMMITTER")
                for what, value in (("NAME", "t"), ("EMAIL", "t@example.org"), ("DATE", "2024-01-02T03:04:05Z"))
            },
            **(env or {}),
        },
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return result.stdout.strip()


def repository(directory: Path, files: dict[str, bytes]) -> str:
    """A repository with one commit of these files; a path that ends in `*` is executable. Returns the commit."""
    directory.mkdir(parents=True)
    git(directory, "init", "-q", "-b", "main")
    for path, data in files.items():
        target = directory / path.removesuffix("*")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(0o755 if path.endswith("*") else 0o644)
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "one")
    return git(directory, "rev-parse", "HEAD")


def clone(
    tmp_path: Path,
    source: Path,
    commit: str,
    *,
    submodules: bool = False,
    umask: int = 0o022,
    tags: Mapping[str, str] | None = None,
) -> Checkout:
    """Clone as a build does."""
    own = OwnGit(SystemRunner(), str(tmp_path / "home"), _PATH)
    before = os.umask(umask)
    try:
        return check_out(
            own,
            local_origin(own, str(source)),
            commit,
            str(tmp_path / "clone"),
            submodules=submodules,
            tags=tags or {},
        )
    finally:
        os.umask(before)


def test_clones_all_files_with_their_modes_and_links(tmp_path: Path) -> None:
    """Contents, executable bits and symlinks are those of the commit."""
    source = tmp_path / "source"
    repository(source, {"a.txt": b"a\r\nb\n", "run.sh*": b"#!/bin/sh\n", "d/é.txt": b"\0"})
    (source / "link").symlink_to("d/nowhere")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "two")
    done = clone(tmp_path, source, git(source, "rev-parse", "HEAD"))
    made = Path(done.directory)
    assert (made / "a.txt").read_bytes() == b"a\r\nb\n"
    assert (made / "link").readlink() == Path("d/nowhere")
    assert [(made / name).stat().st_mode & 0o777 for name in ("a.txt", "run.sh")] == [0o644, 0o755]
    assert (sorted(done.tracked), done.changed()) == (["a.txt", "d/é.txt", "link", "run.sh"], ())


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o027, 0o077])
def test_modes_do_not_depend_on_our_umask(tmp_path: Path, umask: int) -> None:
    """Files in the clone have the modes of umask 022, whoever starts us."""
    commit = repository(tmp_path / "source", {"a": b"", "b*": b"", "d/c": b""})
    made = Path(clone(tmp_path, tmp_path / "source", commit, umask=umask).directory)
    assert [oct((made / name).stat().st_mode & 0o777) for name in ("a", "b", "d")] == ["0o644", "0o755", "0o755"]


def test_settings_of_the_host_and_of_the_source_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Global configuration, hooks, templates and variables that would change files or run programs are shut out."""
    source, marker = tmp_path / "source", tmp_path / "ran"
    commit = repository(source, {".gitattributes": b"*.txt filter=evil\n", "a.txt": b"a\nb\n"})
    template = tmp_path / "template"
    for folder in (template / "hooks", source / ".git" / "hooks"):
        folder.mkdir(parents=True, exist_ok=True)
        for hook in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"):
            (folder / hook).write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
            (folder / hook).chmod(0o755)
    evil = tmp_path / "evil.cfg"
    evil.write_text(
        "[core]\n\tautocrlf = true\n\tfileMode = false\n\tsymlinks = false\n"
        f"\tfsmonitor = touch {marker}\n\thooksPath = {template}/hooks\n[init]\n\ttemplateDir = {template}\n"
        f'[filter "evil"]\n\tsmudge = touch {marker}; echo evil\n\trequired = true\n',
        encoding="utf-8",
    )
    with (source / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(evil.read_text(encoding="utf-8"))
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, str(evil))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(template))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    done = clone(tmp_path, source, commit)
    assert (Path(done.directory) / "a.txt").read_bytes() == b"a\nb\n"
    assert not marker.exists()
    assert done.changed() == ()


def test_conversions_that_the_commit_itself_asks_for_are_done_and_verified(tmp_path: Path) -> None:
    """Line ends and `$Id$` follow the attributes in the commit, equally on every host."""
    attributes = b"*.bat text eol=crlf\n*.id ident\n*.txt text\n"
    commit = repository(
        tmp_path / "source", {".gitattributes": attributes, "a.bat": b"x\r\ny\r\n", "b.id": b"$Id$\n", "c.txt": b"z\n"}
    )
    done = clone(tmp_path, tmp_path / "source", commit)
    made = Path(done.directory)
    assert (made / "a.bat").read_bytes() == b"x\r\ny\r\n"
    assert (made / "b.id").read_bytes().startswith(b"$Id: ")
    assert (made / "c.txt").read_bytes() == b"z\n"


def test_refuses_an_encoding_that_each_host_converts_its_own_way(tmp_path: Path) -> None:
    """`working-tree-encoding` goes through the C library's iconv, so it is refused."""
    attributes = b"*.txt working-tree-encoding=UTF-16\n"
    commit = repository(tmp_path / "source", {".gitattributes": attributes, "a.txt": "\ufeffa".encode("utf-16-le")})
    with pytest.raises(ConfigError) as caught:
        clone(tmp_path, tmp_path / "source", commit)
    assert caught.value.code == "SB-3008"


def test_clones_a_commit_that_no_ref_names(tmp_path: Path) -> None:
    """Any commit in the repository can be built, also one that only the reflog still knows."""
    source = tmp_path / "source"
    repository(source, {"a": b"1"})
    (source / "a").write_bytes(b"2")
    git(source, "commit", "-q", "-a", "--amend", "-m", "lost")
    lost = git(source, "rev-parse", "HEAD")
    git(source, "reset", "-q", "--hard", "HEAD@{1}")
    assert (Path(clone(tmp_path, source, lost).directory) / "a").read_bytes() == b"2"


def test_only_the_tags_that_were_asked_for_come_along(tmp_path: Path) -> None:
    """`git tag` and `git describe` answer the same, whatever other tags the repository has on this history."""
    source = tmp_path / "source"
    commit = repository(source, {"a": b"1"})
    for tag in ("v1", "nightly", "x/deployed-here"):
        git(source, "tag", "-a", tag, "-m", tag)
    (source / "a").write_bytes(b"2")
    git(source, "commit", "-q", "-a", "-m", "two")
    git(source, "tag", "v2")
    made = Path(clone(tmp_path, source, commit, tags={"v1": git(source, "rev-parse", "v1")}).directory)
    assert (git(made, "tag"), git(made, "describe")) == ("v1", "v1")
    assert git(made, "cat-file", "-t", "v1") == "tag"


def test_a_shallow_or_linked_source_can_be_cloned(tmp_path: Path) -> None:
    """CI servers check out one commit deep, developers use worktrees."""
    source = tmp_path / "source"
    repository(source, {"a": b"1"})
    (source / "a").write_bytes(b"2")
    git(source, "commit", "-q", "-a", "-m", "two")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{source}", "shallow")
    git(tmp_path / "shallow", "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    commit = git(source, "rev-parse", "HEAD")
    assert (Path(clone(tmp_path, tmp_path / "linked", commit).directory) / "a").read_bytes() == b"2"


def test_a_commit_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    """What git says is passed on under a code of ours."""
    repository(tmp_path / "source", {"a": b"1"})
    with pytest.raises(BuildError) as caught:
        clone(tmp_path, tmp_path / "source", "1" * 40)
    assert caught.value.code == "SB-3004"


def test_sees_every_kind_of_change_to_tracked_files_and_no_other(tmp_path: Path) -> None:
    """Contents, modes, deletions and replacements count, also with equal size and time; new files do not."""
    commit = repository(tmp_path / "source", dict.fromkeys(("same", "content", "mode", "gone", "folder"), b"1"))
    done = clone(tmp_path, tmp_path / "source", commit)
    made = Path(done.directory)
    before = (made / "content").stat()
    (made / "content").write_bytes(b"2")
    os.utime(made / "content", ns=(before.st_atime_ns, before.st_mtime_ns))
    (made / "mode").chmod(0o755)
    (made / "gone").unlink()
    (made / "folder").unlink()
    (made / "folder").mkdir()
    (made / "new").write_bytes(b"")
    (made / "same").write_bytes(b"1")
    assert done.changed() == ("content", "folder", "gone", "mode")


def _with_submodule(tmp_path: Path) -> tuple[Path, str]:
    inner = tmp_path / "inner"
    repository(inner, {"lib.js": b"inner\n"})
    source = tmp_path / "source"
    repository(source, {"a": b"1"})
    git(source, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../inner", "vendor/inner")
    git(source, "commit", "-q", "-m", "module")
    return source, git(source, "rev-parse", "HEAD")


def test_refuses_submodules_unless_the_configuration_allows_them(tmp_path: Path) -> None:
    """An empty folder in place of a submodule would be packed without a word."""
    source, commit = _with_submodule(tmp_path)
    with pytest.raises(ConfigError) as caught:
        clone(tmp_path, source, commit)
    assert (caught.value.code, "vendor/inner" in caught.value.summary) == ("SB-3006", True)


@pytest.mark.parametrize("from_url", [False, True])
def test_checks_out_submodules_at_their_recorded_commit(tmp_path: Path, *, from_url: bool) -> None:
    """Their objects come from the local copy, or from where .gitmodules says; what came later there does not count."""
    source, commit = _with_submodule(tmp_path)
    (tmp_path / "inner" / "lib.js").write_bytes(b"later\n")
    git(tmp_path / "inner", "commit", "-q", "-a", "-m", "later")
    if from_url:
        git(tmp_path, "clone", "-q", "--bare", str(source), "bare")
        git(tmp_path / "bare", "config", "remote.origin.url", str(source))
        source = tmp_path / "bare"
    done = clone(tmp_path, source, commit, submodules=True)
    assert (Path(done.directory) / "vendor" / "inner" / "lib.js").read_bytes() == b"inner\n"
    assert sorted(done.tracked) == [".gitmodules", "a", "vendor/inner/lib.js"]


def test_a_submodule_that_cannot_be_had_is_a_clear_error(tmp_path: Path) -> None:
    """The error names the submodule and the commit."""
    source, commit = _with_submodule(tmp_path)
    for gone in (tmp_path / "inner", source / ".git" / "modules"):
        gone.rename(f"{gone}.gone")
    with pytest.raises(BuildError) as caught:
        clone(tmp_path, source, commit, submodules=True)
    assert (caught.value.code, "vendor/inner" in caught.value.summary) == ("SB-3007", True)


def test_a_submodule_without_settings_is_a_clear_error(tmp_path: Path) -> None:
    """A commit recorded for a path that .gitmodules does not know cannot be had."""
    source, _ = _with_submodule(tmp_path)
    git(source, "config", "--file", ".gitmodules", "--remove-section", "submodule.vendor/inner")
    git(source, "commit", "-q", "-a", "-m", "forgotten")
    with pytest.raises(BuildError) as caught:
        clone(tmp_path, source, git(source, "rev-parse", "HEAD"), submodules=True)
    assert (caught.value.code, ".gitmodules" in caught.value.summary) == ("SB-3007", True)


@pytest.mark.parametrize(
    ("remote", "url", "resolved"),
    [
        ("https://host.example/team/repo.git", "../lib.git", "https://host.example/team/lib.git"),
        ("https://host.example/team/repo.git/", "../../other/lib.git", "https://host.example/other/lib.git"),
        ("git@host.example:team/repo.git", "./lib.git", "git@host.example:team/repo.git/lib.git"),
        ("/srv/team/repo.git", "../lib.git", "/srv/team/lib.git"),
        ("/srv/team/repo.git", "https://host.example/lib.git", "https://host.example/lib.git"),
    ],
)
def test_relative_urls_of_submodules_follow_the_remote(tmp_path: Path, remote: str, url: str, resolved: str) -> None:
    """As gitmodules(5) says: relative to the repository's remote."""
    from samebytes.system.checkout import Origin, _resolve_url

    repository(tmp_path / "source", {"a": b""})
    git(tmp_path / "source", "remote", "add", "origin", remote)
    own = OwnGit(SystemRunner(), str(tmp_path / "home"), _PATH)
    directory = str(tmp_path / "source" / ".git")
    assert _resolve_url(own, Origin(location=directory, git_directory=directory), url) == resolved


def test_a_file_that_is_not_what_the_commit_says_stops_the_build(tmp_path: Path) -> None:
    """Where the file system, or whoever else, made another file of it, nothing is built."""
    commit = repository(tmp_path / "source", {"a": b"1\n", "b": b"2\n"})

    class Meddling(SystemRunner):
        def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
            done = super().run(command, on_line)
            if "checkout" in command.argv:
                (tmp_path / "clone" / "a").write_bytes(b"x\n")
            return done

    own = OwnGit(Meddling(), str(tmp_path / "home"), _PATH)
    with pytest.raises(BuildError) as caught:
        check_out(own, local_origin(own, str(tmp_path / "source")), commit, str(tmp_path / "clone"), submodules=False)
    assert (caught.value.code, "'a'" in caught.value.summary) == ("SB-3005", True)


def pointer_to(content: bytes) -> bytes:
    """The LFS pointer to a content."""
    oid = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()


def store(git_directory: Path, content: bytes, oid: str = "") -> None:
    """Put a content into the LFS store of a git directory."""
    oid = oid or hashlib.sha256(content).hexdigest()
    folder = git_directory / "lfs" / "objects" / oid[:2] / oid[2:4]
    folder.mkdir(parents=True)
    (folder / oid).write_bytes(content)


def test_lfs_files_get_their_content_and_keep_the_worktree_clean(tmp_path: Path) -> None:
    """Content in the local store is put in place of the pointer; a pointer without the attribute is just a file."""
    source, content = tmp_path / "source", b"\0big\n" * 1000
    files = {".gitattributes": b"*.bin filter=lfs -text\n", "a.bin*": pointer_to(content), "b.txt": pointer_to(content)}
    commit = repository(source, files)
    store(source / ".git", content)
    done = clone(tmp_path, source, commit)
    made = Path(done.directory)
    assert ((made / "a.bin").read_bytes(), (made / "b.txt").read_bytes()) == (content, pointer_to(content))
    assert (made / "a.bin").stat().st_mode & 0o777 == 0o755
    assert (done.changed(), git(made, "status", "--porcelain")) == ((), "")


def test_lfs_content_that_is_missing_or_wrong_leaves_the_pointer(tmp_path: Path) -> None:
    """What stays a pointer is refused when it is packed."""
    source = tmp_path / "source"
    files = {".gitattributes": b"*.bin filter=lfs -text\n", "a.bin": pointer_to(b"gone"), "b.bin": pointer_to(b"right")}
    commit = repository(source, files)
    store(source / ".git", b"wrong", oid=hashlib.sha256(b"right").hexdigest())
    made = Path(clone(tmp_path, source, commit).directory)
    assert [(made / name).read_bytes() for name in ("a.bin", "b.bin")] == [pointer_to(b"gone"), pointer_to(b"right")]


@pytest.mark.system("git-lfs")
def test_git_lfs_fetches_what_the_local_store_lacks(tmp_path: Path) -> None:
    """A clone made without LFS content still builds: git-lfs asks the repository's own remote."""
    origin, content = tmp_path / "origin.git", b"remote\n" * 100
    source = tmp_path / "source"
    commit = repository(source, {".gitattributes": b"*.bin filter=lfs -text\n", "a.bin": pointer_to(content)})
    git(tmp_path, "clone", "-q", "--bare", str(source), str(origin))
    store(origin, content)
    git(source, "remote", "add", "origin", f"file://{origin}")
    done = clone(tmp_path, source, commit)
    assert (Path(done.directory) / "a.bin").read_bytes() == content


def test_a_repository_without_any_file_can_be_checked_out(tmp_path: Path) -> None:
    """An empty tree is odd, not an error here."""
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q")
    git(source, "commit", "-q", "--allow-empty", "-m", "empty")
    assert clone(tmp_path, source, git(source, "rev-parse", "HEAD")).tracked == {}


def test_object_format_sha256_works(tmp_path: Path) -> None:
    """Repositories with sha256 object ids are cloned in their own format."""
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q", "--object-format=sha256")
    (source / "a").write_bytes(b"1")
    git(source, "add", "a")
    git(source, "commit", "-q", "-m", "one")
    assert clone(tmp_path, source, git(source, "rev-parse", "HEAD")).changed() == ()
