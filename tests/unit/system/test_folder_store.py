"""Files appear whole or not at all, nothing leads out of the folder, and errors name what went wrong."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from samebytes.errors import DeadlineError, SiteError
from samebytes.system.folder_store import TEMPORARY_FOLDER, FolderStore
from samebytes.testing.crash import armed
from tests.directory_site.fake_clock import FakeClock


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """A store whose folder does not exist yet."""
    return FolderStore(str(tmp_path / "site"))


@contextmanager
def _fails(code: str, words: str) -> Iterator[None]:
    with pytest.raises(SiteError, match=words) as raised:
        yield
    assert raised.value.code == code


def _temporary(store: FolderStore) -> list[str]:
    return sorted(path.name for path in (Path(store.root) / TEMPORARY_FOLDER).iterdir())


def test_nothing_is_there_before_the_first_write(store: FolderStore) -> None:
    """Reading a folder that does not exist finds nothing, and makes nothing."""
    assert store.read("a/b", 10) is None
    assert store.read("b", 10) is None
    assert store.open("a/b") is None
    assert store.size("a/b") is None
    assert store.size("b") is None
    assert store.list("a") == ()
    assert store.list("a/b") == ()
    assert store.list("") == ()
    assert not store.remove("a/b")
    assert not Path(store.root).exists()


def test_created_file_is_read_back(store: FolderStore) -> None:
    """What was created is there with its size, and nothing temporary is left."""
    assert store.create("a/b/file", [b"some ", b"", b"bytes"])
    assert store.read("a/b/file", 10) == b"some bytes"
    assert store.size("a/b/file") == 10
    opened = store.open("a/b/file")
    assert opened is not None
    with opened:
        assert opened.read() == b"some bytes"
    assert _temporary(store) == []


def test_creating_again_changes_nothing(store: FolderStore) -> None:
    """A file that exists keeps its bytes, and create says that it was not the one."""
    store.create("file", [b"first"])
    assert not store.create("file", [b"second"])
    assert store.read("file", 10) == b"first"


def test_somebody_creates_the_file_meanwhile(store: FolderStore) -> None:
    """Whoever links first wins; the later one is told, and leaves nothing behind."""

    def chunks() -> Iterator[bytes]:
        yield b"mine"
        FolderStore(store.root).create("file", [b"theirs"])

    assert not store.create("file", chunks())
    assert store.read("file", 10) == b"theirs"
    assert _temporary(store) == []


def test_replace_needs_no_file_and_minds_none(store: FolderStore) -> None:
    """Replace writes a new file as well as an old one."""
    store.replace("a/file", b"first")
    store.replace("a/file", b"second")
    assert store.read("a/file", 10) == b"second"
    assert _temporary(store) == []


def test_remove_tells_whether_there_was_something(store: FolderStore) -> None:
    """Removing a file works once."""
    store.create("a/file", [b"x"])
    assert store.remove("a/file")
    assert not store.remove("a/file")
    assert store.list("a") == ()


def test_list_is_sorted_and_hides_temporary_files(store: FolderStore) -> None:
    """The names of a folder, without the place where files are made."""
    for name in ("b", "a", "c/d"):
        store.create(name, [b""])
    assert store.list("") == ("a", "b", "c")
    assert store.list("c") == ("d",)


def test_guard_surrounds_only_the_step_that_shows(store: FolderStore) -> None:
    """The guard is entered when the new bytes are complete, and left before the folder is flushed."""
    with armed(at=0) as switch:

        @contextmanager
        def guard() -> Iterator[None]:
            switch("guard")
            yield
            switch("guarded")

        store.create("file", [b"x"], guard)
        store.replace("file", b"y", guard)
        store.remove("file", guard)
    inside = [
        switch.steps[start + 1 : switch.steps.index("guarded", start)]
        for start, step in enumerate(switch.steps)
        if step == "guard"
    ]
    assert inside == [["link"], ["rename"], ["unlink"]]


def test_refusing_guard_leaves_everything_as_it_was(store: FolderStore) -> None:
    """A guard that raises keeps the old bytes, and no temporary file."""

    def guard() -> AbstractContextManager[None]:
        raise DeadlineError("SB-5102", "lost")

    store.create("old", [b"old"])
    for write in (
        lambda: store.create("new", [b"x"], guard),
        lambda: store.replace("old", b"x", guard),
        lambda: store.remove("old", guard),
    ):
        with pytest.raises(DeadlineError):
            write()
    assert store.list("") == ("old",)
    assert store.read("old", 10) == b"old"
    assert _temporary(store) == []


def test_error_in_the_chunks_leaves_no_file(store: FolderStore) -> None:
    """When the source fails, its own error comes out and nothing is stored."""

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise KeyError("source")

    with pytest.raises(KeyError):
        store.create("file", chunks())
    assert store.list("") == ()
    assert _temporary(store) == []


def test_limit_is_exact(store: FolderStore) -> None:
    """A file of just the limit is read, one byte more is an error."""
    store.create("file", [b"12345"])
    assert store.read("file", 5) == b"12345"
    with _fails("SB-5003", "larger than 4 bytes"):
        store.read("file", 4)


@pytest.mark.parametrize(
    "path", ["", "..", "../x", "a/../b", "/etc/passwd", "a//b", "a/", ".", "a\\b", "a\0b", "x" * 256, "é" * 128]
)
def test_path_that_leads_elsewhere_is_refused(store: FolderStore, path: str) -> None:
    """No path with a strange component is read or written."""
    for use in (store.size, store.remove, lambda p: store.read(p, 1), lambda p: store.create(p, [b"x"])):
        with _fails("SB-5001", "not a path inside a site"):
            use(path)


def test_link_is_not_followed(store: FolderStore, tmp_path: Path) -> None:
    """A symbolic link below the site, as a file or as a folder, is an error for reading and writing."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"secret")
    store.create("here", [b"x"])
    (Path(store.root) / "folder").symlink_to(secret)
    (Path(store.root) / "file").symlink_to(secret / "file")
    with _fails("SB-5001", "file cannot be read"):
        store.read("file", 10)
    with _fails("SB-5001", "not a regular file"):
        store.size("file")
    with _fails("SB-5001", "folder is not a folder"):
        store.read("folder/file", 10)
    with _fails("SB-5001", "folder is a symbolic link"):
        store.list("folder")
    with _fails("SB-5002", "folder is not a folder"):
        store.replace("folder/new", b"x")
    store.replace("file", b"ours")
    assert (secret / "file").read_bytes() == b"secret"
    assert store.read("file", 10) == b"ours"


