"""RFC 8785 is written as its vectors say, and only canonical documents are read."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats.canonical_json import CanonicalValue, read_document, write, write_document

# RFC 8785, section 3.2.3 and appendix; the test data of its author (cyberphone/json-canonicalization, testdata).
_VECTORS: list[tuple[CanonicalValue, str]] = [
    (
        {
            "\u20ac": "Euro Sign",
            "\r": "Carriage Return",
            "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\U0001f600": "Emoji: Grinning Face",
            "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis",
        },
        (
            '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",'
            '"\u20ac":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
        ),
    ),
    (
        {"1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "empty", "a": {}, "111": [{}], "A": {}},
        '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}',
    ),
    (
        {"peach": "order", "p\u00e9ch\u00e9": "wrong", "p\u00eache": "MUST", "sin": "locale"},
        '{"peach":"order","p\u00e9ch\u00e9":"wrong","p\u00eache":"MUST","sin":"locale"}',
    ),
    ('\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
    ([None, True, False, 0, -1, 2**53 - 1, []], "[null,true,false,0,-1,9007199254740991,[]]"),
    ("\u007f\u2028\b\t\f\r", '"\u007f\u2028\\b\\t\\f\\r"'),
]


@pytest.mark.parametrize(("value", "text"), _VECTORS)
def test_writes_the_vectors(value: CanonicalValue, text: str) -> None:
    """Keys are ordered by UTF-16 code units, nothing is escaped that need not be, there is no white space."""
    assert write(value).decode("utf-8") == text


@pytest.mark.parametrize(("value", "text"), _VECTORS)
def test_reads_back_what_it_writes(value: CanonicalValue, text: str) -> None:
    """A document is the canonical bytes and one LF, and its value is the one that was written."""
    assert write_document(value) == text.encode("utf-8") + b"\n"
    assert read_document(write_document(value), "p") == value


@pytest.mark.parametrize(
    "value",
    [1.5, 2**53, -(2**53), ["\ud800"], {"\udc00": 1}, b"bytes", bytearray(b""), {1, 2}],
)
def test_refuses_what_has_no_canonical_form(value: CanonicalValue) -> None:
    """Fractions, integers that are not exact as doubles, lone surrogates and foreign types are not written."""
    with pytest.raises(FormatError, match="SB-4014"):
        write(value)


@pytest.mark.parametrize(
    "data", [b"[1.0]\n", b"[1e3]\n", b"[12345678901234567]\n", b'{"a":[{"b":9007199254740992}]}\n']
)
def test_refuses_to_read_numbers_that_are_not_written(data: bytes) -> None:
    """Only integers up to 2^53 - 1 are read."""
    with pytest.raises(FormatError, match="SB-4014"):
        read_document(data, "p")


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b'{"b":1,"a":2}\n', 2),
        (b"[1, 2]\n", 3),
        (b"[]", 2),
        (b"[]\n\n", 3),
        (b"\xef\xbb\xbf[]\n", 0),
        (b'["\\u0041"]\n', 2),
        (b"[-0]\n", 1),
    ],
)
def test_refuses_bytes_that_are_not_canonical(data: bytes, at: int) -> None:
    """A document that means the same but is written otherwise is refused, with the first byte that differs."""
    with pytest.raises(FormatError, match=f"SB-4015: p: .* at byte {at}$"):
        read_document(data, "p")
