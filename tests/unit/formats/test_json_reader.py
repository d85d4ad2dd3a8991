"""Strict JSON is read with its order and number tokens, and refused with a place."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats.json_place import first_offence
from samebytes.formats.json_reader import parse_json
from samebytes.model.json_value import JsonNumber


def test_keeps_key_order_and_number_tokens() -> None:
    """Objects keep their source order, also of keys that look like integers, and numbers stay as written."""
    value = parse_json(b'{"b": 1.0, "1": [1e0, -0], "a": {"x": true, "w": null}}', "p")
    assert value == {
        "b": JsonNumber("1.0"),
        "1": [JsonNumber("1e0"), JsonNumber("-0")],
        "a": {"x": True, "w": None},
    }
    assert isinstance(value, dict)
    assert list(value) == ["b", "1", "a"]


def test_removes_one_byte_order_mark() -> None:
    """One byte order mark at the start does no harm, a second one is not JSON."""
    assert parse_json(b"\xef\xbb\xbf[]", "p") == []
    with pytest.raises(FormatError, match=r"^SB-4010: p:1:1: "):
        parse_json(b"\xef\xbb\xbf\xef\xbb\xbf[]", "p")


def test_joins_surrogate_pairs() -> None:
    """An escaped surrogate pair is one character, and needs no second look beyond that."""
    assert parse_json(b'["\\ud83d\\ude00"]', "p") == ["\U0001f600"]


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"", "SB-4010", "p:1:1"),
        (b"[1] x", "SB-4010", "p:1:5"),
        (b"[1]\x00", "SB-4010", "p:1:4"),
        (b"[01]", "SB-4010", "p:1:3"),
        (b"{'a':1}", "SB-4010", "p:1:2"),
        (b'["\t"]', "SB-4010", "p:1:3"),
        (b'{"a":1,\n"b":\xff}', "SB-4010", "p:2:5"),
        (b'["\xed\xa0\x80"]', "SB-4010", "p:1:3"),
        (b"[1,\n NaN]", "SB-4010", "p:2:2"),
        (b"[Infinity]", "SB-4010", "p:1:2"),
        (b"[-Infinity]", "SB-4010", "p:1:2"),
        (b'{"a":1,"b":{"a":2},"c":[{"x":1,\n  "x":2}]}', "SB-4011", "p:2:3"),
        (b'{"a":1,"\\u0061":2}', "SB-4011", "p:1:8"),
        (b'[\n"\\uD800"]', "SB-4012", "p:2:1"),
        (b'{"\\udc00 \\ud800":1}', "SB-4012", "p:1:2"),
        (b'["\\ud83d\\ude00", {"a":1}, "\\ud83d x"]', "SB-4012", "p:1:27"),
    ],
)
def test_refuses_with_a_place(data: bytes, code: str, place: str) -> None:
    """Each thing that RFC 8259 leaves open or forbids is refused where it stands."""
    with pytest.raises(FormatError) as caught:
        parse_json(data, "p")
    assert (caught.value.code, caught.value.place) == (code, place)


def test_refuses_what_is_larger_than_the_limit() -> None:
    """The size limit is checked before anything is read."""
    with pytest.raises(FormatError, match="SB-4013: p: 4 bytes"):
        parse_json(b"[  ]", "p", limit_bytes=3)
    assert parse_json(b"[]", "p", limit_bytes=2) == []


def test_refuses_what_is_deeper_than_the_limit() -> None:
    """Nesting is counted in objects and arrays together, up to and including the limit."""
    assert parse_json(b'[{"a":[]}]', "p", max_depth=3) == [{"a": []}]
    with pytest.raises(FormatError) as caught:
        parse_json(b'[{"a":[]}]', "p", max_depth=2)
    assert (caught.value.code, caught.value.place) == ("SB-4013", "p:1:7")


def test_breadth_is_not_depth() -> None:
    """Many small containers beside each other are fine whatever the depth limit."""
    assert parse_json(b"[" + b"[]," * 500 + b"[]]", "p", max_depth=2) == [[]] * 501


def test_strings_full_of_brackets_are_not_depth() -> None:
    """Brackets inside strings do not count."""
    assert parse_json(b'["' + b"[{" * 500 + b'"]', "p", max_depth=1) == ["[{" * 500]


def test_bottomless_nesting_is_an_error_not_a_crash() -> None:
    """A text that would overflow the stack is refused, even where the caller's limit allows it."""
    bomb = b"[" * 200_000
    with pytest.raises(FormatError, match="SB-4013: p:1:101: nested more than 100 deep"):
        parse_json(bomb, "p")
    with pytest.raises(FormatError, match="SB-4013: p: nested too deeply"):
        parse_json(bomb, "p", max_depth=1_000_000)


def test_well_formed_text_has_no_offence() -> None:
    """The second look finds nothing where there is nothing, also for strings that hold quotes and braces."""
    assert first_offence('{"a\\"{":[1,{"b":"}"},{"b":"x"}],"c":-1.5e3}', 5) is None
