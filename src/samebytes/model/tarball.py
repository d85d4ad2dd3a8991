"""What goes into a tarball, and a packed member: its digests, its files, and the manifest that registries get."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A file that a member ships: `stored_path` in the tarball without `package/`, `source_path` on disk, absolute.

    `executable` decides between mode 0755 and 0644. Of `package.json` at the top only that counts: its bytes are the
    published manifest.
    """

    stored_path: str
    source_path: str
    executable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """One member to be packed: the manifest as it is published, and the files in any order."""

    id: PackageId
    manifest: JsonObject
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """One file in a tarball; `path` is the stored path without the `package/` prefix."""

    path: str
    size_bytes: int
    executable: bool
    sha256: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Tarball:
    """The identity of one canonical tarball; `files` is sorted by the bytes of the stored path.

    `tar_sha256` is over the uncompressed tar. `manifest` is the package/package.json inside, parsed.
    """

    id: PackageId
    sha512: Digest
    sha256: Digest
    sha1: Digest
    tar_sha256: Digest
    size_bytes: int
    files: tuple[PackedFile, ...]
    manifest: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedMember:
    """A tarball and the path of the file that holds it."""

    tarball: Tarball
    file: str
