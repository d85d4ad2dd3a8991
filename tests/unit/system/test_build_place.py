"""Where builds run: one fixed path where it can be had, one build at a time there, nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samebytes.errors import DeadlineError
from samebytes.system.build_place import build_place, remove_tree
from samebytes.system.clock import SystemClock


class _Clock:
    """Time that passes only by waiting; `on_sleep` runs at each wait."""

    def __init__(self, on_sleep: Callable[[], None] = lambda: None) -> None:
        self.at_s = 0.0
        self._on_sleep = on_sleep

    def now(self) -> datetime:
        return datetime(2024, 1, 1, tzinfo=UTC)

    def monotonic_s(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds
        self._on_sleep()


def _silent(_: str) -> None:
    """Log nothing."""


def test_builds_at_the_fixed_path_where_it_can_be_had(tmp_path: Path) -> None:
    """The folder is at that very path, empty whatever a killed build left there, and gone afterwards."""
    fixed = tmp_path / "cache" / "build"
    (fixed / "left").mkdir(parents=True)
    with build_place(str(fixed), str(tmp_path / "temp"), SystemClock(), 1.0, _silent) as place:
        assert (place.root, place.is_fixed, list(fixed.iterdir())) == (str(fixed), True, [])
        (fixed / "made").write_bytes(b"")
    assert not fixed.exists()


@pytest.mark.parametrize("spoil", ["writable", "link", "file"])
def test_falls_back_where_somebody_else_could_have_that_path(tmp_path: Path, spoil: str) -> None:
    """A parent that others may write, or that is no folder of its own, is not trusted."""
    parent = tmp_path / "cache"
    if spoil == "file":
        parent.write_bytes(b"")
    elif spoil == "link":
        (tmp_path / "real").mkdir()
        parent.symlink_to("real")
    else:
        parent.mkdir()
        parent.chmod(0o777)
    with build_place(str(parent / "build"), str(tmp_path / "temp"), SystemClock(), 1.0, _silent) as place:
        assert (place.is_fixed, Path(place.root).parent) == (False, tmp_path / "temp")
        assert Path(place.root).stat().st_mode & 0o777 == 0o755
    assert list((tmp_path / "temp").iterdir()) == []


def test_without_a_fixed_path_each_build_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """Builds in temporary folders do not wait for each other."""
    clock = SystemClock()
    with (
        build_place("", str(tmp_path), clock, 1.0, _silent) as first,
        build_place("", str(tmp_path), clock, 1.0, _silent) as second,
    ):
        assert first.root != second.root


def test_a_second_build_waits_until_the_first_is_done(tmp_path: Path) -> None:
    """Two builds on one machine take turns at the fixed path; the waiting one says so, once."""
    fixed, temp = str(tmp_path / "cache" / "build"), str(tmp_path / "temp")
    done, entered = threading.Event(), threading.Event()

    def first() -> None:
        with build_place(fixed, temp, SystemClock(), 1.0, _silent):
            entered.set()
            assert done.wait(30)

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(30)
    said: list[str] = []

    def let_go() -> None:
        done.set()
        thread.join()

    with build_place(fixed, temp, _Clock(let_go), 60.0, said.append) as place:
        assert (place.is_fixed, said) == (True, ["waiting for another build on this machine"])


def test_gives_up_waiting_at_its_time_limit(tmp_path: Path) -> None:
    """A build that never ends is named as the reason, with exit status 15."""
    fixed, temp = str(tmp_path / "cache" / "build"), str(tmp_path / "temp")
    with (
        build_place(fixed, temp, SystemClock(), 1.0, _silent),
        pytest.raises(DeadlineError) as caught,
        build_place(fixed, temp, _Clock(), 5.0, _silent),
    ):
        pytest.fail("two builds at one path")
    assert caught.value.code == "SB-3009"


def test_removes_folders_that_a_build_closed_to_us(tmp_path: Path) -> None:
    """Read-only folders and files go, links are removed and not followed, a missing folder is fine."""
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "kept").write_bytes(b"")
    root = tmp_path / "root"
    (root / "closed" / "inner").mkdir(parents=True)
    (root / "closed" / "file").write_bytes(b"")
    (root / "link").symlink_to(keep)
    (root / "closed" / "inner").chmod(0)
    (root / "closed").chmod(0o500)
    remove_tree(str(root))
    remove_tree(str(root))
    (tmp_path / "top").symlink_to(keep)
    remove_tree(str(tmp_path / "top"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keep"]
    assert (keep / "kept").exists()