def test_root_may_be_a_link(tmp_path: Path) -> None:
    """Where the site lies is its owner's business."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    store = FolderStore(str(tmp_path / "link"))
    store.create("file", [b"x"])
    assert (tmp_path / "real" / "file").read_bytes() == b"x"
    assert store.list("") == ("file",)


def test_folder_in_the_place_of_a_file_is_an_error(store: FolderStore) -> None:
    """What is neither a file nor nothing is unreadable, never absent."""
    store.create("a/b", [b"x"])
    with _fails("SB-5001", "a is not a regular file"):
        store.read("a", 10)
    with _fails("SB-5001", "a is not a regular file"):
        store.size("a")
    with _fails("SB-5001", "b is not a folder"):
        store.read("a/b/c", 10)
    with _fails("SB-5001", "a/b cannot be read: Not a directory"):
        store.list("a/b")
    with _fails("SB-5002", "a cannot be written"):
        store.replace("a", b"x")
    with _fails("SB-5002", "a cannot be written"):
        store.remove("a")
    assert _temporary(store) == []


def test_named_pipe_does_not_hang(store: FolderStore) -> None:
    """Opening something that would wait for a writer returns at once, with an error."""
    store.create("file", [b"x"])
    os.mkfifo(Path(store.root) / "pipe")
    with _fails("SB-5001", "not a regular file"):
        store.open("pipe")


def test_leftovers_of_the_dead_are_removed_and_those_of_the_living_stay(store: FolderStore) -> None:
    """The first write of a store removes temporary files that nobody holds a lock on."""

    def chunks() -> Iterator[bytes]:
        yield b"in progress"
        (Path(store.root) / TEMPORARY_FOLDER / "dead").write_bytes(b"half")
        (Path(store.root) / TEMPORARY_FOLDER / "folder").mkdir()
        FolderStore(store.root).create("other", [b"x"])

    assert store.create("file", chunks())
    assert store.read("file", 20) == b"in progress"
    assert _temporary(store) == ["folder"]


def test_lock_among_the_temporary_files_is_never_swept(store: FolderStore) -> None:
    """Where there are no hard links it is a lock: removed between being opened and locked, two would hold it."""
    with store.exclusive(f"{TEMPORARY_FOLDER}/lock"):
        pass
    FolderStore(store.root).create("other", [b"x"])
    assert _temporary(store) == ["lock"]


def test_temporary_file_that_a_sweeper_has_taken_is_made_anew(store: FolderStore) -> None:
    """Between making a temporary file and locking it a sweeper may remove it; then another one is made."""
    store.create("first", [b"x"])
    descriptors: list[int] = []
    real = os.open

    def open_and_sweep(path: str, flags: int, mode: int = 0o777) -> int:
        descriptor = real(path, flags, mode)
        if flags & os.O_EXCL and not descriptors:
            descriptors.append(descriptor)
            Path(path).unlink()
        return descriptor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", open_and_sweep)
        assert store.create("second", [b"y"])
    assert store.read("second", 10) == b"y"


def test_file_system_without_hard_links(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where link() is refused (FAT), create still never replaces a file."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "link", refuse)

    def chunks() -> Iterator[bytes]:
        yield b"mine"
        FolderStore(store.root).create("taken", [b"theirs"])

    assert store.create("file", [b"x"])
    assert not store.create("taken", chunks())
    assert store.read("file", 10) == b"x"
    assert store.read("taken", 10) == b"theirs"


@pytest.mark.parametrize(
    ("call", "number", "hint"),
    [
        ("write", errno.ENOSPC, "free some space"),
        ("fsync", errno.EDQUOT, "free some space"),
        ("link", errno.EIO, ""),
        ("write", errno.EACCES, ""),
    ],
)
def test_refused_system_call_is_a_site_error(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int, hint: str
) -> None:
    """What the operating system refuses names the file and the reason, and leaves nothing."""
    store.create("old", [b"old"])

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(number, "refused")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        with pytest.raises(SiteError, match=f"a/file cannot be written: {os.strerror(number)}") as raised:
            store.create("a/file", [b"x"])
    assert (raised.value.code, hint in raised.value.hint) == ("SB-5002", True)
    assert store.list("a") == ()
    assert _temporary(store) == []


def test_unreadable_file_is_never_absent(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused read is an error with the system's reason."""
    store.create("file", [b"x"])

    def refuse(*_arguments: object, **_options: object) -> int:
        raise PermissionError(errno.EACCES, "refused")

    monkeypatch.setattr(os, "open", refuse)
    with _fails("SB-5001", f"file cannot be read: {os.strerror(errno.EACCES)}"):
        store.read("file", 10)


