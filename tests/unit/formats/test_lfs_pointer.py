"""Git LFS pointers are told from files."""

from __future__ import annotations

import pytest

from samebytes.formats.lfs_pointer import content_of, is_pointer

_POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)


@pytest.mark.parametrize("data", [_POINTER, memoryview(_POINTER), _POINTER.replace(b"git-lfs", b"hawser")])
def test_recognises_a_pointer(data: bytes) -> None:
    """The text that the specification shows is a pointer, also with its older address."""
    assert is_pointer(data)


@pytest.mark.parametrize(
    "data", [b"", b"version 1\n", b" " + _POINTER, _POINTER[:43], _POINTER + b" " * 1024, b"x" * 2000]
)
def test_leaves_files_alone(data: bytes) -> None:
    """A text about pointers, or a larger file that begins like one, is a file."""
    assert not is_pointer(data)


def test_says_which_content_a_pointer_stands_for() -> None:
    """Only in the exact form: anything else is left as it is, though it may not be packed."""
    assert content_of(_POINTER) == "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    strange = _POINTER + b"more\n"
    assert (is_pointer(strange), content_of(strange)) == (True, "")
    assert content_of(_POINTER + b" " * 1024) == ""
