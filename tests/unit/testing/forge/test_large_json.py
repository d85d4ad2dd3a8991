"""A document with long strings is read as json reads it, and the long strings stay in the file."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.testing.forge import large_json
from samebytes.testing.forge.large_json import LargeJson, LongText

_LONG = 70_000


def _resolved(document: LargeJson, value: object) -> object:
    if isinstance(value, LongText):
        return document.text(value)
    if isinstance(value, dict):
        return {key: _resolved(document, entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_resolved(document, entry) for entry in value]
    return value


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["x" * _LONG, '"\\' * _LONG, "é" * _LONG]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(value=_VALUES, is_ascii=st.booleans(), chunk=st.sampled_from([7, 64, 1 << 20]))
def test_reads_what_json_reads(value: object, is_ascii: bool, chunk: int) -> None:
    """Any document comes back as it was, however the file is cut into pieces."""
    data = json.dumps(value, ensure_ascii=is_ascii).encode()
    if len(data) > 1000 * chunk:
        chunk = 1 << 16
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_json, "_CHUNK", chunk)
        document = LargeJson(io.BytesIO(data))
        assert _resolved(document, document.read()) == value


@pytest.mark.parametrize("text", ["", "{", '{"a": "b', "{not json", '{"a": 1} x', '"' + "x" * _LONG])
def test_refuses_what_json_refuses(text: str) -> None:
    """What is no JSON is ValueError, as for json."""
    with pytest.raises(ValueError):
        LargeJson(io.BytesIO(text.encode())).read()


def test_a_long_plain_string_stays_in_the_file() -> None:
    """Only its place is told."""
    found = LargeJson(io.BytesIO(json.dumps({"data": "x" * _LONG}).encode())).read()
    assert found == {"data": LongText(start=10, size=_LONG)}


@pytest.mark.parametrize("size", [1, 2, 3, 100, 51_000, 3_000_001])
def test_decodes_base64_piece_by_piece(size: int) -> None:
    """The bytes of a short or long string are those that were encoded."""
    data = bytes(number % 251 for number in range(size))
    document = LargeJson(io.BytesIO(json.dumps([base64.b64encode(data).decode()]).encode()))
    (text,) = document.read()
    assert b"".join(document.decode_base64(text)) == data


@pytest.mark.parametrize("text", ["%%%", "abc", "ab=c", "A" * 1048575 + "=" + "AAAA" * 10, "A" * (_LONG + 1)])
def test_refuses_bad_base64(text: str) -> None:
    """A wrong character, padding in the middle or a wrong length is ValueError."""
    document = LargeJson(io.BytesIO(json.dumps([text]).encode()))
    (found,) = document.read()
    with pytest.raises(ValueError):
        list(document.decode_base64(found))


def test_memory_does_not_grow_with_a_long_string() -> None:
    """Reading and decoding 16 MB of base64 takes a few MB."""
    file = io.BytesIO(b'{"data": "' + b"AAAA" * (4 << 20) + b'"}')
    tracemalloc.start()
    try:
        document = LargeJson(file)
        text = document.read()["data"]
        size = sum(len(piece) for piece in document.decode_base64(text))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 3 * (4 << 20)
    assert peak < 8 << 20
