"""Files in multipart forms."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.testing.forge.upload_form import FormError, FormFile, find_file

_TYPE = "multipart/form-data; boundary=mark"
_HEAD = b'--mark\r\nContent-Disposition: form-data; name="attachment"; filename="a.tgz"\r\n\r\n'


def _find(body: bytes, content_type: str = _TYPE) -> FormFile | None:
    return find_file(io.BytesIO(body), len(body), content_type, "attachment")


@given(st.binary(max_size=300), st.integers(0, 70_000))
def test_finds_the_bytes_of_a_file(data: bytes, padding: int) -> None:
    """Whatever stands in it, and wherever the pieces that are read end"""
    data = data.replace(b"\r\n--mark", b"") + b"x" * padding
    body = _HEAD + data + b"\r\n--mark--\r\n"
    found = _find(body)
    assert found is not None
    assert (body[found.start : found.start + found.size], found.filename) == (data, "a.tgz")


def test_other_fields_are_no_file() -> None:
    """A field of another name, or without a file name, is passed over"""
    other = _HEAD.replace(b"attachment", b"file") + b"x\r\n"
    plain = _HEAD.replace(b'; filename="a.tgz"', b"") + b"x\r\n"
    assert _find(other + plain + b"--mark--\r\n") is None
    assert _find(b"no form at all") is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(_HEAD + b"never ends", _TYPE), (b"--mark\r\nno blank line", _TYPE), (_HEAD, "multipart/form-data")],
)
def test_broken_forms_are_errors(body: bytes, content_type: str) -> None:
    """A form that is cut off, or has no boundary"""
    with pytest.raises(FormError):
        _find(body, content_type)
