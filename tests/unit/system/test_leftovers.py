"""What a build left running ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samebytes.errors import BuildError
from samebytes.system import leftovers
from samebytes.system.leftovers import end_all_of, end_leftovers, pids_of

_WAIT = "import time; print('up', flush=True); time.sleep(600)"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the environment of processes")
def test_ends_processes_of_the_builds_home_and_no_others(tmp_path: Path) -> None:
    """A daemon in a session of its own is found by the HOME it was given; a process with a longer HOME is not."""
    mine, other = (
        subprocess.Popen(
            (sys.executable, "-I", "-S", "-c", _WAIT),
            env={"A": "b", "HOME": home},
            start_new_session=True,
            stdout=subprocess.PIPE,
        )
        for home in (str(tmp_path), f"{tmp_path}/inner")
    )
    try:
        for process in (mine, other):
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
        assert end_leftovers(str(tmp_path)) == 1
        assert (mine.wait(30), other.poll()) == (-9, None)
    finally:
        for process in (mine, other):
            process.kill()
            process.communicate()


# No account's, and no build's: builds take theirs from 61999 on.
_UID = 61899


@pytest.mark.system("other-uid")
def test_a_process_without_any_environment_is_found_by_its_user() -> None:
    """`setsid env -i` leaves group, session and environment, not the user."""
    process = subprocess.Popen(
        ("/bin/sh", "-c", "setsid env -i sleep 600 & echo up; wait"), user=_UID, stdout=subprocess.PIPE, cwd="/"
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"up\n"
        assert end_all_of(_UID) >= 2
        assert pids_of(_UID) == ()
        assert end_all_of(_UID) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("uid", [0, os.getuid()])
def test_never_ends_everything_of_root_or_of_us(uid: int) -> None:
    """Only a user that is a build's alone can be swept."""
    with pytest.raises(ValueError, match="is not a build's"):
        end_all_of(uid)


def test_a_process_that_stays_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is packed beside a process that cannot be ended."""
    times = iter((0.0, 5.0, 11.0))
    monkeypatch.setattr(leftovers, "pids_of", lambda _: (2**22 + 1,))
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    with pytest.raises(BuildError) as caught:
        end_all_of(_UID)
    assert (caught.value.code, caught.value.details["processes"]) == ("SB-3012", str(2**22 + 1))
