"""Members are packed from disk, one way or another, to the same bytes."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.pack import FileContent, TarLayout, new_tar, pack
from samebytes.errors import BuildError, FormatError
from samebytes.flows import pack as pack_flow
from samebytes.flows.pack import PackRoom, pack_members, pack_native
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import ListedFile, PackedMember, PackRequest
from samebytes.model.versions import Version


def _id(name: str) -> PackageId:
    return PackageId(PackageName(name), Version("1.0.0"))


def _request(folder: Path, name: str, files: dict[str, bytes], executable: frozenset[str] = frozenset()) -> PackRequest:
    """A member whose files are written to disk; package.json there is not the one that is published."""
    root = folder / name
    for path, data in {"package.json": b"not even JSON", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return PackRequest(
        id=_id(name),
        manifest={"name": name, "version": "1.0.0"},
        files=tuple(
            ListedFile(stored_path=path, source_path=str(root / path), executable=path in executable)
            for path in ("package.json", *files)
        ),
    )


def _requests(folder: Path, count: int = 5) -> list[PackRequest]:
    return [
        _request(folder, f"m{n}", {"b.js": b"b" * 1000 * n, "bin/a": b"#!" + bytes(n)}, frozenset({"bin/a"}))
        for n in range(count)
    ]


def test_packs_each_member_into_the_folder(tmp_path: Path) -> None:
    """The tarball is on disk under its asset name, is what packing in memory gives, and each is reported."""
    heard: list[PackedMember] = []
    out = tmp_path / "out" / "deep"
    packed = pack_members(_requests(tmp_path), PackRoom(out_dir=str(out)), heard.append)
    assert [member.tarball.id.name.text for member in packed] == ["m0", "m1", "m2", "m3", "m4"]
    assert heard == list(packed)
    assert sorted(path.name for path in out.iterdir()) == [f"m{n}-1.0.0.tgz" for n in range(5)]
    content = [
        FileContent(path="package.json", data=b'{\n  "name": "m2",\n  "version": "1.0.0"\n}\n', executable=False),
        FileContent(path="b.js", data=b"b" * 2000, executable=False),
        FileContent(path="bin/a", data=b"#!\0\0", executable=True),
    ]
    tarball, tgz = pack(_id("m2"), content, PackSettings())
    assert packed[2].tarball == tarball
    assert Path(packed[2].file).read_bytes() == tgz
    assert hashlib.sha512(tgz).digest() == tarball.sha512.value


def test_processes_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed in two processes, in whatever order they finish, the outcome is equal and in the order asked for."""
    requests = _requests(tmp_path)
    serial = pack_members(requests, PackRoom(out_dir=str(tmp_path / "serial")))
    monkeypatch.setattr(pack_flow, "_WORTH_PROCESSES_BYTES", 0)
    heard: list[PackedMember] = []
    parallel = pack_members(requests, PackRoom(out_dir=str(tmp_path / "parallel"), workers=2), heard.append)
    assert [member.tarball for member in parallel] == [member.tarball for member in serial]
    assert sorted(member.file for member in heard) == sorted(member.file for member in parallel)
    for one, other in zip(serial, parallel, strict=True):
        assert Path(one.file).read_bytes() == Path(other.file).read_bytes()


def test_a_tiny_memory_limit_only_takes_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member larger than the limit is packed alone."""
    monkeypatch.setattr(pack_flow, "_WORTH_PROCESSES_BYTES", 0)
    room = PackRoom(out_dir=str(tmp_path / "out"), workers=2, memory_limit_bytes=1)
    assert len(pack_members(_requests(tmp_path, 3), room)) == 3


def test_an_error_in_a_process_names_member_and_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in another process is raised here as it is."""
    monkeypatch.setattr(pack_flow, "_WORTH_PROCESSES_BYTES", 0)
    requests = [*_requests(tmp_path, 2), _request(tmp_path, "bad", {"A": b"", "a": b""})]
    with pytest.raises(FormatError, match=r"SB-4032: bad@1\.0\.0: 'A' and 'a'"):
        pack_members(requests, PackRoom(out_dir=str(tmp_path / "out"), workers=2))


