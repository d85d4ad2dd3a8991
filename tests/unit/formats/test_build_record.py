"""A build record is written and read exactly."""

from __future__ import annotations

import json

import pytest

from samebytes.errors import FormatError
from samebytes.formats import build_record
from samebytes.formats.canonical_json import write_document
from tests.unit.formats.releases import example_record


def test_round_trip_is_exact() -> None:
    """Reading gives the record, writing it again the bytes."""
    data = build_record.write(example_record())
    assert build_record.read(data, "p") == example_record()
    assert build_record.write(build_record.read(data, "p")) == data


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("format", "https://samebytes.dev/build-record/v2", "p: format"),
        ("statementSha256", "00", "p: statementSha256"),
        ("started", "2026-03-01T09:00:00+01:00", "p: started"),
        ("finished", "yesterday", "p: finished"),
        ("toolchain", ["node"], "p: toolchain"),
        ("toolchain", {"node": 20}, "p: toolchain.node"),
        ("isolation", "none", "p: isolation"),
        ("changedTrackedFiles", [1], "p: changedTrackedFiles[0]"),
        ("host", "a", "p"),
    ],
)
def test_refuses_anything_else(key: str, value: object, where: str) -> None:
    """Another version, unknown keys and wrong forms are refused, with the key."""
    document = json.loads(build_record.write(example_record())) | {key: value}
    with pytest.raises(FormatError) as caught:
        build_record.read(write_document(document), "p")
    assert (caught.value.code, caught.value.place) == ("SB-4080", where)
