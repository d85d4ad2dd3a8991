"""Reading real repositories: names to commits, trees with links, tags in history, and no trust in settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samebytes.errors import ConfigError, RefusedError
from samebytes.system.git import GitRepository, TaggedCommit
from samebytes.system.process import Command, Completed, SystemRunner
from tests.history import History, new_history


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository with one commit."""
    made = new_history(tmp_path / "repo")
    made.commit({"README.md": "hello\n", "packages/a/package.json": {"name": "a", "version": "1.0.0"}})
    return made


def test_an_annotated_tag_gives_its_name_object_commit_tree_time_and_exact_message(history: History) -> None:
    """Everything a release needs of its tag is read byte for byte."""
    message = "  Release 1\n\n# kept comment\n\ntrailing\n\n\n"
    tag_object = history.tag("v1.0.0", message)
    commit = history.open().resolve("v1.0.0")
    assert (commit.name, commit.tag_object, commit.message) == ("v1.0.0", tag_object, message)
    assert commit.commit == history.git("rev-parse", "HEAD")
    assert commit.tree == history.git("rev-parse", "HEAD^{tree}")
    assert commit.time_s == history.clock_s
    assert not commit.is_snapshot


@pytest.mark.parametrize("commitish", ["v1.0.0", "refs/tags/v1.0.0", "tags/v1.0.0"])
def test_a_lightweight_tag_has_a_name_and_no_object(history: History, commitish: str) -> None:
    """A lightweight tag names a release; its full forms name the same tag."""
    history.git("tag", "v1.0.0")
    commit = history.open().resolve(commitish)
    assert (commit.name, commit.tag_object, commit.message) == ("v1.0.0", "", "")


@pytest.mark.parametrize("commitish", ["HEAD", "main", "refs/heads/main", "v1.0.0^{commit}", "v1.0.0~0", "@"])
def test_everything_else_is_a_snapshot(history: History, commitish: str) -> None:
    """Branches, HEAD and expressions are snapshots even where a tag is at the same commit."""
    history.tag("v1.0.0")
    commit = history.open().resolve(commitish)
    assert commit.is_snapshot
    assert commit.commit == history.git("rev-parse", "HEAD")


def test_an_object_id_and_its_short_form_are_snapshots(history: History) -> None:
    """An id names a commit, not a tag."""
    head = history.git("rev-parse", "HEAD")
    repository = history.open()
    assert repository.resolve(head).commit == repository.resolve(head[:10]).commit == head
    assert repository.resolve(history.tag("v1")).is_snapshot


def test_a_tag_wins_over_a_branch_of_the_same_name(history: History) -> None:
    """`v1` means the tag, `refs/heads/v1` the branch."""
    history.tag("v1")
    tagged = history.git("rev-parse", "HEAD")
    history.git("checkout", "--quiet", "-b", "v1")
    branch = history.commit({"more": "x"})
    repository = history.open()
    assert repository.resolve("v1").commit == tagged
    assert repository.resolve("refs/heads/v1").commit == branch


def test_a_tag_of_a_tag_leads_to_its_commit_with_the_outer_message(history: History) -> None:
    """Nested tags are peeled to the commit."""
    history.tag("inner", "inner\n")
    history.git("tag", "-a", "outer", "inner", "-m", "outer")
    commit = history.open().resolve("outer")
    assert commit.message == "outer\n"
    assert commit.commit == history.git("rev-parse", "HEAD")


def test_refuses_a_tag_object_stored_under_another_name(history: History) -> None:
    """A signed tag copied to another name would lend its signature to another release."""
    history.tag("v1.0.0")
    history.git("update-ref", "refs/tags/v2.0.0", "refs/tags/v1.0.0")
    with pytest.raises(RefusedError) as caught:
        history.open().resolve("v2.0.0")
    assert caught.value.code == "SB-2106"
    assert "calls itself 'v1.0.0'" in caught.value.summary


@pytest.mark.parametrize(
    ("commitish", "code"),
    [
        ("", "SB-2102"),
        ("--all", "SB-2102"),
        ("a\nb", "SB-2102"),
        ("nothing", "SB-2102"),
        ("HEAD:README.md", "SB-2103"),
        ("blob-tag", "SB-2103"),
    ],
)
def test_says_what_is_wrong_with_a_name(history: History, commitish: str, code: str) -> None:
    """A name that leads nowhere, or to no commit, is an error that says which."""
    history.git("tag", "blob-tag", "HEAD:README.md")
    with pytest.raises(ConfigError) as caught:
        history.open().resolve(commitish)
    assert caught.value.code == code


