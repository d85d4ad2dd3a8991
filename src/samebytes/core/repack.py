"""Re-emit a tarball that another tool packed: the same contents in canon-v1's bytes."""

from __future__ import annotations

from samebytes.core.pack import FileContent, pack
from samebytes.errors import FormatError
from samebytes.formats import gzip, package_json
from samebytes.formats.package_json import MANIFEST
from samebytes.formats.ustar_reader import TarEntry, read_foreign
from samebytes.model.names import PackageId
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import Tarball

# Far above what registries take; below what a machine that builds has.
TAR_LIMIT_BYTES = 2 * 1024**3


def repack(tgz: bytes, id: PackageId, settings: PackSettings) -> tuple[Tarball, bytes]:  # noqa: A002  the field's own word
    """The canonical tarball with the files of `tgz`, its top package.json written anew.

    Modes become 0755 where the owner may run the file, else 0644; folders, owners and times are dropped; the first part
    of each path is dropped as npm and pnpm do, whatever it is called.
    Raises FormatError: SB-4020 to SB-4022 and SB-4024 as the readers, SB-4021 for a file outside a folder, SB-4039 for a
    package.json that is missing or another's; and what `pack` raises.
    """
    place = str(id)
    tar = gzip.decompress_foreign(tgz, TAR_LIMIT_BYTES, place)
    return pack(id, [_content(entry, place) for entry in read_foreign(tar, place)], settings)


def _content(entry: TarEntry, place: str) -> FileContent:
    _, slash, path = entry.path.partition("/")
    if not slash:
        raise FormatError("SB-4021", "is outside the folder of the package", place=f"{place}: {entry.path}")
    data = (
        package_json.write(package_json.read(bytes(entry.data), f"{place}: {path}")) if path == MANIFEST else entry.data
    )
    return FileContent(path=path, data=data, executable=entry.executable)
