"""Finds another CPython that samebytes supports, besides the one that runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

VARIABLE = "SAMEBYTES_SECOND_PYTHON"
_MINORS = (14, 13, 12, 11)  # newest first: the further from ours, the more it shows
_ASK = "import ensurepip, sys, venv; print(sys.implementation.name, *sys.version_info[:2])"


@cache
def find_second_python() -> Path | None:
    """The first interpreter found with another minor version and a working venv, or None."""
    return next((path for path in _candidates() if _is_second(path)), None)


def _candidates() -> Iterator[Path]:
    """What the environment names, then the PATH, then the folders of pyenv."""
    if VARIABLE in os.environ:
        yield Path(os.environ[VARIABLE])
    for minor in _MINORS:
        on_path = shutil.which(f"python3.{minor}")
        if on_path:
            yield Path(on_path)
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
        yield from sorted(pyenv.glob(f"versions/3.{minor}.*/bin/python3.{minor}"), reverse=True)


def _is_second(path: Path) -> bool:
    """Whether it runs (a shim of pyenv may not), is CPython in our range, and differs from ours."""
    try:
        answer = subprocess.run(
            (str(path), "-I", "-c", _ASK),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    name, major, minor = answer.stdout.split()
    return name == "cpython" and major == "3" and int(minor) in _MINORS and int(minor) != sys.version_info.minor
