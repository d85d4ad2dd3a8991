"""Damaged files of a directory site are errors, and tags and packuments survive the way through a site."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from samebytes.errors import SamebytesError, SiteError
from samebytes.forges.folder import FolderReleases
from samebytes.formats import directory_site, site_state, stored_packument
from samebytes.formats.site_state import LeaseRecord, ReleaseRecord
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedPackage, UnreadablePackage
from samebytes.registries.folder import FolderRegistry
from samebytes.serving import routes
from samebytes.stores.folder import FolderState
from samebytes.system.clock import SystemClock
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.doubles import CountingLease
from tests.site_calls import tag_at

_NAME = PackageName("@s/n")
_PACKUMENT: Any = {
    "name": "@s/n",
    "dist-tags": {"latest": "1.0.0"},
    "versions": {
        "1.0.0": {
            "name": "@s/n",
            "version": "1.0.0",
            "dist": {"integrity": "sha512-" + "A" * 86 + "==", "shasum": "0" * 40, "tarball": "t"},
        }
    },
    "time": {"1.0.0": "2026-01-01T00:00:00.000Z"},
}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)

_READERS: tuple[tuple[bytes, Callable[[bytes, str], object]], ...] = (
    (
        site_state.write_lease(
            LeaseRecord(number=1, renewal=0, token="0f" * 16, holder="me", lease_ms=1000, held=True)
        ),
        site_state.read_lease,
    ),
    (
        site_state.write_memory(Remembered(tag="v1", tag_object="a", commit="b", statement_sha256="c")),
        site_state.read_memory,
    ),
    (
        site_state.write_journal(
            [PromotionEntry(release_tag="v1", dist_tag="latest", before={"a": ""}, after={"a": "1.0.0"}, done=True)]
        ),
        site_state.read_journal,
    ),
    (site_state.write_release(ReleaseRecord(tag="v1", commit="c")), site_state.read_release),
    (directory_site.write_site("corp"), directory_site.read_site),
)
# What git check-ref-format lets through, and more.
_TAGS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path, *(inner for key in keys for inner in _paths(value[key], (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The document with another value at a path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


def _read_or_none(read: Callable[[], object]) -> object:
    try:
        return read()
    except SamebytesError:
        return None


@given(st.data())
def test_damaged_state_is_read_in_full_or_refused(data: st.DataObject) -> None:
    """A state document with any one value exchanged is either refused, or read as exactly what it says."""
    document, read = data.draw(st.sampled_from(_READERS))
    value = json.loads(document)
    path = data.draw(st.sampled_from(_paths(value)))
    changed = _with(value, path, data.draw(_JSON))
    text = json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    found = _read_or_none(lambda: read(text.encode("utf-8", "surrogatepass"), "x.json"))
    if changed == value and json.dumps(changed) == json.dumps(value):
        assert found is not None
    assert found is None or found != read(document, "x.json") or changed == value


@given(st.data())
def test_any_bytes_as_state_are_read_or_refused(data: st.DataObject) -> None:
    """Cut, exchanged and arbitrary bytes raise nothing but our own errors, and are never read as the original."""
    document, read = data.draw(st.sampled_from(_READERS))
    at = data.draw(st.integers(0, len(document)))
    rubbish = data.draw(st.binary(max_size=8))
    damaged = document[:at] + rubbish + document[at + data.draw(st.integers(0, 8)) :]
    found = _read_or_none(lambda: read(damaged, "x.json"))
    assert damaged == document or found is None or found != read(document, "x.json")


@given(st.data())
def test_damaged_packument_is_read_or_refused_with_our_error(data: st.DataObject) -> None:
    """A packument with any one value exchanged never loses a version on the way, whatever else it is."""
    path = data.draw(st.sampled_from(_paths(_PACKUMENT)))
    changed = _with(_PACKUMENT, path, data.draw(_JSON))
    found = _read_or_none(lambda: stored_packument.read(json.dumps(changed).encode(), _NAME, "index.json"))
    if isinstance(found, stored_packument.StoredPackument):
        assert set(found.versions) == set(changed["versions"])
        assert dict(found.dist_tags) == changed["dist-tags"]


@given(st.binary(max_size=40))
def test_packument_of_any_bytes_is_never_taken_for_absence(rubbish: bytes) -> None:
    """A package whose file holds rubbish is unreadable; it is absent only when there is no file."""
    with TemporaryDirectory() as folder:
        site = SiteFolder(FolderStore(folder), "corp")
        site.found()
        (Path(folder) / "npm/@s/n").mkdir(parents=True)
        (Path(folder) / "npm/@s/n/index.json").write_bytes(rubbish)
        seen = FolderRegistry(site, SystemClock()).observe([_NAME])[_NAME]
    assert isinstance(seen, UnreadablePackage)


@given(st.lists(_TAGS, min_size=1, max_size=4, unique=True))
def test_tags_never_share_a_place(tags: list[str]) -> None:
    """Whatever tags are called, each has its own memory and its own release, and all are listed."""
    with TemporaryDirectory() as folder:
        site = SiteFolder(FolderStore(folder), "corp")
        site.found()
        lease = CountingLease()
        state, releases = FolderState(site, SystemClock(), SystemRandomness()), FolderReleases(site)
        kept = []
        for tag in tags:
            try:
                state.remember(Remembered(tag=tag, tag_object="", commit=tag, statement_sha256=""), lease)
                releases.create(tag_at(tag, tag), lease)
            except SiteError as error:
                assert error.code in {"SB-5001", "SB-5002"}  # noqa: PT017  a name that no folder can have
            else:
                kept.append(tag)
        assert [memory.commit for memory in state.all_remembered() if memory.tag in kept] == sorted(kept)
        assert all(releases.assets(tag) == {} for tag in kept)


@given(st.binary(max_size=60))
def test_no_url_leads_out_of_the_site(path: bytes) -> None:
    """Whatever a client asks for, what comes of it are checked names, or nothing."""
    name = getattr(routes.route(b"/corp/npm/" + path), "name", None)
    assert name is None or isinstance(name, PackageName)


@given(st.sampled_from(["@s/n", "n", "@a-b/c.d"]), st.booleans(), st.booleans())
def test_scoped_names_come_in_any_encoding(name: str, encode_at: bool, encode_slash: bool) -> None:
    """A name means the same however much of it is percent-encoded."""
    encoded = name.replace("/", "%2f" if encode_slash else "/").replace("@", "%40" if encode_at else "@")
    assert routes.route(f"/corp/npm/{encoded}".encode()) == routes.Packument("corp", "/corp/npm", PackageName(name))


def test_unreadable_and_absent_are_told_apart() -> None:
    """The counterpart of the fuzz above: without a file the package is observed, and has nothing."""
    with TemporaryDirectory() as folder:
        seen = FolderRegistry(SiteFolder(FolderStore(folder), "corp"), SystemClock()).observe([_NAME])[_NAME]
    assert isinstance(seen, ObservedPackage)
    assert not seen.versions
