"""A scratch repository: what is pushed is written into it, what is fetched is read from it, without a process each.

It is a bare repository in a temporary folder of our own, made when first needed. Its configuration is all that git
reads; objects are loose ones (gitformat-loose-object(5)), since `fetch.unpackLimit` keeps git from making packs.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from samebytes.errors import SiteError

# The tree without entries, which the commit of a lock has.
_EMPTY_TREE = b""
PROTECTED = "config-of-a-user"
_HEADER = re.compile(rb"(blob|commit|tree|tag) (\d{1,18})\0")
_HEADER_BYTES = 32
# Zlib never makes data longer by more than this share and this much (zlib's own compressBound).
_SLACK_SHARE, _SLACK_BYTES = 1000, 64

_SETTINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "core": (
            "bare = true",
            "fsmonitor = false",
            "logAllRefUpdates = false",
            "quotePath = false",
            # Above this git streams an object instead of holding it in memory; nothing of ours is near.
            "bigFileThreshold = 32m",
        ),
        "fetch": ("unpackLimit = 1000000", "writeCommitGraph = false", "recurseSubmodules = no"),
        "gc": ("auto = 0",),
        "http": (
            # A redirect may lead to another host: neither our credential nor our trust goes there.
            "followRedirects = false",
            "sslVerify = true",
            # Below this a push is sent in one piece, which every proxy understands.
            "postBuffer = 16m",
        ),
        "maintenance": ("auto = false",),
        "protocol": ("version = 2",),
        "push": ("gpgSign = false", "recurseSubmodules = no", "negotiate = false"),
    }
)


class Scratch:
    """The repository. Removed by `close`, or when it is forgotten.

    `settings` are further lines of its configuration, `protected` those of the file `PROTECTED` in it.
    """

    def __init__(self, settings: Sequence[str], protected: Sequence[str], *, object_format: str = "sha1") -> None:
        self._settings = settings
        self._protected = protected
        self._object_format = object_format
        self._path: str | None = None
        self._remove: Callable[[], object] = _nothing

    @property
    def path(self) -> str:
        """The folder, made on first use; nobody else can enter it."""
        if self._path is None:
            self._path = tempfile.mkdtemp(prefix="samebytes-git-")
            self._remove = weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
            self._make(self._path)
        return self._path

    def close(self) -> None:
        """Remove the folder; the next use makes a new one."""
        self._remove()
        self._path = None

    def write_blob(self, data: bytes) -> str:
        """Store a blob; its id."""
        return self._write(b"blob", data)

    def write_commit(self, message: bytes, time_s: int) -> str:
        """Store a commit without parents and files; its id."""
        tree = self._write(b"tree", _EMPTY_TREE).encode("ascii")
        who = b"samebytes <samebytes@localhost> %d +0000" % time_s
        return self._write(b"commit", b"tree %s\nauthor %s\ncommitter %s\n\n%s" % (tree, who, who, message))

    def read(self, object_id: str, kind: str, limit_bytes: int) -> bytes | None:
        """The bytes of an object, None where there is none.

        Raises SiteError: SB-5003 above the limit, which is looked at before the object is; SB-5001 for an object of
        another kind, and for a damaged one.
        """
        try:
            with open(self._place(object_id), "rb") as file:
                stored = file.read(limit_bytes + limit_bytes // _SLACK_SHARE + _SLACK_BYTES)
        except FileNotFoundError:
            return None
        inflate = zlib.decompressobj()
        try:
            head = inflate.decompress(stored, _HEADER_BYTES)
            header = _HEADER.match(head)
            if header is not None and int(header[2]) > limit_bytes:
                raise SiteError("SB-5003", f"the git object {object_id} has more than {limit_bytes} bytes")
            whole = head + inflate.decompress(inflate.unconsumed_tail, limit_bytes + _HEADER_BYTES)
        except zlib.error as error:
            raise SiteError("SB-5001", f"the git object {object_id} is damaged") from error
        if header is None or self._hash(whole) != object_id:
            raise SiteError("SB-5001", f"the git object {object_id} is damaged")
        if header[1] != kind.encode("ascii"):
            raise SiteError("SB-5001", f"the git object {object_id} is a {header[1].decode('ascii')}, not a {kind}")
        return whole[header.end() :]

    def mark(self, name: str) -> bool:
        """Whether a file of that name is in the folder; it is removed."""
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.path, name))
            return True
        return False

    def file(self, name: str, limit_bytes: int) -> bytes:
        """The bytes of a file that git wrote into the folder. Raises SiteError (SB-5003) above the limit."""
        with open(os.path.join(self.path, name), "rb") as file:
            data = file.read(limit_bytes + 1)
        if len(data) > limit_bytes:
            raise SiteError("SB-5003", f"a list of refs has more than {limit_bytes} bytes")
        return data

    def _write(self, kind: bytes, data: bytes) -> str:
        whole = b"%s %d\0%s" % (kind, len(data), data)
        object_id = self._hash(whole)
        place = self._place(object_id)
        if not os.path.exists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            handle, made = tempfile.mkstemp(dir=os.path.dirname(place))
            with os.fdopen(handle, "wb") as file:
                file.write(zlib.compress(whole, 1))
            os.replace(made, place)
        return object_id

    def _hash(self, whole: bytes) -> str:
        return hashlib.new(self._object_format, whole, usedforsecurity=False).hexdigest()

    def _place(self, object_id: str) -> str:
        return os.path.join(self.path, "objects", object_id[:2], object_id[2:])

    def _make(self, path: str) -> None:
        is_sha1 = self._object_format == "sha1"
        lines = ["[core]", f"\trepositoryFormatVersion = {0 if is_sha1 else 1}"]
        if not is_sha1:
            lines += ["[extensions]", f"\tobjectFormat = {self._object_format}"]
        for section, settings in _SETTINGS.items():
            lines += [f"[{section}]", *(f"\t{setting}" for setting in settings)]
        for folder in ("objects", "refs"):
            os.mkdir(os.path.join(path, folder))
        files = {"config": [*lines, *self._settings], PROTECTED: self._protected, "HEAD": ["ref: refs/heads/none"]}
        for name, texts in files.items():
            with open(os.path.join(path, name), "x", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{text}\n" for text in texts)


def _nothing() -> None:
    """There is no folder to remove yet."""
