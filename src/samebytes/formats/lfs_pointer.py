"""Git LFS pointers: the text that stands in for a large file which was not fetched."""

from __future__ import annotations

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: less than 1024 bytes, `version` first; the second address is
# that of the preview releases.
_LIMIT_BYTES = 1024
_STARTS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


def is_pointer(data: bytes | memoryview) -> bool:
    """Whether this is a file's LFS pointer and not its contents."""
    if len(data) >= _LIMIT_BYTES:
        return False
    text = bytes(data)
    return text.startswith(_STARTS) and b"\noid sha256:" in text
