"""A git remote as a store of refs, on real bare repositories: conditions, settling by reading, limits, tidiness."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samebytes.errors import BuildError, SiteError
from samebytes.system import git_remote, git_remote_run
from samebytes.system.git_remote import Change, GitRemote, Pushed, PushState
from samebytes.system.git_remote_push import create, delete, replace
from samebytes.system.process import Command, Completed
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import Watched, bare, git, late, refs, remote, set_ref

A, B = "refs/samebytes/a", "refs/samebytes/b"
NOWHERE = "0123456789" * 4


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The remote."""
    return bare(tmp_path / "remote.git")


@pytest.fixture
def runner() -> Watched:
    """Sees each git process."""
    return Watched()


@pytest.fixture
def at(place: Path, runner: Watched) -> GitRemote:
    """Our end."""
    return remote(place, runner)


def _one(at: GitRemote, change: Change) -> Pushed:
    return at.push([change])[change.ref]


def test_new_refs_are_observed_with_their_objects(at: GitRemote, place: Path, runner: Watched) -> None:
    """What was pushed is found again, in one process each, by another end too."""
    blob, commit = at.write_blob(b"one\n"), at.write_commit(b"two\n", 1)
    pushed = at.push([create(A, blob), create(B, commit)])
    assert pushed == {A: Pushed(state=PushState.DONE, found=blob), B: Pushed(state=PushState.DONE, found=commit)}
    other = remote(place)
    assert other.observe("refs/samebytes/*") == {A: blob, B: commit}
    assert (other.read_blob(blob, 4), other.read_message(commit, 1000)) == (b"one\n", b"two\n")
    assert other.list("refs/samebytes/b") == {B: commit}
    assert runner.verbs == ["push"]


def test_objects_are_what_git_says_they_are(at: GitRemote, place: Path) -> None:
    """Ids and bytes are git's own, and the repository is sound."""
    blob, commit = at.write_blob(b"one\n"), at.write_commit(b"two\n", 86_400)
    at.push([create(A, blob), create(B, commit)])
    assert git(place, "cat-file", "blob", blob) == "one"
    assert git(place, "log", "-1", "--format=%B%cI", commit).split() == ["two", "1970-01-02T00:00:00+00:00"]
    git(place, "fsck", "--strict")


def test_nothing_is_observed_where_nothing_is(at: GitRemote) -> None:
    """An empty repository, and a pattern that matches nothing, are no errors."""
    assert at.observe("refs/samebytes/*") == {}
    at.push([create(A, at.write_blob(b"1"))])
    assert at.observe("refs/samebytes/b*", "refs/samebytes/c*") == {}
    assert list(at.observe("refs/samebytes/b*", "refs/samebytes/a*")) == [A]


def test_a_ref_that_went_away_is_not_observed(at: GitRemote, place: Path) -> None:
    """Each observation is the remote's, not the sum of earlier ones; a name may become a folder."""
    at.push([create(A, at.write_blob(b"1"))])
    assert list(at.observe("refs/samebytes/*")) == [A]
    git(place, "update-ref", "-d", A)
    set_ref(place, f"{A}/x", b"2")
    assert list(at.observe("refs/samebytes/*")) == [f"{A}/x"]


def test_only_the_first_creates(at: GitRemote, place: Path) -> None:
    """A ref that is there is not created again, and stays what it is."""
    first = _one(at, create(A, at.write_blob(b"1")))
    second = _one(remote(place), create(A, remote(place).write_blob(b"1")))
    assert (first.state, second.state) == (PushState.DONE, PushState.DONE)
    other = remote(place)
    lost = _one(other, create(A, other.write_blob(b"2")))
    assert lost == Pushed(state=PushState.LOST, found=first.found)
    assert refs(place) == {A: first.found}


def test_compare_and_swap(at: GitRemote, place: Path) -> None:
    """A ref moves from the value that is known, also to one that has nothing to do with it, and from no other."""
    one, two, three = (at.write_commit(text, 1) for text in (b"1", b"2", b"3"))
    _one(at, create(A, one))
    assert _one(at, replace(A, one, two)).state is PushState.DONE
    assert _one(at, replace(A, one, three)) == Pushed(state=PushState.LOST, found=two)
    assert _one(at, replace(B, one, three)) == Pushed(state=PushState.LOST, found="")
    assert refs(place) == {A: two}


def test_delete_what_is_known(at: GitRemote, place: Path) -> None:
    """A ref goes if it has the value that is known; what is gone already is fine."""
    one, two = at.write_blob(b"1"), at.write_blob(b"2")
    _one(at, create(A, one))
    assert _one(at, delete(A, two)) == Pushed(state=PushState.LOST, found=one)
    for _ in range(2):
        assert _one(at, delete(A, one)) == Pushed(state=PushState.DONE, found="")
    assert refs(place) == {}


