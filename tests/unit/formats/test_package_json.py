"""package.json is read strictly and written as canon-v1 stores it."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.errors import FormatError
from samebytes.formats.package_json import SORTED_MAPS, read, write


def test_writes_every_form() -> None:
    """Two spaces, source order, empty containers closed at once, tokens kept, one LF at the end."""
    source = (
        b'\xef\xbb\xbf{"version":"1.0.0","name":"a","2":1.0,"1":-1E+2,"none":null,"flags":[true,false,[],{}],'
        b'"deep":{"b":{"z":1,"y":[{"k":"\\u2028\\u007f\\u001f\\b\\f\\n\\r\\t\\"\\\\\\/\\u00e9\\ud83d\\ude00"}]},"e":{}}}'
    )
    assert write(read(source, "p")).decode("utf-8") == (
        "{\n"
        '  "version": "1.0.0",\n'
        '  "name": "a",\n'
        '  "2": 1.0,\n'
        '  "1": -1E+2,\n'
        '  "none": null,\n'
        '  "flags": [\n    true,\n    false,\n    [],\n    {}\n  ],\n'
        '  "deep": {\n'
        '    "b": {\n'
        '      "z": 1,\n'
        '      "y": [\n'
        "        {\n"
        '          "k": "\u2028\u007f\\u001f\\b\\f\\n\\r\\t\\"\\\\/\u00e9\U0001f600"\n'
        "        }\n"
        "      ]\n"
        "    },\n"
        '    "e": {}\n'
        "  }\n"
        "}\n"
    )


def test_writes_an_empty_manifest() -> None:
    """An object without keys is two braces and an LF."""
    assert write({}) == b"{}\n"


@pytest.mark.parametrize("name", sorted(SORTED_MAPS))
def test_sorts_the_named_maps_by_the_bytes_of_utf8(name: str) -> None:
    """The maps that packers write in any order are sorted: capitals first, astral after the rest of the plane."""
    written = write({name: {"\U0001f600": "1", "\ufb33": "2", "a": "3", "Z": "4", "@s/x": "5", "10": "6", "9": "7"}})
    assert list(json.loads(written)[name]) == ["10", "9", "@s/x", "Z", "a", "\ufb33", "\U0001f600"]


def test_sorts_no_other_map() -> None:
    """Other maps keep their order, also maps of these names further down, and so does what is in a sorted map."""
    source = (
        b'{"scripts":{"b":"1","a":"2"},"pnpm":{"dependencies":{"b":"1","a":"2"}},'
        b'"peerDependenciesMeta":{"x":{"z":1,"optional":true}},"dependencies":["b","a"]}'
    )
    assert json.dumps(json.loads(write(read(source, "p"))), separators=(",", ":")).encode() == source


def test_refuses_what_is_no_object() -> None:
    """The top of a package.json is an object."""
    with pytest.raises(FormatError, match=r"SB-4016: p: a package\.json must be an object"):
        read(b"[]", "p")


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=12
)
# JSON.parse puts keys that look like array indexes first; canon-v1 keeps the source order, so the two are compared
# without such keys.
_KEYS = _TEXT.map(lambda text: f"k{text}")
_OBJECTS = st.dictionaries(
    _KEYS,
    st.recursive(
        _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12
    ),
    max_size=5,
)


@given(st.dictionaries(_TEXT, _VALUES, max_size=5))
def test_round_trip(manifest: dict[str, object]) -> None:
    """What is written is read as the same value, and written the same again."""
    first = write(read(json.dumps(manifest).encode(), "p"))
    assert json.loads(first) == manifest
    assert write(read(first, "p")) == first


@given(st.permutations(["a", "B", "@x/y", "\u00e9", "z-1"]))
def test_order_of_a_sorted_map_does_not_matter(names: list[str]) -> None:
    """Whatever order a packer writes dependencies in, the bytes are the same."""
    assert write({"dependencies": dict.fromkeys(names, "1")}) == write(
        {"dependencies": dict.fromkeys(sorted(names), "1")}
    )


def test_writes_what_node_writes() -> None:
    """For the same values, JSON.stringify with two spaces gives the same text."""
    manifests = _examples()
    script = (
        "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>"
        "process.stdout.write(JSON.stringify(JSON.parse(t).map(m=>JSON.stringify(m,null,2)+'\\n'))))"
    )
    node = subprocess.run(
        ["node", "-e", script], input=json.dumps(manifests).encode(), capture_output=True, check=True, timeout=60
    )
    ours = [write(read(json.dumps(manifest).encode(), "p")).decode() for manifest in manifests]
    assert ours == json.loads(node.stdout)


def _examples() -> list[dict[str, object]]:
    """A few hundred objects, and one with every character that could be escaped."""
    collected: list[dict[str, object]] = [{"all": "".join(map(chr, [*range(0x500), *range(0x2000, 0x2100), 0xFEFF]))}]

    @given(_OBJECTS)
    def collect(manifest: dict[str, object]) -> None:
        collected.append(manifest)

    collect()
    return collected
