"""A folder of the local file system as a `FileStore`.

Every file is written under `.samebytes-tmp/` at the top of the folder and appears under its own name in one step, when
it is complete and on the disk. A writer holds the kernel's lock on its temporary file, so whoever writes next can tell
the leftovers of a crash from files in progress and removes them.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import BinaryIO

from samebytes.errors import DeadlineError, SiteError
from samebytes.system.clock import Clock, SystemClock
from samebytes.system.files import Guard
from samebytes.system.kernel_lock import try_lock
from samebytes.system.randomness import Randomness, SystemRandomness

TEMPORARY_FOLDER = ".samebytes-tmp"
# Inside it, so that it lies in no folder of the site; a sweeper leaves it alone, for it is a lock while it has a name.
_RENAME_LOCK = "lock"
_MAX_NAME_BYTES = 255  # NAME_MAX of every common file system
_LOCK_TIMEOUT_S = 60.0
_LOCK_POLL_S = 0.002
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)
# What link() answers on file systems without hard links (FAT on a stick, some network shares).
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class FolderStore:
    """A folder of the local file system, made on the first write."""

    def __init__(
        self,
        root: str,
        *,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
        lock_timeout_s: float = _LOCK_TIMEOUT_S,
    ) -> None:
        self.root = os.path.abspath(root)  # links in it stay: the root may be one
        self._clock = clock or SystemClock()
        self._randomness = randomness or SystemRandomness()
        self._lock_timeout_s = lock_timeout_s
        self._swept = False
        self._sweeping = threading.Lock()

    @staticmethod
    def on_step(step: str) -> None:
        """Called before each system call that changes the disk; `samebytes.testing.crash` replaces it to die there."""

    def read(self, path: str, limit_bytes: int) -> bytes | None:
        """The bytes of a file, None where there is none."""
        file = self.open(path)
        if file is None:
            return None
        with file, _reading(path):
            data = file.read(limit_bytes + 1)
        if len(data) > limit_bytes:
            raise SiteError("SB-5003", f"{path} is larger than {limit_bytes} bytes")
        return data

    def open(self, path: str) -> BinaryIO | None:
        """A file opened for reading, None where there is none."""
        full = self._existing(path)
        if full is None:
            return None
        with _reading(path):
            try:
                descriptor = os.open(full, os.O_RDONLY | _BINARY | _NO_FOLLOW)
            except FileNotFoundError:
                return None
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise SiteError("SB-5001", f"{path} is not a regular file")
            return os.fdopen(descriptor, "rb")

    def size(self, path: str) -> int | None:
        """Its size in bytes, None where there is no such file."""
        full = self._existing(path)
        if full is None:
            return None
        with _reading(path):
            try:
                found = os.lstat(full)
            except FileNotFoundError:
                return None
        if not stat.S_ISREG(found.st_mode):
            raise SiteError("SB-5001", f"{path} is not a regular file")
        return found.st_size

    def list(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted; empty where there is no folder."""
        full = self._existing(path) if path else self.root
        if full is None:
            return ()
        with _reading(path):
            try:
                if stat.S_ISLNK(os.lstat(full).st_mode) and path:
                    raise SiteError("SB-5001", f"{path} is a symbolic link")
                names = os.listdir(full)
            except FileNotFoundError:
                return ()
        return tuple(sorted(name for name in names if name != TEMPORARY_FOLDER))

    def create(self, path: str, chunks: Iterable[bytes], guard: Guard = nullcontext) -> bool:
        """Write a file that must not exist yet; False when it does."""
        if self.size(path) is not None:
            self._sync_folder(path)  # whoever made it may have died before its name was on the disk
            return False
        with self._temporary(path, chunks) as temporary:
            full = self._writable(path)
            with guard(), _writing(path):
                created = self._link(temporary, full)
        self._sync_folder(path)
        return created

    def replace(self, path: str, data: bytes, guard: Guard = nullcontext) -> None:
        """Write a file whether or not it exists."""
        with self._temporary(path, (data,)) as temporary:
            full = self._writable(path)
            with guard(), _writing(path):
                self.on_step("rename")
                os.replace(temporary, full)
        self._sync_folder(path)

    def remove(self, path: str, guard: Guard = nullcontext) -> bool:
        """Remove a file; False when there was none."""
        full = self._existing(path)
        if full is None:
            return False
        with guard(), _writing(path):
            self.on_step("unlink")
            try:
                os.unlink(full)
            except FileNotFoundError:
                return False
        self._sync_folder(path)
        return True

    @contextmanager
    def exclusive(self, path: str) -> Iterator[None]:
        """Hold the kernel's lock on a lock file."""
        until_s = self._clock.monotonic_s() + self._lock_timeout_s
        while (held := self.try_exclusive(path)) is None:
            if self._clock.monotonic_s() >= until_s:
                raise DeadlineError(
                    "SB-5101",
                    f"another process has been holding {path} for {self._lock_timeout_s:g} seconds",
                    hint="a stopped or hanging process may hold it; look for it with: lsof " + self._full(path),
                )
            self._clock.sleep(_LOCK_POLL_S)
        with held:
            yield

    def try_exclusive(self, path: str) -> AbstractContextManager[None] | None:
        """Take the kernel's lock on a lock file, None when somebody else has it."""
        full = self._writable(path)
        with _writing(path):
            descriptor = os.open(full, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o666)
            try:
                locked = try_lock(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
        if not locked:
            os.close(descriptor)
            return None
        return _closing(descriptor)

    def _full(self, path: str) -> str:
        return os.path.join(self.root, *_parts(path))

    def _existing(self, path: str) -> str | None:
        """Where the file would be, or None when a folder on the way to it does not exist."""
        full = self.root
        *folders, name = _parts(path)
        for folder in folders:
            full = os.path.join(full, folder)
            with _reading(path):
                try:
                    mode = os.lstat(full).st_mode
                except FileNotFoundError:
                    return None
            if not stat.S_ISDIR(mode):
                raise SiteError("SB-5001", f"{path} cannot be read: {folder} is not a folder")
        return os.path.join(full, name)

    def _writable(self, path: str) -> str:
        """Where the file goes, its folders made and on the disk."""
        full = self.root
        *folders, name = _parts(path)
        with _writing(path):
            if not os.path.isdir(full):
                self.on_step("mkdir")
                os.makedirs(full, exist_ok=True)
            for folder in folders:
                outer, full = full, os.path.join(full, folder)
                if _is_folder(full):
                    continue
                self.on_step("mkdir")
                with suppress(FileExistsError):
                    os.mkdir(full)
                    _sync(outer)
                if not _is_folder(full):
                    raise SiteError("SB-5002", f"{path} cannot be written: {folder} is not a folder")
        return os.path.join(full, name)

    @contextmanager
    def _temporary(self, path: str, chunks: Iterable[bytes]) -> Iterator[str]:
        """A complete file on the disk under a temporary name; gone afterwards unless it was renamed."""
        self._sweep_once()
        with _writing(path):
            temporary, descriptor = self._new_temporary()
        try:
            for chunk in chunks:
                with _writing(path):
                    self.on_step("write")
                    _write_all(descriptor, chunk)
            with _writing(path):
                self.on_step("fsync")
                os.fsync(descriptor)
            yield temporary
        finally:
            self.on_step("unlink temporary")
            with suppress(OSError):  # a leftover is swept by the next writer
                os.unlink(temporary)
            os.close(descriptor)

    def _new_temporary(self) -> tuple[str, int]:
        while True:
            temporary = self._writable(f"{TEMPORARY_FOLDER}/{self._randomness.token()}")
            self.on_step("create temporary")
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY | _NO_FOLLOW, 0o666)
            try:
                # A sweeper may have come between the two calls: then the name is gone, or the sweeper has the lock.
                if try_lock(descriptor) and os.fstat(descriptor).st_nlink:
                    return temporary, descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def _link(self, temporary: str, full: str) -> bool:
        self.on_step("link")
        try:
            os.link(temporary, full, follow_symlinks=False)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            return self._rename_to_new(temporary, full)
        return True

    def _rename_to_new(self, temporary: str, full: str) -> bool:
        """What link does, where there are no hard links: all our writers take this lock, so none comes in between."""
        with self.exclusive(f"{TEMPORARY_FOLDER}/{_RENAME_LOCK}"):
            if os.path.lexists(full):
                return False
            self.on_step("rename")
            os.rename(temporary, full)
        return True

    def _sync_folder(self, path: str) -> None:
        with _writing(path):
            self.on_step("fsync folder")
            _sync(os.path.dirname(self._full(path)))

    def _sweep_once(self) -> None:
        """Remove the temporary files of dead writers: those whose lock the kernel gives us."""
        with self._sweeping:
            if self._swept:
                return
            self._swept = True
            folder = self._full(TEMPORARY_FOLDER)
            with _writing(TEMPORARY_FOLDER), suppress(FileNotFoundError):
                for name in sorted(set(os.listdir(folder)) - {_RENAME_LOCK}):
                    self._sweep(os.path.join(folder, name))

    def _sweep(self, full: str) -> None:
        with suppress(FileNotFoundError, PermissionError, IsADirectoryError):
            descriptor = os.open(full, os.O_RDWR | _NO_FOLLOW)
            try:
                if try_lock(descriptor):
                    self.on_step("unlink leftover")
                    os.unlink(full)
            finally:
                os.close(descriptor)


def _parts(path: str) -> tuple[str, ...]:
    """The components of a path, each checked: nothing leads out of the folder on any system."""
    parts = tuple(path.split("/"))
    for part in parts:
        bad = part in {"", ".", ".."} or "\\" in part or "\0" in part
        if bad or len(part.encode("utf-8", "replace")) > _MAX_NAME_BYTES:
            raise SiteError("SB-5001", f"{path!r} is not a path inside a site")
    return parts


def _is_folder(full: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(full).st_mode)
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync(folder: str) -> None:
    """Make the names in a folder durable; Windows has no such call and keeps names in its journal."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _reading(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise SiteError("SB-5001", f"{path} cannot be read: {why}") from error


@contextmanager
def _writing(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        hint = "free some space and run it again" if error.errno in _FULL else ""
        raise SiteError("SB-5002", f"{path} cannot be written: {why}", hint=hint) from error
