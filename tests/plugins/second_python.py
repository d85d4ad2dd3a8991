"""The fixture `second_python`: another CPython with our locked dependencies and the sources under test."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.cached import CACHE, ROOT, made_once
from tests.plugins.interpreters import find_second_python
from tests.plugins.parts import need

_RUNTIME_LOCK = ROOT / "requirements" / "runtime.lock"


@pytest.fixture(scope="session")
def second_python() -> Path:
    """The program of a virtual environment of the second interpreter, in which `import samebytes` works."""
    need("second-python")
    interpreter = find_second_python()
    assert interpreter is not None
    key = hashlib.sha256(_RUNTIME_LOCK.read_bytes() + bytes(interpreter)).hexdigest()[:12]

    def make(draft: Path) -> None:
        environment = draft / "venv"
        _run(str(interpreter), "-m", "venv", "--copies", str(environment))
        python = str(environment / "bin" / "python")
        _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(_RUNTIME_LOCK))
        site = next((environment / "lib").glob("python3.*")) / "site-packages"
        (site / "samebytes-under-test.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")

    return made_once(CACHE / "interpreters" / f"{interpreter.name}-{key}", make) / "venv" / "bin" / "python"


def _run(*command: str) -> None:
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.fail(f"{' '.join(command)}\n{result.stdout}\n{result.stderr}", pytrace=False)
