"""The kept log of a build: every line, in a file that gets its name when the build ends."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def kept_log(folder: str, name: str, log: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """A log that also writes to `<folder>/<name>`, replacing an earlier one.

    A log that cannot be kept is no reason to stop a build.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=f"{name}.", dir=folder)
    except OSError:
        yield log
        return
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:

        def both(line: str) -> None:
            with contextlib.suppress(OSError):
                file.write(f"{line}\n")
            log(line)

        try:
            yield both
        finally:
            with contextlib.suppress(OSError):
                file.flush()
                os.replace(draft, os.path.join(folder, name))
