"""Where tests that write and flush thousands of files put them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_MEMORY = "/dev/shm"


@contextmanager
def fast_folder(fallback: Path) -> Iterator[Path]:
    """A folder in memory where the machine has one: a killed process needs no disk, and a flushed disk is slow."""
    if not os.access(_IN_MEMORY, os.W_OK):
        yield fallback
        return
    with tempfile.TemporaryDirectory(prefix="samebytes-test-", dir=_IN_MEMORY) as folder:
        yield Path(folder)
