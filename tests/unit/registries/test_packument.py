"""Packuments of hostile or broken servers are errors as a whole; those of real ones are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samebytes.errors import SiteError
from samebytes.model.digests import sha512
from samebytes.model.install_fields import PROJECTED
from samebytes.model.names import PackageName
from samebytes.registries.packument import read_dist_tags, read_packument, tarball_url
from tests.registries.doubles import answer

NAME = PackageName("@acme/wick")
INTEGRITY = sha512(b"x").integrity


def manifest(**changes: Any) -> dict[str, Any]:
    """A version manifest as a server sends it."""
    return {"name": NAME.text, "version": "1.0.0", "dist": {"integrity": INTEGRITY, "shasum": "0" * 40}, **changes}


def packument(**changes: Any) -> bytes:
    """A packument as a server sends it."""
    document = {"name": NAME.text, "versions": {"1.0.0": manifest()}, "dist-tags": {"latest": "1.0.0"}}
    return json.dumps({**document, **changes}).encode()


def test_reads_versions_and_tags() -> None:
    """The digest, the manifest as served, what is kept, and the dist-tags."""
    found = read_packument(answer(200, packument()), NAME, PROJECTED - {"libc"})
    version = found.versions["1.0.0"]
    assert version.integrity == sha512(b"x")
    assert version.manifest["name"] == NAME.text
    assert version.kept_fields == PROJECTED - {"libc"}
    assert dict(found.dist_tags) == {"latest": "1.0.0"}


def test_no_dist_tags_are_none() -> None:
    """Gitea and Forgejo leave `dist-tags` out where no version has one: the versions are there all the same."""
    left = json.dumps({"name": NAME.text, "versions": {"1.0.0": manifest()}}).encode()
    found = read_packument(answer(200, left), NAME, PROJECTED)
    assert (set(found.versions), dict(found.dist_tags)) == ({"1.0.0"}, {})


LIES: dict[str, bytes] = {
    "another package": packument(name="@acme/glow"),
    "no name": packument(name=None),
    "a list": b"[]",
    "versions are a list": packument(versions=[manifest()]),
    "no versions": packument(versions=None),
    "a version of another package": packument(versions={"1.0.0": manifest(name="@acme/glow")}),
    "another version": packument(versions={"1.0.1": manifest()}),
    "a version without a name": packument(versions={"": manifest(version="")}),
    "a version that is a text": packument(versions={"1.0.0": "gone"}),
    "no dist": packument(versions={"1.0.0": manifest(dist=None)}),
    "no hash at all": packument(versions={"1.0.0": manifest(dist={})}),
    "an integrity that is a list": packument(versions={"1.0.0": manifest(dist={"integrity": [INTEGRITY]})}),
    "an empty integrity": packument(versions={"1.0.0": manifest(dist={"integrity": ""})}),
    "a garbled integrity": packument(versions={"1.0.0": manifest(dist={"integrity": INTEGRITY[:-4]})}),
    "two hashes": packument(versions={"1.0.0": manifest(dist={"integrity": f"{INTEGRITY} {INTEGRITY}"})}),
    "an unknown algorithm": packument(versions={"1.0.0": manifest(dist={"integrity": "md5-1B2M2Y8AsgTpgAmY7PhCfg=="})}),
    "dist-tags are null": packument(**{"dist-tags": None}),
    "dist-tags are a list": packument(**{"dist-tags": []}),
    "a dist-tag that is a number": packument(**{"dist-tags": {"latest": 1}}),
}


@pytest.mark.parametrize("lie", LIES)
def test_refuses_what_contradicts_itself(lie: str) -> None:
    """A packument that lies anywhere is an error, whichever version is wanted."""
    with pytest.raises(SiteError) as caught:
        read_packument(answer(200, LIES[lie]), NAME, PROJECTED)
    assert caught.value.code == "SB-5210"


BOMBS: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"<html>", "SB-5130"),
    "a duplicate key": (b'{"name":"a","name":"b"}', "SB-5130"),
    "too deep": (b"[" * 100_000, "SB-5130"),
    "too many values": (b"[" + b"[]," * 1_100_000 + b"0]", "SB-5003"),
    "nothing": (b"", "SB-5130"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_refuses_json_bombs(bomb: str) -> None:
    """What is no JSON, or too much of it, is a site error before it costs memory."""
    data, code = BOMBS[bomb]
    with pytest.raises(SiteError) as caught:
        read_packument(answer(200, data), NAME, PROJECTED)
    assert caught.value.code == code


def test_an_old_version_has_no_digest_of_ours() -> None:
    """A version from before integrity strings is there, without a digest: no reason to distrust the others."""
    old = manifest(version="0.1.0", dist={"shasum": "0" * 40})
    found = read_packument(answer(200, packument(versions={"0.1.0": old, "1.0.0": manifest()})), NAME, PROJECTED)
    assert (found.versions["0.1.0"].integrity, found.versions["1.0.0"].integrity) == (None, sha512(b"x"))


def test_what_is_left_of_a_removed_package_is_empty() -> None:
    """A packument with nothing but the time of its removal has no versions."""
    left = json.dumps({"name": NAME.text, "time": {"unpublished": {"name": "somebody"}}}).encode()
    found = read_packument(answer(200, left), NAME, PROJECTED)
    assert (dict(found.versions), dict(found.dist_tags)) == ({}, {})


def test_a_shown_version_cannot_act_on_a_terminal() -> None:
    """What a server calls a version comes into the error escaped and shortened."""
    with pytest.raises(SiteError) as caught:
        read_packument(answer(200, packument(versions={"\x1b[2J" + "9" * 200: manifest()})), NAME, PROJECTED)
    assert "\x1b" not in caught.value.summary
    assert "9" * 80 not in caught.value.summary


def test_dist_tags_are_read_strictly() -> None:
    """A list of dist-tags is an object of strings, or an error."""
    assert dict(read_dist_tags(answer(200, b'{"latest":"1.0.0"}'), NAME)) == {"latest": "1.0.0"}
    with pytest.raises(SiteError) as caught:
        read_dist_tags(answer(200, b'{"latest":["1.0.0"]}'), NAME)
    assert caught.value.code == "SB-5210"


@pytest.mark.parametrize("dist", [None, [], {}, {"tarball": 7}])
def test_a_manifest_need_not_name_a_tarball(dist: Any) -> None:
    """Where no address is told, there is none."""
    assert tarball_url({"dist": dist}) == ""