def test_a_signature_is_not_part_of_the_message(history: History) -> None:
    """What follows git's signature line is cut, a look-alike earlier in the text is kept."""
    head = history.git("rev-parse", "HEAD")
    body = "one\n-----BEGIN PGP MESSAGE-----\ntwo\r-----BEGIN SSH SIGNATURE-----\n"
    signature = "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n"
    stored = f"object {head}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\n{body}{signature}"
    history.git(
        "update-ref", "refs/tags/v1", history.git("hash-object", "-t", "tag", "-w", "--stdin", input_=stored.encode())
    )
    assert history.open().resolve("v1").message == body


def test_a_message_that_is_not_utf_8_keeps_its_bytes(history: History) -> None:
    """Text from git turns back into the same bytes."""
    head = history.git("rev-parse", "HEAD")
    stored = f"object {head}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\n".encode() + b"caf\xe9\n"
    history.git("update-ref", "refs/tags/v1", history.git("hash-object", "-t", "tag", "-w", "--stdin", input_=stored))
    assert history.open().resolve("v1").message.encode("utf-8", "surrogateescape") == b"caf\xe9\n"


def test_opens_from_a_folder_below_and_from_a_bare_repository(history: History, tmp_path: Path) -> None:
    """The top level is found from below; a bare repository is its own top."""
    assert history.open(history.path / "packages" / "a").top == str(history.path)
    history.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    bare = history.open(tmp_path / "bare.git")
    assert bare.top == bare.git_directory == str(tmp_path / "bare.git")
    assert bare.resolve("HEAD").commit == history.git("rev-parse", "HEAD")


@pytest.mark.parametrize("folder", ["plain", "absent"])
def test_says_that_a_folder_is_in_no_repository(tmp_path: Path, folder: str) -> None:
    """Outside of any repository there is one clear error."""
    (tmp_path / "plain").mkdir()
    with pytest.raises(ConfigError) as caught:
        GitRepository.open(SystemRunner(), str(tmp_path / folder), os.environ["PATH"])
    assert caught.value.code == "SB-2101"


def test_a_tree_lists_files_and_knows_modes(history: History) -> None:
    """Executables, links and submodules are told apart; submodules are no files."""
    (history.path / "run.sh").write_text("x")
    (history.path / "run.sh").chmod(0o755)
    (history.path / "link").symlink_to("README.md")
    history.git("update-index", "--add", "--cacheinfo", f"160000,{history.git('rev-parse', 'HEAD')},sub")
    history.git("add", "run.sh", "link")
    history.git("commit", "-q", "-m", "modes")
    tree = history.open().tree(history.git("rev-parse", "HEAD"))
    assert tuple(tree.files()) == ("README.md", "link", "packages/a/package.json", "run.sh")
    assert tree.entries["run.sh"].mode == "100755"
    assert tree.entries["link"].is_symlink
    assert tree.entries["sub"].is_submodule
    assert tree.entries["packages"].is_directory
    assert tree.tree_id("packages/a") == history.git("rev-parse", "HEAD:packages/a")
    assert tree.tree_id("README.md") is None
    assert tree.read("sub") is None
    assert tree.read("packages") is None


def test_reading_follows_links_inside_the_tree_only(history: History) -> None:
    """A link to a file or directory of the tree is followed, one that leaves it or loops is no file."""
    path = history.path
    (path / "alias").symlink_to("packages/../packages")
    (path / "packages" / "a" / "up").symlink_to("../../README.md")
    (path / "out").symlink_to("../outside")
    (path / "whole").symlink_to(".")
    (path / "far").symlink_to("packages/../../x")
    (path / "absolute").symlink_to("/etc/hostname")
    (path / "loop").symlink_to("loop2")
    (path / "loop2").symlink_to("loop")
    tree = history.open().tree(history.commit())
    assert tree.read("alias/a/up") == b"hello\n"
    assert tree.read("./packages/./a/up") == b"hello\n"
    for name in ("out", "far", "absolute", "loop", "nothing", "../x"):
        assert tree.read(name) is None
    assert tree.directory_links() == {"alias": "packages", "whole": ""}


