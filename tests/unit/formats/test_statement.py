"""A statement describes a release exactly, and nothing that is not one is read as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from samebytes.errors import FormatError
from samebytes.formats import statement
from samebytes.formats.canonical_json import write_document
from samebytes.model.release import Release
from tests.unit.formats.releases import a_file, a_subject, example_release, first_snapshot

_Change = Callable[[dict[str, Any]], object]


def _changed(change: _Change, release: Release | None = None) -> bytes:
    """The example's statement with one change, written canonically again."""
    document = json.loads(statement.write(release or example_release()))
    change(document)
    return write_document(document)


def _set(*path: str | int, to: object) -> _Change:
    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to

    return change


@pytest.mark.parametrize("release", [example_release(), first_snapshot()], ids=["tagged", "snapshot"])
def test_round_trip_is_exact(release: Release) -> None:
    """Reading gives the release, writing it again the bytes."""
    data = statement.write(release)
    assert statement.read(data, "p") == release
    assert data.endswith(b"\n")
    assert data.count(b"\n") == 1


def test_is_an_in_toto_statement() -> None:
    """The outer form is in-toto's: type, subjects by package URL with digests, predicate type, predicate."""
    document = json.loads(statement.write(example_release()))
    assert sorted(document) == ["_type", "predicate", "predicateType", "subject"]
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert [subject["name"] for subject in document["subject"]] == [
        "pkg:npm/%40acme/cli@1.2.0",
        "pkg:npm/acme-core@1.2.0-rc.1",
    ]
    assert sorted(document["subject"][0]["digest"]) == ["sha256", "sha512"]


_P = "predicate"
_PURL = "pkg:npm/acme-core@1.2.0-rc.1"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_set("_type", to="https://in-toto.io/Statement/v0.1"), "p: _type"),
        (_set("predicateType", to="https://samebytes.dev/release/v2"), "p: predicateType"),
        (_set("extra", to=1), "p"),
        (lambda document: document.pop("subject"), "p"),
        (_set("subject", to={}), "p: subject"),
        (_set("subject", to=[]), "p: predicate.tarballs"),
        (_set("predicate", to=[]), "p: predicate"),
        (_set(_P, "time", to="2026-01-01"), "p: predicate"),
        (lambda document: document[_P].pop("tree"), "p: predicate"),
        (_set(_P, "tag", to=""), "p: predicate.tag"),
        (_set(_P, "tag", to="v1\nv2"), "p: predicate.tag"),
        (_set(_P, "tag", to=1), "p: predicate.tag"),
        (_set(_P, "commit", to="1F" * 20), "p: predicate.commit"),
        (_set(_P, "commit", to="1f" * 21), "p: predicate.commit"),
        (_set(_P, "tree", to=None), "p: predicate.tree"),
        (_set(_P, "base", to=None), "p: predicate.base"),
        (_set(_P, "base", "tag", to=None), "p: predicate.base"),
        (_set(_P, "base", "commit", to=None), "p: predicate.base"),
        (_set(_P, "base", "inferred", to=0), "p: predicate.base.inferred"),
        (_set(_P, "selection", to="some"), "p: predicate.selection"),
        (_set(_P, "lockfile", to={}), "p: predicate.lockfile"),
        (_set(_P, "lockfile", to={"md5": "00"}), "p: predicate.lockfile"),
        (_set(_P, "lockfile", to="sha256:00"), "p: predicate.lockfile"),
        (_set(_P, "lockfile", to={"sha256": "00"}), "p: predicate.lockfile.sha256"),
        (_set(_P, "lockfile", to={"sha256": "0G" * 32}), "p: predicate.lockfile.sha256"),
        (_set(_P, "packageManager", to={"name": "pnpm"}), "p: predicate.packageManager"),
        (_set(_P, "packageManager", "version", to=""), "p: predicate.packageManager.version"),
        (_set(_P, "image", to="alpine"), "p: predicate.image"),
        (_set(_P, "profile", to="Pnpm 9"), "p: predicate.profile"),
        (_set(_P, "canon", to=""), "p: predicate.canon"),
        (_set(_P, "tarballs", 0, "size", to=-1), "p: predicate.tarballs[0].size"),
        (_set(_P, "tarballs", 0, "size", to=True), "p: predicate.tarballs[0].size"),
        (_set(_P, "tarballs", 0, "size", to="1"), "p: predicate.tarballs[0].size"),
        (_set(_P, "tarballs", 0, "files", 0, "path", to="z"), "p: predicate.tarballs[0].files"),
        (_set(_P, "tarballs", 0, "files", 1, "path", to="bin/acme.js"), "p: predicate.tarballs[0].files"),
        (_set(_P, "tarballs", 0, "files", 0, "path", to="a\u0085b"), "p: predicate.tarballs[0].files[0].path"),
        (_set(_P, "tarballs", 0, "files", 0, "path", to="../a"), "p: predicate.tarballs[0].files[0].path"),
        (_set(_P, "tarballs", 0, "files", 0, "mode", to=1), "p: predicate.tarballs[0].files[0]"),
        (_set("subject", 0, "name", to="pkg:npm/acme/cli@1.2.0"), "p: subject[0].name"),
        (_set("subject", 0, "name", to="pkg:npm/%40acme/CLI@1.2.0"), "p: subject[0].name"),
        (_set("subject", 0, "name", to="pkg:npm/%40acme/cli@1.2"), "p: subject[0].name"),
        (_set("subject", 0, "name", to=_PURL), "p: subject"),
        (_set("subject", 0, "name", to="pkg:npm/zzz@1.0.0"), "p: subject"),
        (_set("subject", 0, "digest", to={"sha256": "00" * 32}), "p: subject[0].digest"),
        (_set("subject", 0, "digest", "sha512", to="00" * 32), "p: subject[0].digest.sha512"),
    ],
)
def test_refuses_anything_else(change: _Change, where: str) -> None:
    """Unknown versions and keys, missing keys, wrong forms and wrong order are refused, with the key."""
    with pytest.raises(FormatError) as caught:
        statement.read(_changed(change), "p")
    assert (caught.value.code, caught.value.place) == ("SB-4050", where)


def test_refuses_bytes_that_are_not_canonical() -> None:
    """The same document in another layout is another digest, so it is no statement."""
    with pytest.raises(FormatError, match="SB-4015"):
        statement.read(json.dumps(json.loads(statement.write(example_release()))).encode(), "p")


def test_refuses_more_than_the_limit() -> None:
    """A statement beyond the limit is not even parsed."""
    with pytest.raises(FormatError, match="SB-4013"):
        statement.read(b" " * (statement.LIMIT_BYTES + 1), "p")


def test_order_is_that_of_bytes() -> None:
    """Names and paths are in the order of their bytes: digits, `@`, capitals, lower case, the rest."""
    subject = a_subject("a", files=(a_file("B"), a_file("a"), a_file("a-b"), a_file("a/b"), a_file("\u00e9")))
    release = replace(example_release(), subjects=(a_subject("0"), a_subject("@z/z"), subject))
    assert statement.read(statement.write(release), "p") == release
