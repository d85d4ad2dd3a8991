"""Git LFS pointers: the text that stands in for a large file which was not fetched."""

from __future__ import annotations

import re

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: less than 1024 bytes, `version` first; the second address is
# that of the preview releases.
LIMIT_BYTES = 1024
_POINTER = re.compile(
    rb"version https://(?:git-lfs\.github\.com/spec/v1|hawser\.github\.com/spec/v1)\n"
    rb"(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize [0-9]+\n"
)
_STARTS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


def is_pointer(data: bytes | memoryview) -> bool:
    """Whether this is a file's LFS pointer and not its contents."""
    if len(data) >= LIMIT_BYTES:
        return False
    text = bytes(data)
    return text.startswith(_STARTS) and b"\noid sha256:" in text


def content_of(data: bytes) -> str:
    """The sha256 of the content that these bytes stand for; empty where they are no pointer in its exact form.

    Stricter than `is_pointer`: what only looks like one is never replaced by a content, and never packed either.
    """
    match = _POINTER.fullmatch(data) if len(data) < LIMIT_BYTES else None
    return match[1].decode("ascii") if match else ""
