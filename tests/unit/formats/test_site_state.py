"""Lease, memory, journal and release record: written canonically, read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from samebytes.errors import FormatError
from samebytes.formats import site_state
from samebytes.formats.site_state import LeaseRecord, ReleaseRecord
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageName
from samebytes.model.need import Need

_LEASE = LeaseRecord(number=3, renewal=1, token="0f" * 16, holder="me on here", lease_ms=60000, held=True)
_MEMORY = Remembered(
    tag="v1",
    tag_object="a" * 40,
    commit="b" * 40,
    statement_sha256="c" * 64,
    roots=("d" * 40, "e" * 40),
    packages=(PackageName("@s/a"), PackageName("b")),
    needs=(Need(member="b@1.0.0", name=PackageName("c"), range="^1.0.0", version="1.1.0"),),
)
_ENTRY = PromotionEntry(release_tag="v1", dist_tag="latest", before={"a": ""}, after={"a": "1.0.0"}, done=False)
_RELEASE = ReleaseRecord(tag="v1", commit="b" * 40)

_DOCUMENTS: dict[str, tuple[bytes, Callable[[bytes, str], object], object]] = {
    "lease": (site_state.write_lease(_LEASE), site_state.read_lease, _LEASE),
    "memory": (site_state.write_memory(_MEMORY), site_state.read_memory, _MEMORY),
    "journal": (site_state.write_journal([_ENTRY, _ENTRY]), site_state.read_journal, (_ENTRY, _ENTRY)),
    "release": (site_state.write_release(_RELEASE), site_state.read_release, _RELEASE),
}


@pytest.mark.parametrize("kind", _DOCUMENTS)
def test_document_is_read_back(kind: str) -> None:
    """What was written is what is read."""
    data, read, value = _DOCUMENTS[kind]
    assert read(data, "x.json") == value


def test_memory_keeps_what_follows_from_the_binding() -> None:
    """These fields do not count in a comparison, so that they are looked at one by one."""
    memory = site_state.read_memory(site_state.write_memory(_MEMORY), "x.json")
    assert (memory.roots, memory.packages, memory.needs) == (_MEMORY.roots, _MEMORY.packages, _MEMORY.needs)


def _changed(kind: str, **changes: object) -> bytes:
    document: dict[str, Any] = json.loads(_DOCUMENTS[kind][0])
    document |= changes
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _entry(**changes: object) -> bytes:
    entry: dict[str, Any] = json.loads(_DOCUMENTS["journal"][0])["entries"][0]
    entry |= changes
    return _changed("journal", entries=[entry])


_MALFORMED = [
    ("lease", _changed("lease", number=0)),
    ("lease", _changed("lease", number=True)),
    ("lease", _changed("lease", renewal=-1)),
    ("lease", _changed("lease", lease_ms=0)),
    ("lease", _changed("lease", token="short")),
    ("lease", _changed("lease", held=1)),
    ("lease", _changed("lease", extra=1)),
    ("lease", _changed("lease", format="samebytes-lease-v2")),
    ("lease", b"[]\n"),
    ("memory", _changed("memory", commit=1)),
    ("memory", _changed("memory", format="samebytes-lease-v1")),
    ("memory", _changed("memory", roots="d")),
    ("memory", _changed("memory", roots=[1])),
    ("memory", _changed("memory", packages=["Not A Name"])),
    ("memory", _changed("memory", needs=["c"])),
    ("memory", _changed("memory", needs=[{"member": "b", "name": "c", "range": "", "version": "1", "more": ""}])),
    ("journal", _changed("journal", entries=[])),
    ("journal", _changed("journal", entries={})),
    ("journal", _changed("journal", entries=[1])),
    ("journal", _entry(done=None)),
    ("journal", _entry(more=1)),
    ("journal", _entry(before=[])),
    ("journal", _entry(after={"a": 1})),
    ("release", _changed("release", tag=None)),
    ("release", b"{}\n"),
]


@pytest.mark.parametrize(("kind", "data"), _MALFORMED)
def test_malformed_document_is_an_error(kind: str, data: bytes) -> None:
    """A field that is missing, unknown or of the wrong type is an error with the file's name, never 'none'."""
    with pytest.raises(FormatError) as raised:
        _DOCUMENTS[kind][1](data, "x.json")
    assert (raised.value.code, raised.value.place) == ("SB-5004", "x.json")


@pytest.mark.parametrize("kind", _DOCUMENTS)
def test_half_a_document_is_an_error(kind: str) -> None:
    """However much of a document is missing at its end, it is not read."""
    data, read, _ = _DOCUMENTS[kind]
    for length in range(len(data)):
        with pytest.raises(FormatError):
            read(data[:length], "x.json")
