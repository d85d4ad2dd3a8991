"""Pack a member as canon-v1 says: equal contents are equal bytes.

In three steps, so that files can be read straight into the tar: `lay_out` decides where everything goes, `new_tar`
makes the tar with its headers, and `finish` compresses and digests it once the files are in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from samebytes.core.check_paths import check_paths
from samebytes.errors import BuildError, FormatError
from samebytes.formats import gzip, lfs_pointer, package_json, ustar
from samebytes.formats.package_json import MANIFEST
from samebytes.model.digests import Digest, sha256, sha512
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import PackedFile, Tarball

CANON = "canon-v1"
_ROOT = "package/"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSize:
    """A file about to be packed, of which only the size is known yet."""

    path: str
    size_bytes: int
    executable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """A file about to be packed, with its bytes."""

    path: str
    data: bytes | memoryview
    executable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a file's bytes go in the tar: from `start` up to `end`, behind its header."""

    file: FileSize
    header: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TarLayout:
    """A tar before its files are in; `slots` is sorted by the bytes of the stored path."""

    slots: tuple[Slot, ...]
    size_bytes: int


def lay_out(files: Sequence[FileSize], settings: PackSettings, place: str) -> TarLayout:
    """Where each file goes, whatever order they come in; one of them is `package.json`.

    Raises FormatError: SB-4030 to SB-4033 as `check_paths`, SB-4034 a file of 8 GiB or more, SB-4039 no package.json.
    """
    check_paths([file.path for file in files], settings, place)
    slots: list[Slot] = []
    position = 0
    # Code point order is the order of UTF-8 bytes.
    for file in sorted(files, key=lambda file: file.path):
        try:
            header = ustar.header(_ROOT + file.path, file.size_bytes, executable=file.executable)
        except FormatError as error:
            raise error.within(place) from error
        start = position + len(header)
        end = start + file.size_bytes
        slots.append(Slot(file=file, header=header, start=start, end=end))
        position = end + ustar.padding(file.size_bytes)
    if not any(file.path == MANIFEST for file in files):
        raise FormatError("SB-4039", "there is no package.json at the top", place=place)
    return TarLayout(slots=tuple(slots), size_bytes=position + len(ustar.END))


def new_tar(layout: TarLayout) -> bytearray:
    """The tar with every header in place and zeros where the files go."""
    tar = bytearray(layout.size_bytes)
    for slot in layout.slots:
        tar[slot.start - len(slot.header) : slot.start] = slot.header
    return tar


def finish(id: PackageId, layout: TarLayout, tar: bytearray, place: str) -> tuple[Tarball, bytes]:  # noqa: A002  the field's own word
    """The tarball and its bytes, once every file is in its slot.

    Raises BuildError (SB-4036) when a file is a Git LFS pointer, FormatError (SB-4039) when the package.json inside
    names another package or version, SamebytesError (SB-4025) when this machine's compressor is not that of canon-v1.
    """
    view = memoryview(tar)
    files = tuple(_packed_file(slot, view[slot.start : slot.end], place) for slot in layout.slots)
    manifest = _manifest(id, layout, view, place)
    tgz = gzip.compress(tar)
    tarball = Tarball(
        id=id,
        sha512=sha512(tgz),
        sha256=sha256(tgz),
        sha1=Digest("sha1", hashlib.sha1(tgz, usedforsecurity=False).digest()),
        tar_sha256=Digest("sha256", hashlib.sha256(tar).digest()),
        size_bytes=len(tgz),
        files=files,
        manifest=manifest,
    )
    return tarball, tgz


def pack(id: PackageId, files: Sequence[FileContent], settings: PackSettings) -> tuple[Tarball, bytes]:  # noqa: A002  the field's own word
    """The canonical tarball of files in memory, `package.json` (already written canonically) among them.

    Raises what `lay_out` and `finish` raise.
    """
    place = str(id)
    sizes = [FileSize(path=file.path, size_bytes=len(file.data), executable=file.executable) for file in files]
    layout = lay_out(sizes, settings, place)
    tar = new_tar(layout)
    by_path = {file.path: file.data for file in files}
    for slot in layout.slots:
        tar[slot.start : slot.end] = by_path[slot.file.path]
    return finish(id, layout, tar, place)


def _packed_file(slot: Slot, data: memoryview, place: str) -> PackedFile:
    if lfs_pointer.is_pointer(data):
        raise BuildError(
            "SB-4036",
            f"{place}: {slot.file.path} is a Git LFS pointer, not the file itself",
            hint="run `git lfs pull` before packing a checkout; a build from a tag fetches LFS files by itself",
        )
    return PackedFile(
        path=slot.file.path,
        size_bytes=slot.file.size_bytes,
        executable=slot.file.executable,
        sha256=Digest("sha256", hashlib.sha256(data).digest()),
    )


def _manifest(id: PackageId, layout: TarLayout, view: memoryview, place: str) -> JsonObject:  # noqa: A002  the field's own word
    slot = next(slot for slot in layout.slots if slot.file.path == MANIFEST)
    manifest = package_json.read(bytes(view[slot.start : slot.end]), f"{place}: {MANIFEST}")
    named = f"{manifest.get('name')}@{manifest.get('version')}"
    if named != str(id):
        raise FormatError("SB-4039", f"package.json names {named}", place=place)
    return manifest
