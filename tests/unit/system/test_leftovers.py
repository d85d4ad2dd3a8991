"""What a build left running ends with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from samebytes.system.leftovers import end_leftovers

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
