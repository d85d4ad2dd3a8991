"""The example monorepo as a git repository that is the same everywhere: same files, same commit, same tag."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.cached import ROOT
from tests.monorepos import commit_all, git

GOLDEN = ROOT / "tests" / "golden" / "lanterns"
LANTERNS = ROOT / "examples" / "lanterns"
_LEFT_OUT = shutil.ignore_patterns("node_modules", "dist", ".tmp", "*.tsbuildinfo")
_EXECUTABLE_BITS = 0o111


def lanterns_repository(directory: Path) -> Path:
    """The example, committed with fixed names and dates and tagged v1.0.0."""
    shutil.copytree(LANTERNS, directory, ignore=_LEFT_OUT)
    for path in directory.rglob("*"):
        if path.is_file():
            path.chmod(0o755 if path.stat().st_mode & _EXECUTABLE_BITS else 0o644)
    git(directory, "init", "-q", "-b", "main")
    commit_all(directory, "one")
    git(directory, "tag", "-a", "v1.0.0", "-m", "v1.0.0")
    return directory


def _renew() -> None:
    """Build the example once and keep what came out as golden."""
    from tests.varied import VARIATIONS, release_as

    with tempfile.TemporaryDirectory() as folder:
        out = release_as(VARIATIONS[3], lanterns_repository(Path(folder, "repo")), Path(folder, "machine"))
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name in ("SHA512SUMS", "release.json"):
            shutil.copyfile(out / name, GOLDEN / name)


if __name__ == "__main__":
    _renew()
