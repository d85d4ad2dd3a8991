"""Tarballs by any packer, opened for comparison."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from samebytes.core.explain import explain_package
from samebytes.core.open_tarball import side_of_tarball
from samebytes.core.repack import repack
from samebytes.errors import FormatError
from samebytes.model.change import Layer
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.versions import Version

ID = PackageId(PackageName("n"), Version("1.0.0"))
FILES = {"package/package.json": b'{"name": "n", "version": "1.0.0"}', "package/a.js": b"1\n"}


def tgz(files: dict[str, bytes], *, mtime: int = 499162500, mode: int = 0o644, uid: int = 0, level: int = 9) -> bytes:
    """A tarball by Python's own tarfile and gzip: an independent packer."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size, info.mtime, info.mode, info.uid = len(data), mtime, mode, uid
            tar.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), level, mtime=0)


def test_a_tarball_tells_name_files_and_how_it_was_written() -> None:
    """Name and version come from the package.json inside; every deviation from canon-v1 is named."""
    side = side_of_tarball(tgz(FILES, mtime=1, mode=0o664, uid=1000), "x.tgz")
    assert side.package == "n@1.0.0"
    assert [file.path for file in side.files] == ["package.json", "a.js"]
    assert side.container == (
        "files in the order package/package.json, package/a.js, …",
        "modification time 1",
        "owner 1000:0",
        "mode 0664",
    )
    assert "slowest level" in side.compression


def test_our_own_tarball_has_nothing_to_remark() -> None:
    """What canon-v1 wrote deviates in nothing."""
    side = side_of_tarball(repack(tgz(FILES), ID, PackSettings())[1], "x.tgz")
    assert side.container == ()
    assert "no system" in side.compression


def test_repacking_changes_the_container_only_and_says_so() -> None:
    """A tarball and its canonical form have equal files; only container or manifest text is blamed."""
    written = {**FILES, "package/package.json": b'{\n  "name": "n",\n  "version": "1.0.0"\n}\n'}
    foreign = tgz(written, mtime=5)
    changes = explain_package(
        side_of_tarball(foreign, "a"), side_of_tarball(repack(foreign, ID, PackSettings())[1], "b")
    )
    assert [change.layer for change in changes] == [Layer.CONTAINER]
    assert "modification time 5" in changes[0].left


def test_another_level_is_compression_only() -> None:
    """Equal tars compressed at two levels differ in the outermost layer alone."""
    one, two = (side_of_tarball(tgz(FILES, level=level), "x") for level in (1, 9))
    assert [change.layer for change in explain_package(one, two)] == [Layer.COMPRESSION]


def test_a_tarball_without_a_readable_manifest_is_known_by_its_file_name() -> None:
    """A broken or missing package.json is no reason to refuse an explanation."""
    assert side_of_tarball(tgz({"package/package.json": b"{"}), "x.tgz").package == "x.tgz"
    assert side_of_tarball(tgz({"package/package.json": b'{"name": "a"}'}), "x.tgz").package == "x.tgz"
    side = side_of_tarball(tgz({"other/a": b""}), "x.tgz")
    assert side.package == "x.tgz"
    assert side.container == ("top folder other",)


def test_the_time_in_a_gzip_header_is_shown() -> None:
    """A gzip that stamps the hour is a usual suspect of its own."""
    stamped = bytearray(tgz(FILES))
    stamped[4:8] = (1_700_000_000).to_bytes(4, "little")
    stamped[9] = 7
    assert side_of_tarball(bytes(stamped), "x").compression.endswith("system 7, time 1700000000")


def test_what_is_no_tarball_is_refused() -> None:
    """Any other bytes are an error with the file's name."""
    with pytest.raises(FormatError) as caught:
        side_of_tarball(b"no gzip", "x.tgz")
    assert "x.tgz" in caught.value.summary