def test_each_change_of_a_push_stands_alone(at: GitRemote, place: Path, runner: Watched) -> None:
    """One that is lost does not stop the others."""
    theirs = set_ref(place, A, b"theirs")
    ours = at.write_blob(b"ours")
    pushed = at.push([create(A, ours), create(B, ours)])
    assert pushed == {A: Pushed(state=PushState.LOST, found=theirs), B: Pushed(state=PushState.DONE, found=ours)}
    assert runner.verbs == ["push", "ls-remote"]


def test_atomic_is_all_or_nothing(at: GitRemote, place: Path) -> None:
    """With `atomic` one that is lost leaves the others as they were."""
    theirs = set_ref(place, A, b"theirs")
    ours = at.write_blob(b"ours")
    pushed = at.push([create(A, ours), create(B, ours)], atomic=True)
    assert pushed == {A: Pushed(state=PushState.LOST, found=theirs), B: Pushed(state=PushState.LEFT, found="")}
    assert at.push([replace(A, theirs, ours), create(B, ours)], atomic=True)[B].state is PushState.DONE


@pytest.mark.parametrize("moment", ["before", "after"])
def test_push_without_an_answer_is_settled_by_reading(at: GitRemote, place: Path, runner: Watched, moment: str) -> None:
    """Three pushes in a row run out of time, whether they had acted or not, and the result is the truth."""
    late(runner, "push", times=3, moment=moment)
    blob = at.write_blob(b"1")
    assert _one(at, create(A, blob)) == Pushed(state=PushState.DONE, found=blob)
    assert refs(place) == {A: blob}
    assert runner.verbs.count("push") == (4 if moment == "before" else 1)


def test_loser_without_an_answer_learns_that_it_lost(at: GitRemote, place: Path, runner: Watched) -> None:
    """Somebody else was first while our push was on its way."""
    theirs: list[str] = []

    def overtake(_number: int, verb: str) -> None:
        if verb == "push" and not theirs:
            theirs.append(set_ref(place, A, b"theirs"))

    runner.before = overtake
    assert _one(at, create(A, at.write_blob(b"1"))) == Pushed(state=PushState.LOST, found=theirs[0])


def test_push_that_never_arrives_is_an_error(place: Path, runner: Watched) -> None:
    """When reading says that nothing happened, again and again, that is the error."""
    clock = FakeClock()
    at = remote(place, late(runner, "push", times=9, moment="before"), clock=clock, timeout_s=7)
    with pytest.raises(SiteError, match="did not end within 7 seconds") as raised:
        _one(at, create(A, at.write_blob(b"1")))
    assert raised.value.code == "SB-5110"
    assert runner.verbs.count("push") == 4
    assert 1 < clock.elapsed_s < 3


def test_push_that_nobody_can_tell_about_is_an_error_of_its_own(at: GitRemote, runner: Watched) -> None:
    """Neither the push nor the reading is answered."""

    def break_line(_number: int, verb: str) -> None:
        late(runner, verb, times=9, moment="after")

    runner.before = break_line
    with pytest.raises(SiteError, match="not known") as raised:
        _one(at, create(A, at.write_blob(b"1")))
    assert raised.value.code == "SB-5113"


def test_refused_ref_is_an_error(at: GitRemote, place: Path) -> None:
    """A server that says no although the ref is as expected has a rule; its words are told."""
    hook = place / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'not these refs' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(SiteError, match=f"refuses {A}") as raised:
        _one(at, create(A, at.write_blob(b"1")))
    assert raised.value.code == "SB-5112"
    assert "not these refs" in raised.value.details["stderr"]
    assert refs(place) == {}


def test_passing_refusal_is_tried_again(at: GitRemote, place: Path, runner: Watched) -> None:
    """Another process that holds git's own lock on the ref for a moment is no refusal."""
    lock = place / f"{A}.lock"
    lock.parent.mkdir(parents=True)
    lock.write_bytes(b"")

    def unlock(number: int, _verb: str) -> None:
        if number == 3:
            lock.unlink()

    runner.before = unlock
    assert _one(at, create(A, at.write_blob(b"1"))).state is PushState.DONE
    assert runner.verbs == ["push", "ls-remote", "push"]


def test_reading_is_tried_again(at: GitRemote, runner: Watched) -> None:
    """Three failures in a row are overcome."""
    late(runner, "fetch", times=3, moment="before")
    assert at.observe("refs/samebytes/*") == {}
    late(runner, "ls-remote", times=4, moment="after")
    with pytest.raises(SiteError, match="did not end") as raised:
        at.list("refs/")
    assert raised.value.code == "SB-5110"