def test_kernel_lock_is_exclusive_between_stores_and_threads(store: FolderStore) -> None:
    """While one has the lock nobody else gets it; afterwards anybody does."""
    other = FolderStore(store.root)
    with store.exclusive("lock"):
        assert other.try_exclusive("lock") is None
        assert store.try_exclusive("lock") is None
    held = other.try_exclusive("lock")
    assert held is not None
    with held:
        assert store.try_exclusive("lock") is None


def test_kernel_lock_is_waited_for_only_so_long(tmp_path: Path) -> None:
    """Somebody who keeps the lock for too long is an error that names the file."""
    clock = FakeClock()
    store = FolderStore(str(tmp_path), clock=clock, lock_timeout_s=5)
    too_long = pytest.raises(DeadlineError, match="holding lock for 5 seconds")
    with store.exclusive("lock"), too_long as raised, store.exclusive("lock"):
        pytest.fail("two have it")
    assert raised.value.code == "SB-5101"
    assert clock.elapsed_s == pytest.approx(5, abs=0.1)


def test_file_system_without_locks_is_an_error(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site on a file system that has no locks is refused rather than trusted."""

    def refuse(_descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("samebytes.system.folder_store.try_lock", refuse)
    with _fails("SB-5002", os.strerror(errno.ENOLCK)):
        store.try_exclusive("lock")
    with _fails("SB-5002", os.strerror(errno.ENOLCK)):
        store.create("file", [b"x"])
