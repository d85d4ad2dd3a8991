"""The usual suspects, each planted."""

from __future__ import annotations

import pytest

from samebytes.core.suspects import cause_by_digest, cause_of, suspects_in
from samebytes.model.digests import sha256


@pytest.mark.parametrize(
    ("left", "right", "cause"),
    [
        (b"a\nb\n", b"a\r\nb\r\n", "line ends"),
        (b"\xef\xbb\xbfa", b"a", "byte order mark"),
        (b"a\n", b"a", "end of the last line"),
        (b"a \nb", b"a\nb", "blanks"),
        (b"built 2026-01-02T03:04:05Z.", b"built 2025-12-31T23:59:59.123Z.", "points in time"),
        (b"const t = 1767225600;", b"const t = 1767225999;", "points in time"),
        (b'"/home/a/src/x.ts"', b'"/srv/build/x.ts"', "absolute paths"),
        (b'"/home/a/x" 2026-01-02', b'"/srv/b/x" 2026-01-03', "absolute paths and points in time"),
        (b"b,\na\n", b"a,\nb\n", "another order"),
        (b"one", b"two", ""),
    ],
)
def test_each_usual_suspect_is_recognised(left: bytes, right: bytes, cause: str) -> None:
    """The cause is named when taking it out of both sides leaves them equal, and nothing is named otherwise."""
    found = cause_of(left, right)
    assert cause in found
    assert bool(cause) == bool(found)


def test_facts_of_this_build_are_found_in_a_file() -> None:
    """Where only a digest is expected, a file that names its own build place gives itself away."""
    facts = {"the build path": "/tmp/build-7", "the host name": "box"}
    assert suspects_in(b'map: "/tmp/build-7/src"', facts) == ("it contains the build path (/tmp/build-7)",)
    assert suspects_in(b"a box of chocolates", facts) == ()


@pytest.mark.parametrize(
    ("found", "expected", "cause"),
    [
        (b"a\r\n", b"a\n", "here CRLF"),
        (b"a\n", b"a\r\n", "here LF"),
        (b"\xef\xbb\xbfa", b"a", "byte order mark is here"),
        (b"a", b"\xef\xbb\xbfa", "byte order mark was expected"),
        (b"a\n", b"a", "was not expected"),
        (b"a", b"a\n", "is missing"),
        (b"a", b"b", ""),
    ],
)
def test_exact_transformations_are_tried_against_a_digest(found: bytes, expected: bytes, cause: str) -> None:
    """With the expected digest alone, a transformation that reaches it is the cause."""
    named = cause_by_digest(found, sha256(expected))
    assert cause in named
    assert bool(cause) == bool(named)
