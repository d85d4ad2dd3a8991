"""What a stand-in stored is there for another process at once, and after a kill."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from samebytes.testing.forge.storage import Storage


def test_records_keep_their_order(tmp_path: Path) -> None:
    """Records come in the order of their first insertion, whatever changed later."""
    storage = Storage(tmp_path)
    for key in ("b", "a", "c"):
        storage.put("kind", key, {"key": key})
    storage.put("kind", "b", {"key": "b", "again": True})
    assert [key for key, _ in storage.items("kind")] == ["b", "a", "c"]
    assert storage.values("kind")[0] == {"key": "b", "again": True}
    assert (storage.remove("kind", "a"), storage.remove("kind", "a")) == (True, False)
    assert storage.get("kind", "a") is None
    storage.close()


def test_items_by_prefix(tmp_path: Path) -> None:
    """Only keys that begin with the prefix are found, whatever characters it has."""
    storage = Storage(tmp_path)
    for key in ("o/a@1", "o/a@2", "o/ab@1", "o/a", "o/é@1", "p/a@1"):
        storage.put("kind", key, {})
    assert [key for key, _ in storage.items("kind", "o/a@")] == ["o/a@1", "o/a@2"]
    assert [key for key, _ in storage.items("kind", "o/é@")] == ["o/é@1"]
    assert storage.items("other") == []
    storage.close()


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    """An error inside undoes all, of a nested transaction too."""
    storage = Storage(tmp_path)
    storage.put("kind", "a", {"n": 1})
    with pytest.raises(RuntimeError):
        _fail_midway(storage)
    assert storage.items("kind") == [("a", {"n": 1})]
    with storage.transaction(), storage.transaction():
        storage.put("kind", "b", {"n": 3})
    assert len(storage.items("kind")) == 2
    storage.close()


def _fail_midway(storage: Storage) -> None:
    with storage.transaction():
        storage.put("kind", "a", {"n": 2})
        with storage.transaction():
            storage.put("kind", "b", {"n": 3})
        raise RuntimeError


def test_ids_are_never_given_twice(tmp_path: Path) -> None:
    """Ids go on after the storage was opened again."""
    for expected in ([1, 2], [3, 4]):
        storage = Storage(tmp_path)
        assert [storage.next_id("kind") for _ in range(2)] == expected
        assert storage.next_id(f"other {expected[0]}") == 1
        storage.close()


def test_another_process_reads_while_this_one_writes(tmp_path: Path) -> None:
    """A reader sees what was committed, and cannot write."""
    storage = Storage(tmp_path)
    storage.put("kind", "a", {"n": 1})
    source = (
        "import sys; from pathlib import Path; from samebytes.testing.forge.storage import Storage;"
        "print(Storage(Path(sys.argv[1]), read_only=True).get('kind', 'a'))"
    )
    with storage.transaction():
        storage.put("kind", "a", {"n": 2})
        found = subprocess.run(
            [sys.executable, "-c", source, str(tmp_path)], check=True, capture_output=True, text=True
        )
    assert found.stdout == "{'n': 1}\n"
    reader = Storage(tmp_path, read_only=True)
    assert reader.get("kind", "a") == {"n": 2}
    with pytest.raises(sqlite3.OperationalError):
        reader.put("kind", "a", {})
    reader.close()
    storage.close()


def test_a_kill_loses_nothing_committed(tmp_path: Path) -> None:
    """A process that is killed in the middle of a transaction leaves all that it committed before, and no more."""
    source = (
        "import sys; from pathlib import Path; from samebytes.testing.forge.storage import Storage\n"
        "storage = Storage(Path(sys.argv[1]))\n"
        "with storage.transaction(): storage.put('kind', 'a', {'n': 1})\n"
        "with storage.transaction():\n"
        "    storage.put('kind', 'b', {'n': 2})\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", source, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGKILL)
    storage = Storage(tmp_path)
    assert storage.items("kind") == [("a", {"n": 1})]
    storage.close()


def test_blobs_are_stored_by_digest(tmp_path: Path) -> None:
    """A committed blob lies under its SHA-256 with all digests told; an abandoned one leaves nothing."""
    storage = Storage(tmp_path)
    writer = storage.writer()
    for chunk in (b"lan", b"", b"terns"):
        writer.write(chunk)
    blob = writer.commit()
    data = b"lanterns"
    assert storage.blob_path(blob).read_bytes() == data
    assert blob.size == len(data)
    assert blob.sha512 == hashlib.sha512(data).hexdigest()
    assert (blob.md5, blob.sha1) == (hashlib.md5(data).hexdigest(), hashlib.sha1(data).hexdigest())
    other = storage.writer()
    other.write(b"x")
    other.abandon()
    assert [path.name for path in (tmp_path / "blobs").iterdir()] == [blob.sha256]
    assert list((tmp_path / "incoming").iterdir()) == []
    storage.close()
