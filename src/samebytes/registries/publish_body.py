"""The body of an upload: npm's publish document, its base64 made while it is sent, so that memory does not grow with it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from samebytes.errors import BytesDifferError
from samebytes.formats import package_json
from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonNumber, JsonObject, JsonValue
from samebytes.model.tarball import Tarball
from samebytes.model.transfer import Content
from samebytes.registries.base import UploadPackage
from samebytes.system.content import BytesContent, FileContent

# Where the base64 goes: it stands in the last object, and only a number comes after it.
_HERE = "the tarball goes here"
# 768 KiB become 1 MiB of base64, without padding in between.
_PIECE_BYTES = 768 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishBody:
    """A document with a tarball in base64 at one place; `sha512` is what the tarball must have."""

    before: bytes
    tarball: Content
    after: bytes
    sha512: Digest
    what: str

    @property
    def size_bytes(self) -> int:
        """The size of the whole body."""
        return len(self.before) + (self.tarball.size_bytes + 2) // 3 * 4 + len(self.after)

    def chunks(self) -> Iterator[bytes]:
        """The body; BytesDifferError (SB-5201) instead of its end when the tarball is not what was packed."""
        digest = hashlib.sha512()
        yield from BytesContent(self.before).chunks()
        for piece in _pieces(self.tarball.chunks()):
            digest.update(piece)
            yield base64.b64encode(piece)
        if digest.digest() != self.sha512.value:
            raise BytesDifferError(
                "SB-5201",
                f"{self.what} does not have the bytes that were packed",
                hint="something changed the built files; run again",
                details={"expected": self.sha512.integrity, "found": Digest("sha512", digest.digest()).integrity},
            )
        yield self.after


def publish_body(package: UploadPackage, tarball_url: str) -> PublishBody:
    """What is PUT for an upload: one version, one attachment and one dist-tag.

    Provenance would be a second attachment, of which Gitea 1.25 stores either at random. `access` is what the manifest's
    `publishConfig` says. The order of keys is the manifest's own.
    """
    tarball = package.packed.tarball
    name, version = tarball.id.name.text, tarball.id.version.text
    document: dict[str, JsonValue] = {
        "_id": name,
        "name": name,
        "dist-tags": {package.dist_tag: version},
        "versions": {version: {**package.version_manifest, "dist": _dist(tarball, tarball_url)}},
        "access": _access(package.version_manifest),
        "_attachments": {
            f"{name}-{version}.tgz": {
                "content_type": "application/octet-stream",
                "data": _HERE,
                "length": JsonNumber(str(tarball.size_bytes)),
            }
        },
    }
    before, _, after = package_json.write(document).rpartition(json.dumps(_HERE).encode())
    return PublishBody(
        before=before + b'"',
        tarball=FileContent(package.packed.file, tarball.size_bytes),
        after=b'"' + after,
        sha512=tarball.sha512,
        what=str(tarball.id),
    )


def _dist(tarball: Tarball, tarball_url: str) -> JsonObject:
    return {"integrity": tarball.sha512.integrity, "shasum": tarball.sha1.hex, "tarball": tarball_url}


def _access(manifest: JsonObject) -> JsonValue:
    settings = manifest.get("publishConfig")
    access = settings.get("access") if isinstance(settings, Mapping) else None
    return access if isinstance(access, str) else None


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces whose base64 can be put together; only the last has another size."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= _PIECE_BYTES:
            yield bytes(held[:_PIECE_BYTES])
            del held[:_PIECE_BYTES]
    if held:
        yield bytes(held)
