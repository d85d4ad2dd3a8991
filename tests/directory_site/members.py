"""Packed members made with the standard library's tarfile, so that no code under test makes what it is tested with."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

from samebytes.formats.json_reader import parse_json
from samebytes.model.digests import Digest, sha256, sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.tarball import PackedFile, PackedMember, Tarball
from samebytes.model.versions import Version
from samebytes.registries.base import UploadPackage


def packed(
    folder: Path,
    name: str,
    version: str = "1.0.0",
    text: str = "export {};\n",
    extra: Mapping[str, object] | None = None,
) -> PackedMember:
    """A package of two files in a tarball below `folder`; `extra` are more fields of its package.json."""
    package_id = PackageId(PackageName(name), Version(version))
    manifest = {"name": name, "version": version, "main": "index.js", **(extra or {})}
    files = {"index.js": text.encode(), "package.json": json.dumps(manifest).encode()}
    tar = _tar(files)
    data = gzip.compress(tar, mtime=0)
    path = folder / f"{name.replace('/', '__')}-{version}-{sha256(data).hex[:8]}.tgz"
    path.write_bytes(data)
    parsed = parse_json(files["package.json"], name)
    assert isinstance(parsed, Mapping)
    tarball = Tarball(
        id=package_id,
        sha512=sha512(data),
        sha256=sha256(data),
        sha1=Digest("sha1", hashlib.sha1(data).digest()),
        tar_sha256=sha256(tar),
        size_bytes=len(data),
        files=tuple(
            PackedFile(path=name, size_bytes=len(content), executable=False, sha256=sha256(content))
            for name, content in files.items()
        ),
        manifest=parsed,
    )
    return PackedMember(tarball=tarball, file=str(path))


def upload_of(member: PackedMember, dist_tag: str = "samebytes-hold") -> UploadPackage:
    """The upload of a member under a dist-tag."""
    return UploadPackage(packed=member, version_manifest=member.tarball.manifest, dist_tag=dist_tag)


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
