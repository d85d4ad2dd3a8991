"""The body of an upload is npm's document, whatever the size, made while it is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.install_manifest import version_manifest
from samebytes.errors import BytesDifferError
from samebytes.model.tarball import PackedMember
from samebytes.registries.base import UploadPackage
from samebytes.registries.publish_body import PublishBody, publish_body
from samebytes.system.content import BytesContent
from tests.small_releases import Tiny, built_release

_URL = "http://site.invalid/@acme/wick/-/wick-1.0.0.tgz"
_MIB = 1024 * 1024


def package(folder: Path, **fields: str) -> UploadPackage:
    """One packed member to be uploaded."""
    packed = built_release(folder / "built", members=(Tiny(name="@acme/wick", fields=fields),)).packed[0]
    return UploadPackage(packed=packed, version_manifest=version_manifest(packed.tarball), dist_tag="samebytes-hold")


def resized(given: UploadPackage, size: int) -> UploadPackage:
    """The same with other bytes of a size."""
    data = hashlib.shake_128(b"any").digest(size)
    Path(given.packed.file).write_bytes(data)
    digest = replace(given.packed.tarball.sha512, value=hashlib.sha512(data).digest())
    tarball = replace(given.packed.tarball, sha512=digest, size_bytes=size)
    return replace(given, packed=PackedMember(tarball=tarball, file=given.packed.file))


@pytest.mark.parametrize("size", [1, 2, 3, 768 * 1024 - 1, 768 * 1024, 768 * 1024 + 1, 5 * _MIB // 2])
def test_body_is_the_publish_document(tmp_path: Path, size: int) -> None:
    """Name, version, dist-tag, digests and attachment are what npm's client sends; size and chunks are as announced."""
    given = resized(package(tmp_path), size)
    body = publish_body(given, _URL)
    chunks = list(body.chunks())
    data = b"".join(chunks)
    assert len(data) == body.size_bytes
    assert max(map(len, chunks)) <= _MIB
    document = json.loads(data)
    tarball = given.packed.tarball
    attachment = document["_attachments"]["@acme/wick-1.0.0.tgz"]
    assert base64.b64decode(attachment["data"], validate=True) == Path(given.packed.file).read_bytes()
    assert (attachment["content_type"], attachment["length"]) == ("application/octet-stream", size)
    assert document["versions"]["1.0.0"]["dist"] == {
        "integrity": tarball.sha512.integrity,
        "shasum": tarball.sha1.hex,
        "tarball": _URL,
    }
    assert (document["_id"], document["name"], document["access"]) == ("@acme/wick", "@acme/wick", None)
    assert document["dist-tags"] == {"samebytes-hold": "1.0.0"}


def test_body_can_be_sent_again(tmp_path: Path) -> None:
    """Every attempt sends the same bytes."""
    body = publish_body(package(tmp_path), _URL)
    assert b"".join(body.chunks()) == b"".join(body.chunks())


def test_the_place_of_the_tarball_cannot_be_forged(tmp_path: Path) -> None:
    """A manifest that has our placeholder in it stays as it is."""
    given = package(tmp_path, description="the tarball goes here")
    document = json.loads(b"".join(publish_body(given, _URL).chunks()))
    assert document["versions"]["1.0.0"]["description"] == "the tarball goes here"


def test_access_is_what_the_manifest_says(tmp_path: Path) -> None:
    """A scoped package of npm's public registry is public only when it says so."""
    given = package(tmp_path)
    public = replace(given, version_manifest={**given.version_manifest, "publishConfig": {"access": "public"}})
    assert json.loads(b"".join(publish_body(public, _URL).chunks()))["access"] == "public"


def test_a_changed_file_never_becomes_a_whole_body(tmp_path: Path) -> None:
    """Bytes that are not those that were packed end in an error instead of the body's end."""
    given = package(tmp_path)
    body = publish_body(given, _URL)
    changed = PublishBody(
        before=body.before,
        tarball=BytesContent(b"x" * given.packed.tarball.size_bytes),
        after=body.after,
        sha512=body.sha512,
        what="@acme/wick@1.0.0",
    )
    sent: list[bytes] = []
    with pytest.raises(BytesDifferError) as caught:
        sent.extend(changed.chunks())
    assert caught.value.code == "SB-5201"
    assert sent
    assert body.after not in sent


_MEASURED = """
import resource, sys
from samebytes.model.digests import Digest
from samebytes.registries.publish_body import PublishBody
from samebytes.system.content import FileContent
import hashlib, os
path, size = sys.argv[1], int(sys.argv[2])
with open(path, "rb") as file:
    value = hashlib.file_digest(file, "sha512").digest()
body = PublishBody(
    before=b"{", tarball=FileContent(path, size), after=b"}", sha512=Digest("sha512", value), what="wick@1.0.0"
)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = sum(len(chunk) for chunk in body.chunks())
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert total == body.size_bytes
print((after - before) * (1 if sys.platform == "darwin" else 1024))
"""


def test_memory_does_not_grow_with_the_tarball(tmp_path: Path) -> None:
    """The body of a 200 MB tarball adds less than 20 MB to the process's peak."""
    path, size = tmp_path / "large.tgz", 200 * 1000 * 1000
    with path.open("wb") as file:
        file.truncate(size)
    result = subprocess.run(
        (sys.executable, "-c", _MEASURED, str(path), str(size)), capture_output=True, text=True, check=True
    )
    assert int(result.stdout) < 20 * 1000 * 1000
