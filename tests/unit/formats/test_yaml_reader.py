"""YAML is read by the core schema, with line numbers, and without what could hide or hurt."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats import yaml_reader
from samebytes.formats.yaml_reader import YamlList, YamlMap, parse_yaml, parse_yaml_documents
from samebytes.model.json_value import JsonNumber


def test_reads_plain_values_by_the_core_schema() -> None:
    """`yes` and `on` are text, quoted numbers too; null, booleans and numbers are what they look like."""
    text = b'a: [yes, on, "1", \'2\', 18, 1.5, 0x1f, .inf, ~, null, "", true, FALSE]\nb:\nc: |\n  1\n1: x\n'
    assert parse_yaml(text, "f") == {
        "a": [
            "yes",
            "on",
            "1",
            "2",
            JsonNumber("18"),
            JsonNumber("1.5"),
            JsonNumber("0x1f"),
            JsonNumber(".inf"),
            None,
            None,
            "",
            True,
            False,
        ],
        "b": None,
        "c": "1\n",
        "1": "x",
    }


def test_knows_the_line_of_each_key_and_item() -> None:
    """Lines count from one, through comments and byte order marks."""
    document = parse_yaml(b"\xef\xbb\xbf# comment\na:\n  - x\n  -\n    b: 1\n", "f")
    assert isinstance(document, YamlMap)
    items = document["a"]
    assert isinstance(items, YamlList)
    assert (document.line, document.lines, items.line, items.lines) == (2, {"a": 2}, 3, [3, 5])


def test_an_empty_file_has_no_document() -> None:
    """Nothing and only comments are no document."""
    assert parse_yaml(b"", "f") is None
    assert parse_yaml(b"# nothing\n", "f") is None


def test_aliases_stand_for_the_same_value() -> None:
    """Anchors of scalars, lists and mappings can be used again."""
    text = b"a: &a [x]\nb: *a\nc: &c 1\nd: *c\ne: &e {k: *a}\nf: *e\n"
    assert parse_yaml(text, "f") == {
        "a": ["x"],
        "b": ["x"],
        "c": JsonNumber("1"),
        "d": JsonNumber("1"),
        "e": {"k": ["x"]},
        "f": {"k": ["x"]},
    }


def test_reads_several_documents_in_order() -> None:
    """Each document starts afresh; lines go on."""
    assert list(parse_yaml_documents(b"---\na: &x 1\n---\nb: 2\n", "f")) == [
        {"a": JsonNumber("1")},
        {"b": JsonNumber("2")},
    ]


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"a: b\na: c\n", "SB-2202", "f:2:1"),
        (b"a: 'x\n", "SB-2201", "f:2:1"),
        (b"a: \x00", "SB-2201", "f"),
        (b"a: b\n\xff", "SB-2201", "f:2"),
        (b"a: *b\n", "SB-2201", "f:1:4"),
        (b"a: &a [*a]\n", "SB-2201", "f:1:8"),
        (b"a: !!python/name:os.system x\n", "SB-2203", "f:1:4"),
        (b"a: !mine {b: c}\n", "SB-2203", "f:1:4"),
        (b"? [a]\n: b\n", "SB-2203", "f:1:3"),
        (b"? {a: b}\n: b\n", "SB-2203", "f:1:3"),
        (b"x: &x {a: b}\ny:\n  <<: *x\n", "SB-2203", "f:3:3"),
        (b"? ~\n: b\n", "SB-2203", "f:1:3"),
        (b"[" * 150 + b"]" * 150, "SB-2204", "f:1:101"),
        (b"[" * 5000, "SB-2201", "f:1:1001"),
        (b"a: b\n---\nc: d\n", "SB-2205", "f"),
    ],
)
def test_refuses_with_the_place(data: bytes, code: str, place: str) -> None:
    """Each refusal says where and why."""
    with pytest.raises(FormatError) as caught:
        parse_yaml(data, "f")
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_quoted_merge_key_is_a_key() -> None:
    """Only the plain `<<` would be a merge."""
    assert parse_yaml(b"'<<': x\n", "f") == {"<<": "x"}


def test_refuses_a_bomb_of_aliases() -> None:
    """Nine aliases a line, twelve lines: 9**12 values."""
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(FormatError) as caught:
        parse_yaml("\n".join(lines).encode(), "f")
    assert caught.value.code == "SB-2204"


def test_refuses_a_file_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Size is looked at before anything is parsed."""
    monkeypatch.setattr(yaml_reader, "LIMIT_BYTES", 10)
    with pytest.raises(FormatError) as caught:
        parse_yaml(b"a: 12345678\n", "f")
    assert caught.value.code == "SB-2204"