def test_remote_that_is_nowhere_is_not_tried_again(tmp_path: Path, runner: Watched) -> None:
    """A folder that does not exist will not exist in a second."""
    at = remote(tmp_path / "none.git", runner)
    for use in (lambda: at.list("refs/"), lambda: _one(at, create(A, at.write_blob(b"1")))):
        runner.verbs.clear()
        with pytest.raises(SiteError, match=r"none\.git") as raised:
            use()
        assert raised.value.code == "SB-5110"
        assert len(runner.verbs) == 1


def test_large_objects_are_refused_unread(at: GitRemote, place: Path) -> None:
    """A blob above the limit is an error, also one that shrinks to nothing in transit."""
    blob = set_ref(place, A, bytes(3_000_000))
    at.observe("refs/samebytes/*")
    with pytest.raises(SiteError, match="more than 1000000 bytes") as raised:
        at.read_blob(blob, 1_000_000)
    assert raised.value.code == "SB-5003"
    assert at.read_blob(blob, 3_000_000) == bytes(3_000_000)


def test_endless_lists_are_refused(at: GitRemote, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote with more refs than there can be fills no memory."""
    for name in ("a", "b", "c"):
        set_ref(place, f"refs/samebytes/{name}", b"x")
    monkeypatch.setattr(git_remote_run, "MAX_LISTING_BYTES", 100)
    monkeypatch.setattr(git_remote, "MAX_LISTING_BYTES", 100)
    with pytest.raises(SiteError, match="more than 100 bytes") as listed:
        at.list("refs/")
    with pytest.raises(SiteError, match="more than 100 bytes") as observed:
        at.observe("refs/samebytes/*")
    assert (listed.value.code, observed.value.code) == ("SB-5003", "SB-5003")


def test_object_of_another_kind_is_an_error(at: GitRemote) -> None:
    """A commit where a blob belongs, and the other way round, is not read."""
    blob, commit = at.write_blob(b"x"), at.write_commit(b"x", 1)
    with pytest.raises(SiteError, match="is a commit, not a blob"):
        at.read_blob(commit, 1000)
    with pytest.raises(SiteError, match="is a blob, not a commit"):
        at.read_message(blob, 1000)
    with pytest.raises(SiteError, match="was not sent") as raised:
        at.read_blob(NOWHERE, 10)
    assert raised.value.code == "SB-5001"


def test_sha256_repository(tmp_path: Path) -> None:
    """A remote with sha256 objects works when its format is named."""
    (tmp_path / "r.git").mkdir()
    git(tmp_path / "r.git", "init", "--quiet", "--bare", "--object-format=sha256", ".")
    at = remote(tmp_path / "r.git", object_format="sha256")
    blob = at.write_blob(b"1")
    assert len(blob) == 64
    assert _one(at, create(A, blob)).state is PushState.DONE
    other = remote(tmp_path / "r.git", object_format="sha256")
    assert other.observe("refs/samebytes/*") == other.list("refs/") == {A: blob}
    assert other.read_blob(blob, 1) == b"1"


def test_repository_that_is_checked_out(tmp_path: Path) -> None:
    """A remote may have a worktree; it is not touched."""
    git(tmp_path, "init", "--quiet", ".")
    at = remote(tmp_path)
    assert _one(at, create(A, at.write_blob(b"1"))).state is PushState.DONE
    assert [path.name for path in tmp_path.iterdir()] == [".git"]


def test_host_configuration_is_shut_out(place: Path, runner: Watched) -> None:
    """Git gets a known environment: nothing of ours but PATH, and no configuration of the host."""
    remote(place, runner).list("refs/")
    env = dict(runner.commands[0].env)
    assert env["PATH"] == os.environ["PATH"]
    assert (env["GIT_CONFIG_NOSYSTEM"], env["GIT_CONFIG_SYSTEM"]) == ("1", os.devnull)
    assert env["HOME"] in env["GIT_CONFIG_GLOBAL"]
    assert env["GIT_ALLOW_PROTOCOL"] == "file"
    assert not any(name.startswith("SSH") for name in env)


def test_scratch_repository_goes_with_its_owner(place: Path, runner: Watched) -> None:
    """The folder is ours alone, made on first use, and removed by `close`, by `with`, and when forgotten."""
    folders: list[Path] = []
    for how in ("close", "with", "forget"):
        at = remote(place, runner)
        at.write_blob(b"1")
        folders.append(Path(at._git.scratch.path))
        assert folders[-1].stat().st_mode & 0o777 == 0o700
        if how == "close":
            at.close()
            at.close()
            assert at.list("refs/") == {}
            at.close()
        elif how == "with":
            with at:
                at.list("refs/")
        del at
    assert not any(folder.exists() for folder in folders)


def test_git_that_cannot_be_started_is_said(place: Path) -> None:
    """Without a git program the runner's own error comes through."""

    class NoGit:
        def run(self, command: Command, on_line: object = None) -> Completed:
            raise BuildError("SB-3001", "git cannot be started")

    with pytest.raises(BuildError):
        remote(place, NoGit()).list("refs/")
