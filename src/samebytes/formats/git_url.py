"""Whether a text is a git URL rather than a folder: `https://host/path`, `git@host:path`; a drive letter is no host."""

from __future__ import annotations

import re

_GIT_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[^/\\\s:]{2,}:(?!\\)")


def is_git_url(text: str) -> bool:
    """Whether git would go to another place for it; what else it may be is a folder."""
    return bool(_GIT_URL.match(text))
