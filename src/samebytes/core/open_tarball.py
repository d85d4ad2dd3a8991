"""Open a tarball by any packer as one side of an explanation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from samebytes.core.repack import TAR_LIMIT_BYTES
from samebytes.errors import FormatError
from samebytes.formats import gzip, package_json, ustar
from samebytes.formats.package_json import MANIFEST
from samebytes.formats.ustar_reader import TarEntry, read_foreign
from samebytes.model.change import Side, SideFile
from samebytes.model.digests import sha256, sha512
from samebytes.model.json_value import JsonObject

_SYSTEMS = {0: "FAT", 3: "Unix", 19: "macOS", 255: "no system"}
_XFL = {2: "slowest level", 4: "fastest level"}
_SHOWN = 3


def side_of_tarball(tgz: bytes, place: str) -> Side:
    """A tarball with every file's bytes. Raises FormatError (SB-402x) for what is no tarball, or not a safe one."""
    tar = gzip.decompress_foreign(tgz, TAR_LIMIT_BYTES, place)
    entries = tuple(read_foreign(tar, place))
    files = tuple(_file(entry) for entry in entries)
    manifest = _manifest(files, place)
    return Side(
        package=_package(manifest) or place,
        sha512=sha512(tgz),
        tar_sha256=sha256(tar),
        files=files,
        manifest=manifest,
        container=tuple(_container(entries)),
        compression=_compression(tgz),
    )


def _package(manifest: JsonObject | None) -> str:
    """Name and version as the manifest says them; empty where it does not."""
    name, version = (manifest.get(key) if manifest is not None else None for key in ("name", "version"))
    return f"{name}@{version}" if isinstance(name, str) and isinstance(version, str) else ""


def _file(entry: TarEntry) -> SideFile:
    data = bytes(entry.data)
    return SideFile(
        path=entry.path.partition("/")[2] or entry.path,
        size_bytes=len(data),
        executable=entry.executable,
        sha256=sha256(data),
        data=data,
    )


def _manifest(files: Sequence[SideFile], place: str) -> JsonObject | None:
    data = next((file.data for file in files if file.path == MANIFEST), None)
    try:
        return package_json.read(data, place) if data is not None else None
    except FormatError:
        # An unreadable package.json is compared as bytes, like any other file.
        return None


def _container(entries: Sequence[TarEntry]) -> Iterator[str]:
    """How the headers differ from canon-v1, a few examples of each kind."""
    order = [entry.path for entry in entries]
    if order != sorted(order):
        yield f"files in the order {', '.join(order[:_SHOWN])}, …"
    if times := sorted({entry.mtime for entry in entries} - {ustar.MTIME}):
        yield f"modification time {', '.join(map(str, times[:_SHOWN]))}"
    if owners := sorted({(entry.uid, entry.gid) for entry in entries} - {(0, 0)}):
        yield f"owner {', '.join(f'{uid}:{gid}' for uid, gid in owners[:_SHOWN])}"
    if modes := sorted({entry.mode for entry in entries} - {ustar.MODE_EXECUTABLE, ustar.MODE_PLAIN}):
        yield f"mode {', '.join(f'{mode:04o}' for mode in modes[:_SHOWN])}"
    if roots := sorted({entry.path.partition("/")[0] for entry in entries} - {"package"}):
        yield f"top folder {', '.join(roots[:_SHOWN])}"


def _compression(tgz: bytes) -> str:
    """The gzip header in words: level hint, system and time (RFC 1952, section 2.3.1)."""
    level = _XFL.get(tgz[8], "no level named")
    system = _SYSTEMS.get(tgz[9], f"system {tgz[9]}")
    time = int.from_bytes(tgz[4:8], "little")
    return f"{len(tgz)} bytes, {level}, {system}{f', time {time}' if time else ''}"
