"""Packing is a function of contents: sorted, digested, compressed, and checked against what it should be."""

from __future__ import annotations

import hashlib
import io
import tarfile

import pytest

from samebytes.core.pack import FileContent, FileSize, lay_out, new_tar, pack
from samebytes.errors import BuildError, FormatError
from samebytes.formats import gzip
from samebytes.formats.ustar_reader import read_canonical
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.versions import Version

_ID = PackageId(PackageName("@acme/a"), Version("1.0.0"))
_SETTINGS = PackSettings()
_MANIFEST = FileContent(
    path="package.json", data=b'{\n  "name": "@acme/a",\n  "version": "1.0.0"\n}\n', executable=False
)
_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


def _file(path: str, data: bytes = b"x", *, executable: bool = False) -> FileContent:
    return FileContent(path=path, data=data, executable=executable)


def test_files_are_sorted_by_the_bytes_of_their_path() -> None:
    """Capitals, digits, `-` before `/`, lower case, then everything beyond ASCII by its UTF-8."""
    paths = ["B", "a-b", "a/b", "a0", "package.json", "z", "\u00e9", "\uff21", "\U0001f600"]
    files = [_MANIFEST if path == "package.json" else _file(path) for path in paths]
    tarball, tgz = pack(_ID, files[::-1], _SETTINGS)
    assert [file.path for file in tarball.files] == paths
    tar = gzip.decompress(tgz, 100_000, "p")
    assert [entry.path for entry in read_canonical(tar, "p")] == [f"package/{path}" for path in paths]


def test_the_order_of_the_input_does_not_matter() -> None:
    """Any order of the same files gives the same bytes."""
    files = [_MANIFEST, _file("b"), _file("a", b"y", executable=True)]
    assert pack(_ID, files, _SETTINGS) == pack(_ID, files[::-1], _SETTINGS)


def test_a_tarball_says_what_it_is() -> None:
    """Digests of the tgz, of the tar and of each file, sizes, modes and the manifest inside."""
    tarball, tgz = pack(_ID, [_MANIFEST, _file("bin/a.js", b"#!node\n", executable=True)], _SETTINGS)
    tar = gzip.decompress(tgz, 100_000, "p")
    assert tarball.id == _ID
    assert tarball.size_bytes == len(tgz)
    assert tarball.sha512.value == hashlib.sha512(tgz).digest()
    assert tarball.sha256.value == hashlib.sha256(tgz).digest()
    assert tarball.sha1.value == hashlib.sha1(tgz).digest()
    assert tarball.tar_sha256.value == hashlib.sha256(tar).digest()
    assert tarball.manifest == {"name": "@acme/a", "version": "1.0.0"}
    script = tarball.files[0]
    assert (script.path, script.size_bytes, script.executable) == ("bin/a.js", 7, True)
    assert script.sha256.value == hashlib.sha256(b"#!node\n").digest()


def test_the_layout_has_a_place_for_every_byte() -> None:
    """Header, file and padding follow each other, two zero blocks end the tar, and the parts do not overlap."""
    layout = lay_out(
        [FileSize(path=path, size_bytes=size, executable=False) for path, size in (("package.json", 512), ("a", 513))],
        _SETTINGS,
        "m",
    )
    assert [(slot.file.path, slot.start, slot.end) for slot in layout.slots] == [
        ("a", 512, 1025),
        ("package.json", 2048, 2560),
    ]
    assert layout.size_bytes == len(new_tar(layout)) == 2560 + 1024


def test_the_tar_is_what_pythons_tarfile_reads() -> None:
    """An independent reader finds the same files with the same bytes and modes."""
    files = [_MANIFEST, _file("\u00e9/" + "n" * 200, b"long"), _file("bin", b"b" * 513, executable=True)]
    _, tgz = pack(_ID, files, _SETTINGS)
    with tarfile.open(fileobj=io.BytesIO(tgz), mode="r:gz") as archive:
        found = {}
        for member in archive:
            data = archive.extractfile(member)
            assert data is not None
            found[member.name] = (data.read(), member.mode)
    assert found == {f"package/{f.path}": (f.data, 0o755 if f.executable else 0o644) for f in files}


def test_refuses_an_lfs_pointer() -> None:
    """A pointer in place of the file is named with member and path."""
    with pytest.raises(BuildError, match=r"SB-4036: @acme/a@1\.0\.0: img/logo\.png is a Git LFS pointer"):
        pack(_ID, [_MANIFEST, _file("img/logo.png", _POINTER)], _SETTINGS)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "SB-4039"),
        ([_file("lib/package.json", _MANIFEST.data if isinstance(_MANIFEST.data, bytes) else b"")], "SB-4039"),
        ([_file("package.json", b'{"name":"@acme/b","version":"1.0.0"}')], "SB-4039"),
        ([_file("package.json", b'{"name":"@acme/a","version":"1.0.1"}')], "SB-4039"),
        ([_file("package.json", b"{}")], "SB-4039"),
        ([_file("package.json", b"[]")], "SB-4016"),
        ([_file("package.json", b"{")], "SB-4010"),
        ([_MANIFEST, _file("../a")], "SB-4030"),
        ([_MANIFEST, _file("a"), _file("A")], "SB-4032"),
        ([_MANIFEST, _MANIFEST], "SB-4033"),
    ],
)
def test_refuses_what_is_not_this_package(files: list[FileContent], code: str) -> None:
    """Without its own package.json at the top, or with a path that is not allowed, nothing is packed."""
    with pytest.raises(FormatError) as caught:
        pack(_ID, files, _SETTINGS)
    assert caught.value.code == code
    assert caught.value.place.startswith("@acme/a@1.0.0")


def test_refuses_a_file_of_eight_gib() -> None:
    """The size alone decides, before anything is read."""
    huge = FileSize(path="data.bin", size_bytes=8 * 1024**3, executable=False)
    with pytest.raises(FormatError, match=r"SB-4034: m: package/data\.bin: "):
        lay_out([huge], _SETTINGS, "m")
