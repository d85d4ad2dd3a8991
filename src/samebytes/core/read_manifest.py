"""The package.json in a canonical tarball."""

from __future__ import annotations

from samebytes.core.repack import TAR_LIMIT_BYTES
from samebytes.errors import FormatError
from samebytes.formats import gzip, package_json
from samebytes.formats.package_json import MANIFEST
from samebytes.formats.ustar_reader import read_canonical
from samebytes.model.json_value import JsonObject


def read_manifest(tgz: bytes, place: str) -> JsonObject:
    """The parsed package/package.json. Raises FormatError (SB-402x) for what is not canon-v1, SB-4039 without one."""
    entries = {entry.path: entry for entry in read_canonical(gzip.decompress(tgz, TAR_LIMIT_BYTES, place), place)}
    entry = entries.get(f"package/{MANIFEST}")
    if entry is None:
        raise FormatError("SB-4039", f"there is no {MANIFEST} at the top", place=place)
    return package_json.read(bytes(entry.data), f"{place}: {MANIFEST}")