def test_the_file_names_may_be_any_bytes(history: History) -> None:
    """Names that are not UTF-8, with line ends or quotes come through whole."""
    blob = history.git("rev-parse", "HEAD:README.md")
    odd = b'100644 blob %b\tcaf\xe9\x00100644 blob %b\tline\nend "q"\0' % (blob.encode(), blob.encode())
    tree_id = history.git("mktree", "-z", input_=odd)
    tree = history.open().tree(tree_id)
    assert tuple(tree.files()) == ("caf\udce9", 'line\nend "q"')
    assert tree.read('line\nend "q"') == b"hello\n"


def test_many_manifests_cost_one_process(history: History) -> None:
    """Reading 50 manifests starts git twice: one list, one batch."""
    commit = history.commit({f"packages/p{n}/package.json": {"name": f"p{n}"} for n in range(50)})
    counting = _Counting()
    repository = GitRepository.open(counting, str(history.path), os.environ["PATH"])
    counting.calls.clear()
    tree = repository.tree(commit)
    contents = {tree.read(f"packages/p{n}/package.json") for n in range(50)}
    assert len(contents) == 50
    assert [call[0] for call in counting.calls] == ["ls-tree", "cat-file"]
    assert tree.read("README.md") == b"hello\n"
    assert len(counting.calls) == 3


def test_earlier_release_tags_are_on_first_parents_only(history: History) -> None:
    """A tag on a merged branch is no base; tags at the commit itself are not earlier; the order is nearest first."""
    first = history.git("rev-parse", "HEAD")
    history.tag("v1.0.0")
    history.git("tag", "other-1")
    history.git("checkout", "-q", "-b", "side")
    history.commit({"side": "1"})
    history.tag("v1.0.1")
    history.git("checkout", "-q", "main")
    second = history.commit({"main": "1"})
    history.git("tag", "v1.1.0")
    history.git("tag", "v1.1.0-again")
    history.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    head = history.git("rev-parse", "HEAD")
    history.tag("v2.0.0")
    assert history.open().first_parent_tags(head, lambda tag: tag.startswith("v")) == (
        TaggedCommit("v1.1.0", second),
        TaggedCommit("v1.1.0-again", second),
        TaggedCommit("v1.0.0", first),
    )
    assert history.open().first_parent_tags(head, lambda tag: tag.startswith("w")) == ()


def test_a_nested_tag_is_found_at_its_commit(history: History) -> None:
    """Tags of tags count at the commit they lead to."""
    first = history.git("rev-parse", "HEAD")
    history.tag("v1-inner")
    history.git("tag", "-a", "v1", "v1-inner", "-m", "outer")
    head = history.commit({"x": "y"})
    assert history.open().first_parent_tags(head, "v1".__eq__) == (TaggedCommit("v1", first),)


def test_a_repository_without_tags_has_none(history: History) -> None:
    """No tag at all is an answer, not an error."""
    assert history.open().tags() == {}


