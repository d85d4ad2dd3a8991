"""Which paths a tarball may hold at all, whoever wrote it."""

from __future__ import annotations

import re

# C0, DEL and C1: terminals act on them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATORS = re.compile(r"[/\\]")


def problem_with(path: str) -> str:
    """Why this path must not be packed or unpacked, as the end of a sentence; empty when it may be.

    A path is relative, its parts are separated by `/`, and no part is empty, `.` or `..`; a backslash counts as a
    separator in the search for `..` because Windows takes it for one.
    """
    if not path:
        return "is empty"
    parts = path.split("/")
    problems = (
        ("is absolute", path[0] in "/\\" or _DRIVE.match(path)),
        ("has a control character", _CONTROL.search(path)),
        ("has a part `..`", ".." in path and ".." in _SEPARATORS.split(path)),
        ("has an empty part or a part `.`", "" in parts or "." in parts),
        ("is not UTF-8", not path.isascii() and not _is_unicode(path)),
    )
    return next((problem for problem, found in problems if found), "")


def _is_unicode(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
