"""Programs that know nothing of us read a canonical tarball as what it holds."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from samebytes.formats import gzip
from samebytes.formats.ustar import MTIME
from samebytes.formats.ustar_reader import read_canonical
from tests.golden.vectors import example_tarball

_TIMEOUT_S = 120


@pytest.fixture
def tgz(tmp_path: Path) -> Path:
    """The example tarball in a file: an executable, a non-ASCII path that needs a PAX header, package.json."""
    path = tmp_path / "example.tgz"
    path.write_bytes(example_tarball()[1])
    return path


def _expected() -> dict[str, tuple[bytes, int]]:
    tar = gzip.decompress(example_tarball()[1], 1_000_000, "p")
    return {entry.path: (bytes(entry.data), entry.mode) for entry in read_canonical(tar, "p")}


def _run(*argv: str, cwd: Path, **variables: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", **variables}
    done = subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, check=True, timeout=_TIMEOUT_S)
    return done.stdout.decode()


def _files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_gzip_finds_nothing_wrong(tgz: Path) -> None:
    """`gzip -t` checks the member and its checksum, `gzip -l` knows its size."""
    _run("gzip", "-t", tgz.name, cwd=tgz.parent)
    tar_bytes = len(gzip.decompress(tgz.read_bytes(), 1_000_000, "p"))
    assert str(tar_bytes) in _run("gzip", "-l", tgz.name, cwd=tgz.parent).split()


def test_tar_unpacks_it(tgz: Path) -> None:
    """`tar` gives the same files, dates and modes, in the order of bytes, without a word."""
    listed = _run("tar", "--list", "--gzip", "--file", tgz.name, cwd=tgz.parent, TAR_OPTIONS="--quoting-style=literal")
    assert listed.splitlines() == sorted(_expected())
    folder = tgz.parent / "out"
    folder.mkdir()
    _run("tar", "-xzpf", str(tgz), cwd=folder)
    assert _files_below(folder) == {path: data for path, (data, _) in _expected().items()}
    for path, (_, mode) in _expected().items():
        status = (folder / path).stat()
        assert (status.st_mode & 0o777, status.st_mtime) == (mode, MTIME)


def test_pythons_tarfile_reads_it(tgz: Path) -> None:
    """The standard library sees regular files of nobody and nothing else."""
    with tarfile.open(tgz) as archive:
        members = archive.getmembers()
    assert {member.name: member.mode for member in members} == {path: mode for path, (_, mode) in _expected().items()}
    assert all(member.isreg() for member in members)
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members} == {
        (0, 0, "", "", MTIME)
    }


def test_npm_installs_it(tgz: Path) -> None:
    """Npm unpacks every file, links the executable, and records the sha512 that we computed."""
    project = tgz.parent / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name":"consumer","version":"1.0.0","private":true}', encoding="utf-8")
    home = {
        "HOME": str(tgz.parent),
        "npm_config_cache": str(tgz.parent / "cache"),
        "npm_config_update_notifier": "false",
    }
    _run("npm", "install", "--offline", "--no-audit", "--no-fund", str(tgz), cwd=project, **home)
    installed = project / "node_modules" / "@acme" / "example"
    assert {f"package/{path}": data for path, data in _files_below(installed).items()} == {
        path: data for path, (data, _) in _expected().items()
    }
    assert _run("node_modules/.bin/example", cwd=project) == "hello\n"
    lock = json.loads((project / "package-lock.json").read_bytes())
    assert lock["packages"]["node_modules/@acme/example"]["integrity"] == example_tarball()[0].sha512.integrity