def test_roots_are_all_first_commits(history: History) -> None:
    """A history that was merged in brings its own first commit along."""
    first = history.git("rev-list", "--max-parents=0", "HEAD")
    head = history.commit({"x": "y"})
    assert history.open().roots(head) == (first,)
    history.git("checkout", "-q", "--orphan", "other")
    other = history.commit({"z": "z"})
    assert history.open().roots(other) == (other,)
    history.git("merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "both", head)
    assert history.open().roots("HEAD") == tuple(sorted((first, other)))


def test_a_shallow_clone_says_so(history: History, tmp_path: Path) -> None:
    """Cut history is told apart from whole history."""
    history.commit({"x": "y"})
    history.git("clone", "-q", "--depth=1", f"file://{history.path}", str(tmp_path / "cut"))
    assert history.open(tmp_path / "cut").is_shallow
    assert history.open(tmp_path / "cut").roots("HEAD") == ()
    assert not history.open().is_shallow


def test_a_missing_object_of_a_partial_clone_is_an_error_and_is_not_fetched(history: History, tmp_path: Path) -> None:
    """Reading never reaches a remote."""
    history.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "part"
    history.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{history.path}", str(clone))
    tree = history.open(clone).tree(history.git("rev-parse", "HEAD"))
    with pytest.raises(ConfigError) as caught:
        tree.read("README.md")
    assert caught.value.code == "SB-2105"


def test_a_missing_object_of_a_whole_clone_is_an_error(history: History) -> None:
    """A damaged repository is never read as if files were not there."""
    blob = history.git("rev-parse", "HEAD:README.md")
    (history.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(ConfigError) as caught:
        history.open().tree(history.git("rev-parse", "HEAD")).read("README.md")
    assert caught.value.code == "SB-2105"
    assert blob in caught.value.summary


def test_replace_refs_and_grafts_change_nothing(history: History) -> None:
    """What a commit id means cannot be changed by local refs or files."""
    first = history.git("rev-parse", "HEAD")
    second = history.commit({"README.md": "changed\n"})
    history.git("replace", second, first)
    (history.path / ".git" / "info").mkdir(exist_ok=True)
    (history.path / ".git" / "info" / "grafts").write_text(f"{second}\n")
    repository = history.open()
    assert repository.tree(repository.resolve("main").commit).read("README.md") == b"changed\n"
    assert repository.first_parents(second) == (second, first)


def test_git_gets_exactly_our_environment(history: History) -> None:
    """Nothing is inherited, and every call runs without prompts, system settings or transports."""
    counting = _Counting()
    GitRepository.open(counting, str(history.path), os.environ["PATH"]).resolve("HEAD")
    for env in counting.environments:
        assert env["GIT_CONFIG_GLOBAL"] == os.devnull
        assert env["GIT_TERMINAL_PROMPT"] == "0"
        assert "HOME" not in env


def test_a_failing_git_is_one_clear_error(history: History) -> None:
    """Git's own words come along."""
    with pytest.raises(ConfigError) as caught:
        history.open().tree("0" * 40)
    assert caught.value.code == "SB-2104"
    assert "git ls-tree failed" in caught.value.summary


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b"abc blob 100\nshort", "SB-2104"), (b"nonsense\n", "SB-2104"), (b"", "SB-2104"), (b"no line end", "SB-2104")],
)
def test_a_broken_object_stream_is_an_error(history: History, answer: bytes, code: str) -> None:
    """A stream that ends early or makes no sense is never taken for objects."""
    repository = GitRepository(_Answering(answer), "", "/nowhere", str(history.path))
    with pytest.raises(ConfigError) as caught:
        repository.read_objects(["HEAD"])
    assert caught.value.code == code


def test_a_name_with_a_line_break_is_never_sent(history: History) -> None:
    """A line break would become a second request."""
    with pytest.raises(ConfigError, match="line break"):
        history.open().read_objects(["HEAD:a\nb"])
    assert history.open().read_objects([]) == ()


def test_a_commit_without_committer_is_an_error(history: History) -> None:
    """A hand-made object is read strictly."""
    answer = b"0" * 40 + b" commit 10\ntree 12345\n"
    repository = GitRepository(_Answering(answer + b"x missing\n" * 3), "", "/nowhere", str(history.path))
    with pytest.raises(ConfigError, match="committer"):
        repository.resolve("v1")


class _Counting:
    """The real runner, with the git subcommands and environments it was asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.environments: list[dict[str, str]] = []

    def run(self, command: Command, on_line: object = None) -> Completed:
        """Run it and remember it."""
        words = list(command.argv)
        last_setting = max(at for at, word in enumerate(words) if word == "-c")
        self.calls.append(tuple(words[last_setting + 2 :]))
        self.environments.append(dict(command.env))
        return SystemRunner().run(command)


class _Answering:
    """A runner that always prints the same."""

    def __init__(self, stdout: bytes) -> None:
        self._stdout = stdout

    def run(self, command: Command, on_line: object = None) -> Completed:
        """Print it."""
        return Completed(returncode=0, stdout=self._stdout, stderr=b"")


def test_remotes_are_read_as_they_are_written(history: History) -> None:
    """The first URL of each remote counts, and no setting of the host rewrites it."""
    assert history.open().remotes() == {}
    history.git("remote", "add", "origin", "git@git.example.com:acme/mono.git")
    history.git("remote", "add", "vm.home", "https://vm.example.com/acme/mono.git")
    history.git("remote", "set-url", "--add", "origin", "https://second.example.com/x/y.git")
    history.git("config", "url.https://elsewhere.example.com/.insteadOf", "https://vm.example.com/")
    assert history.open().remotes() == {
        "origin": "git@git.example.com:acme/mono.git",
        "vm.home": "https://vm.example.com/acme/mono.git",
    }