def test_the_mode_of_package_json_is_the_listed_one(tmp_path: Path) -> None:
    """Of package.json on disk only the mode counts; without it in the list, it is not executable."""
    listed = _request(tmp_path, "m", {}, frozenset({"package.json"}))
    (executable,) = pack_members([listed], PackRoom(out_dir=str(tmp_path / "out")))
    (plain,) = pack_members([replace(listed, files=())], PackRoom(out_dir=str(tmp_path / "out")))
    assert [file.executable for file in executable.tarball.files] == [True]
    assert [file.executable for file in plain.tarball.files] == [False]


def test_the_surroundings_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Umask, time zone, locale, dates and modes on disk, and the order of the list leave the bytes as they are."""
    request = _request(tmp_path, "m", {f"d{n}/f": bytes([n]) * n for n in range(9)})
    (first,) = pack_members([request], PackRoom(out_dir=str(tmp_path / "one")))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    for file in request.files:
        os.utime(file.source_path, (1, 1))
        Path(file.source_path).chmod(0o777)
    before = os.umask(0o077)
    try:
        (second,) = pack_members([replace(request, files=request.files[::-1])], PackRoom(out_dir=str(tmp_path / "two")))
    finally:
        os.umask(before)
    assert second.tarball == first.tarball
    assert Path(second.file).read_bytes() == Path(first.file).read_bytes()


def test_refuses_a_pointer_and_a_missing_file(tmp_path: Path) -> None:
    """An LFS pointer or a file that is gone is named with its member."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    with pytest.raises(BuildError, match=r"SB-4036: m@1\.0\.0: logo\.png is a Git LFS pointer"):
        pack_members([_request(tmp_path, "m", {"logo.png": pointer})], PackRoom(out_dir=str(tmp_path / "out")))
    gone = _request(tmp_path, "n", {"a": b""})
    (tmp_path / "n" / "a").unlink()
    with pytest.raises(BuildError, match=r"SB-4037: n@1\.0\.0: a cannot be packed"):
        pack_members([gone], PackRoom(out_dir=str(tmp_path / "out")))


def test_refuses_a_file_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes between listing and reading is an error, and no tarball is written."""
    request = _request(tmp_path, "m", {"log": b"1"})

    def grow(layout: TarLayout) -> bytearray:
        (tmp_path / "m" / "log").write_bytes(b"12")
        return new_tar(layout)

    monkeypatch.setattr(pack_flow, "new_tar", grow)
    with pytest.raises(BuildError, match=r"SB-4035: m@1\.0\.0: log changed"):
        pack_members([request], PackRoom(out_dir=str(tmp_path / "out")))
    assert not list((tmp_path / "out").iterdir())


def test_refuses_an_output_folder_that_is_none(tmp_path: Path) -> None:
    """A file in place of the folder is an error."""
    (tmp_path / "out").touch()
    with pytest.raises(BuildError, match="SB-4038"):
        pack_members([], PackRoom(out_dir=str(tmp_path / "out")))


def test_native_tarballs_are_stored_canonically(tmp_path: Path) -> None:
    """What the package manager packed becomes the bytes that packing its contents gives."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, data in (("a.js", b"a"), ("package.json", b'{"name":"m","version":"1.0.0"}')):
            info = tarfile.TarInfo(f"package/{path}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    native = pack_native(_id("m"), buffer.getvalue(), PackRoom(out_dir=str(tmp_path / "native")))
    request = _request(tmp_path, "m", {"a.js": b"a"})
    (direct,) = pack_members([request], PackRoom(out_dir=str(tmp_path / "direct")))
    assert native.tarball == direct.tarball
    assert Path(native.file).read_bytes() == Path(direct.file).read_bytes()
