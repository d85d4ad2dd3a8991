"""Open a file that has been resolved, and make sure that it still is that one.

Between resolving and opening, a process of the build could put a link in the way, and root would follow it.
"""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO

_OWN_DESCRIPTORS = "/proc/self/fd"


def open_inside(path: str) -> FileIO:
    """A regular file at an absolute path without links, opened unbuffered.

    Raises OSError where there is none: also for a link, a FIFO or a device, and where a folder above became a link.
    """
    # Without O_NONBLOCK, opening a FIFO would wait for whoever writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = FileIO(descriptor)
    wrong = "not a regular file" if not stat.S_ISREG(os.fstat(descriptor).st_mode) else ""
    if not wrong and _opened(descriptor, path) != path:
        wrong = "a link leads elsewhere"
    if wrong:
        file.close()
        raise OSError(errno.EINVAL, wrong, path)
    return file


def _opened(descriptor: int, path: str) -> str:
    """Where the file that was opened lies, links resolved."""
    try:
        return os.readlink(f"{_OWN_DESCRIPTORS}/{descriptor}")
    except OSError:
        # Systems without /proc: a look at the path, which is not as safe against whoever changes it at that moment.
        real = os.path.realpath(path)
        return real if os.path.samestat(os.stat(real), os.fstat(descriptor)) else ""
