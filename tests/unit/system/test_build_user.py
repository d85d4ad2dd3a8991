"""Each build at a time has a user of its own."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from samebytes.system import build_user as module
from samebytes.system.build_user import build_user

_FIRST = 61799


def test_two_builds_at_once_have_two_users_and_a_later_one_the_first(tmp_path: Path) -> None:
    """Ending all processes of a user ends nobody else's."""
    with build_user(_FIRST, str(tmp_path / "locks")) as one, build_user(_FIRST, str(tmp_path / "locks")) as two:
        assert (one, two) == (_FIRST, _FIRST + 1)
    with build_user(_FIRST, str(tmp_path / "locks")) as later:
        assert later == _FIRST


def test_a_user_with_processes_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be those of a build that was killed, or of a service that got this number."""
    monkeypatch.setattr(module, "pids_of", lambda uid: (1,) if uid == _FIRST else ())
    with build_user(_FIRST, str(tmp_path)) as uid:
        assert uid == _FIRST + 1


def test_without_a_lock_nobody_is_alone(tmp_path: Path) -> None:
    """Where locks cannot be made, or too many builds run, there is no user of one's own."""
    (tmp_path / "file").write_bytes(b"")
    with build_user(_FIRST, str(tmp_path / "file")) as uid:
        assert uid is None
    with ExitStack() as stack:
        taken = [stack.enter_context(build_user(_FIRST, str(tmp_path / "locks"))) for _ in range(33)]
    assert (taken[-2:], len(set(taken))) == ([_FIRST + 31, None], 33)


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """Nobody can make root create a file elsewhere."""
    (tmp_path / f"uid-{_FIRST}.lock").symlink_to(tmp_path / "made")
    with build_user(_FIRST, str(tmp_path)) as uid:
        assert uid == _FIRST + 1
    assert not os.path.lexists(tmp_path / "made")


def test_a_file_system_without_locks_gives_no_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the lock is no lock."""

    def failing(_: int) -> bool:
        raise OSError

    monkeypatch.setattr(module, "try_lock", failing)
    with build_user(_FIRST, str(tmp_path)) as uid:
        assert uid is None
