"""Things that are slow to make are made once for all workers and all runs, and never seen half made."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"


def made_once(target: Path, make: Callable[[Path], None]) -> Path:
    """The folder `target`, filled by `make` if nobody has filled it yet.

    `make` gets a folder beside the target, which is renamed when it is complete: a crash leaves rubbish, never a half
    target. A kernel lock keeps other workers waiting; it ends with its process.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f"{target.name}.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return target
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.draft-", dir=target.parent))
        try:
            make(draft)
            draft.chmod(0o755)
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return target
