"""The packument of a directory site: npm's document, read strictly, changed as a value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samebytes.errors import FormatError
from samebytes.formats import stored_packument
from samebytes.formats.stored_packument import StoredPackument
from samebytes.model.names import PackageId, PackageName
from samebytes.model.tarball import Tarball
from samebytes.model.versions import Version
from tests.directory_site.members import packed

_NAME = PackageName("@s/n")
_FIRST, _SECOND = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"


@pytest.fixture
def tarball(tmp_path: Path) -> Tarball:
    """@s/n@1.0.0."""
    return packed(tmp_path, "@s/n").tarball


@pytest.fixture
def packument(tarball: Tarball) -> StoredPackument:
    """The package with its first version."""
    manifest = stored_packument.version_manifest(tarball.id, tarball.manifest, tarball, "@s/n/-/n-1.0.0.tgz")
    return stored_packument.empty(_NAME).with_version("1.0.0", manifest, "latest", _FIRST)


def test_version_manifest_keeps_what_was_given_and_adds_dist(tarball: Tarball) -> None:
    """`_id` and `dist` as npm's publish makes them; every other field as it came."""
    given = {**tarball.manifest, "readme": "hello", "dist": "to be replaced"}
    manifest: Any = stored_packument.version_manifest(tarball.id, given, tarball, "there.tgz")
    assert (manifest["readme"], manifest["_id"]) == ("hello", "@s/n@1.0.0")
    dist = manifest["dist"]
    assert (dist["integrity"], dist["shasum"]) == (tarball.sha512.integrity, tarball.sha1.hex)
    assert (dist["tarball"], dist["fileCount"].token) == ("there.tgz", "2")
    assert dist["unpackedSize"].token == str(sum(file.size_bytes for file in tarball.files))


def test_version_manifest_of_another_package_is_refused(tarball: Tarball) -> None:
    """A manifest is stored only under its own name and version."""
    other = PackageId(PackageName("other"), Version("1.0.0"))
    with pytest.raises(FormatError, match=r"other@1\.0\.0: the version manifest is of another"):
        stored_packument.version_manifest(other, tarball.manifest, tarball, "x")


def test_document_is_read_back(packument: StoredPackument, tarball: Tarball) -> None:
    """What was written is what is read, keys in order."""
    data = stored_packument.write(packument)
    assert stored_packument.read(data, _NAME, "index.json") == packument
    assert list(json.loads(data)) == ["_id", "name", "dist-tags", "versions", "time"]
    assert packument.integrity("1.0.0") == tarball.sha512


def test_times(packument: StoredPackument) -> None:
    """`created` stays, `modified` follows each change, each version has its own."""
    assert packument.time == {"created": _FIRST, "modified": _FIRST, "1.0.0": _FIRST}
    later = packument.with_version("1.1.0", packument.versions["1.0.0"], "next", _SECOND)
    assert later.time == {"created": _FIRST, "modified": _SECOND, "1.0.0": _FIRST, "1.1.0": _SECOND}
    assert later.dist_tags == {"latest": "1.0.0", "next": "1.1.0"}


def test_tags_are_set_and_removed(packument: StoredPackument) -> None:
    """A dist-tag moves and goes without touching the versions."""
    tagged = packument.with_tag("beta", "1.0.0", _SECOND)
    assert tagged.dist_tags == {"latest": "1.0.0", "beta": "1.0.0"}
    assert tagged.time["modified"] == _SECOND
    assert tagged.without_tag("latest", _SECOND).dist_tags == {"beta": "1.0.0"}
    assert tagged.versions == packument.versions


def test_removed_version_takes_its_tags_along(packument: StoredPackument) -> None:
    """No dist-tag is left at a version that is gone."""
    two = packument.with_version("1.1.0", packument.versions["1.0.0"], "next", _SECOND)
    one = two.without_version("1.0.0", _SECOND)
    assert list(one.versions) == ["1.1.0"]
    assert one.dist_tags == {"next": "1.1.0"}
    assert "1.0.0" not in one.time


def _document(**changes: object) -> dict[str, Any]:
    manifest = {
        "name": "@s/n",
        "version": "1.0.0",
        "dist": {"integrity": "sha512-" + "A" * 86 + "==", "shasum": "0" * 40, "tarball": "t"},
    }
    return {"name": "@s/n", "versions": {"1.0.0": manifest}, "dist-tags": {}, "time": {}, **changes}


def _manifest(**changes: object) -> dict[str, Any]:
    return _document(versions={"1.0.0": {**_document()["versions"]["1.0.0"], **changes}})


def test_smallest_document_is_read() -> None:
    """Only what decisions need is demanded."""
    read = stored_packument.read(json.dumps(_document()).encode(), _NAME, "index.json")
    assert list(read.versions) == ["1.0.0"]


_DIST = {"integrity": "sha512-" + "A" * 86 + "==", "shasum": "0" * 40, "tarball": "t"}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "index.json"),
        ({}, "index.json"),
        (_document(name="@s/other"), "index.json"),
        (_document(versions=None), "index.json: versions"),
        (_document(versions=[]), "index.json: versions"),
        (_document(versions={"1.0.0": 1}), "index.json: versions.1.0.0"),
        (_document(versions={"1.0.1": _document()["versions"]["1.0.0"]}), "index.json: versions.1.0.1"),
        (_manifest(name="other"), "index.json: versions.1.0.0"),
        (_manifest(dist=None), "index.json: versions.1.0.0.dist"),
        (_manifest(dist={**_DIST, "tarball": None}), "index.json: versions.1.0.0.dist"),
        (_manifest(dist={**_DIST, "integrity": "sha512-AAAA"}), "index.json: versions.1.0.0.dist.integrity"),
        (
            _manifest(dist={**_DIST, "integrity": "sha1-" + "A" * 27 + "="}),
            "index.json: versions.1.0.0.dist.integrity",
        ),
        (_document(**{"dist-tags": []}), "index.json: dist-tags"),
        (_document(**{"dist-tags": {"latest": None}}), "index.json: dist-tags"),
        (_document(time=None), "index.json: time"),
        (_document(time={"created": 1}), "index.json: time"),
    ],
)
def test_malformed_document_is_an_error_with_its_place(document: object, place: str) -> None:
    """What is not exactly what a directory site writes is never taken for 'no such version'."""
    with pytest.raises(FormatError) as raised:
        stored_packument.read(json.dumps(document).encode(), _NAME, "index.json")
    assert raised.value.place.rstrip(": ") == place
