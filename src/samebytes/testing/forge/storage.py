"""Where a stand-in keeps everything: records in one SQLite file, blobs by digest, repositories as bare git folders.

What was committed survives a kill of the server at any point, and another process can read it at the same time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, value TEXT NOT NULL, UNIQUE (kind, key));
CREATE TABLE IF NOT EXISTS counters (kind TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""
_BUSY_MS = 30_000
# Sorts after every character of a key.
_AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Stored bytes and all the digests that servers tell about them, in hex."""

    size: int
    md5: str
    sha1: str
    sha256: str
    sha512: str


class Storage:
    """Records by kind and key, in the order of their first insertion; `lock` is held during a transaction."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self._depth = 0
        if not read_only:
            for part in ("blobs", "incoming", "repositories"):
                (folder / part).mkdir(parents=True, exist_ok=True)
        mode = "ro" if read_only else "rwc"
        self._database = sqlite3.connect(
            f"{(folder / 'forge.sqlite3').absolute().as_uri()}?mode={mode}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        self._database.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        if not read_only:
            self._database.execute("PRAGMA journal_mode=WAL")
            # A killed process loses nothing with this; only a crash of the machine could.
            self._database.execute("PRAGMA synchronous=OFF")
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        with self.lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none; transactions exclude each other and may be nested (the outermost one counts)."""
        with self.lock:
            if self._depth == 0:
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._database.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._database.execute("COMMIT")

    def get(self, kind: str, key: str) -> Record | None:
        """The record, or None."""
        with self.lock:
            row = self._database.execute("SELECT value FROM records WHERE kind=? AND key=?", (kind, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, key: str, value: Record) -> None:
        """Insert or replace; a replaced record keeps its place in the order."""
        with self.lock:
            self._database.execute(
                "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value=excluded.value",
                (kind, key, json.dumps(value)),
            )

    def remove(self, kind: str, key: str) -> bool:
        """Remove a record; whether there was one."""
        with self.lock:
            return self._database.execute("DELETE FROM records WHERE kind=? AND key=?", (kind, key)).rowcount > 0

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, Record]]:
        """Keys and records of a kind whose key begins with `prefix`, oldest first."""
        with self.lock:
            rows = self._database.execute(
                "SELECT key, value FROM records WHERE kind=? AND key>=? AND key<? ORDER BY rowid",
                (kind, prefix, prefix + _AFTER_ALL),
            ).fetchall()
        return [(key, json.loads(value)) for key, value in rows]

    def values(self, kind: str, prefix: str = "") -> list[Record]:
        """Records of a kind whose key begins with `prefix`, oldest first."""
        return [value for _, value in self.items(kind, prefix)]

    def next_id(self, kind: str) -> int:
        """1, 2, 3 … for each kind; never given twice."""
        with self.lock:
            self._database.execute("INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET last=last+1", (kind,))
            row = self._database.execute("SELECT last FROM counters WHERE kind=?", (kind,)).fetchone()
        return int(row[0])

    def blob_path(self, blob: Blob) -> Path:
        """Where a blob's bytes are."""
        return self.folder / "blobs" / blob.sha256

    def repository_path(self, owner: str, name: str) -> Path:
        """Where a repository's bare git folder is or belongs."""
        return self.folder / "repositories" / owner.lower() / f"{name.lower()}.git"

    def writer(self) -> BlobWriter:
        """A new blob to write; it is stored by `commit`."""
        return BlobWriter(self.folder)


class BlobWriter:
    """Takes bytes piece by piece and hashes them on the way; memory does not grow with them."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "blobs"
        descriptor, name = tempfile.mkstemp(dir=folder / "incoming")
        self._file = os.fdopen(descriptor, "wb")
        self._path = Path(name)
        self._size = 0
        self._hashes = [hashlib.new(kind, usedforsecurity=False) for kind in ("md5", "sha1", "sha256", "sha512")]

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        self._size += len(chunk)
        for running in self._hashes:
            running.update(chunk)
        self._file.write(chunk)

    def commit(self) -> Blob:
        """Store what was written under its digest."""
        self._file.close()
        md5, sha1, sha256, sha512 = (running.hexdigest() for running in self._hashes)
        self._path.replace(self._blobs / sha256)
        return Blob(size=self._size, md5=md5, sha1=sha1, sha256=sha256, sha512=sha512)

    def abandon(self) -> None:
        """Throw away what was written; after `commit` it changes nothing."""
        self._file.close()
        self._path.unlink(missing_ok=True)
