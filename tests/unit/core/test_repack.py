"""What another tool packed is re-emitted with the same contents in canonical bytes."""

from __future__ import annotations

import gzip as stdlib_gzip
import io
import json
import tarfile

import pytest

from samebytes.core.pack import FileContent, pack
from samebytes.core.repack import repack
from samebytes.errors import FormatError
from samebytes.formats.ustar import END
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.versions import Version
from tests.unit.formats.tars import block

_ID = PackageId(PackageName("a"), Version("1.0.0"))
_SETTINGS = PackSettings()


def _foreign(files: dict[str, tuple[bytes, int]], root: str = "package") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path, (data, mode) in files.items():
            info = tarfile.TarInfo(f"{root}/{path}")
            info.size, info.mode, info.uid, info.mtime = len(data), mode, 1000, 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def test_gives_the_bytes_that_packing_the_files_gives() -> None:
    """Modes are reduced to the owner's x bit, package.json is written anew, the rest is kept."""
    native = _foreign(
        {
            "z.js": (b"z", 0o664),
            "package.json": (b'{"version":"1.0.0","name":"a","dependencies":{"c":"1","b":"1.0"}}', 0o600),
            "bin.js": (b"#!", 0o775),
            "lib/package.json": (b'{"dependencies":{"c":"1","b":"1"}}', 0o644),
        }
    )
    manifest = b'{\n  "version": "1.0.0",\n  "name": "a",\n  "dependencies": {\n    "b": "1.0",\n    "c": "1"\n  }\n}\n'
    ours = [
        FileContent(path="package.json", data=manifest, executable=False),
        FileContent(path="bin.js", data=b"#!", executable=True),
        FileContent(path="lib/package.json", data=b'{"dependencies":{"c":"1","b":"1"}}', executable=False),
        FileContent(path="z.js", data=b"z", executable=False),
    ]
    assert repack(native, _ID, _SETTINGS) == pack(_ID, ours, _SETTINGS)


def test_the_order_of_dependencies_does_not_matter() -> None:
    """A packer that writes rewritten dependencies in random order (pnpm up to 11.22) gives one hash."""
    hashes = set()
    for names in (["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]):
        manifest = {"name": "a", "version": "1.0.0", "dependencies": dict.fromkeys(names, "^1.0.0")}
        hashes.add(repack(_foreign({"package.json": (json.dumps(manifest).encode(), 0o644)}), _ID, _SETTINGS)[0].sha512)
    assert len(hashes) == 1


def test_is_idempotent_and_ignores_the_folders_name() -> None:
    """A canonical tarball is re-emitted as itself, and the top folder may have any name."""
    files = {"package.json": (b'{"name":"a","version":"1.0.0"}', 0o644), "\u00e9" * 120: (b"long", 0o644)}
    tarball, tgz = repack(_foreign(files), _ID, _SETTINGS)
    assert repack(tgz, _ID, _SETTINGS) == (tarball, tgz)
    assert repack(_foreign(files, root="a-1.0.0"), _ID, _SETTINGS) == (tarball, tgz)


@pytest.mark.parametrize(
    ("tgz", "code"),
    [
        (b"", "SB-4024"),
        (stdlib_gzip.compress(END, mtime=0), "SB-4039"),
        (stdlib_gzip.compress(block(b"package.json", b"{}") + END, mtime=0), "SB-4021"),
        (stdlib_gzip.compress(block(b"package/a", typeflag=b"2") + END, mtime=0), "SB-4021"),
        (stdlib_gzip.compress(block(b"package/a")[:300], mtime=0), "SB-4020"),
        (_foreign({"package.json": (b'{"name":"b","version":"1.0.0"}', 0o644)}), "SB-4039"),
        (_foreign({"package.json": (b"{,}", 0o644)}), "SB-4010"),
    ],
)
def test_refuses_what_is_not_this_package(tgz: bytes, code: str) -> None:
    """Damage, danger and another package are refused, with the package's name."""
    with pytest.raises(FormatError) as caught:
        repack(tgz, _ID, _SETTINGS)
    assert caught.value.code == code
    assert caught.value.place.startswith("a@1.0.0")
