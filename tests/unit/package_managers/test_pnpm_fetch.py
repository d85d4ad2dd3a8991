"""Fetching a pinned pnpm: checked, cached, never half there."""

from __future__ import annotations

import gzip
import hashlib
import io
import itertools
import tarfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samebytes.errors import BuildError
from samebytes.model.digests import Digest, sha512
from samebytes.model.workspace import ToolPin
from samebytes.package_managers.base import BuildRoom
from samebytes.package_managers.pnpm_fetch import FetchedPnpm, fetch_pnpm
from samebytes.system.process import Command, Completed


def _tarball(files: Mapping[str, bytes], mode: int = 0o644, type_: bytes = tarfile.REGTYPE) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.type, entry.linkname = len(data), mode, type_, "target"
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


_PNPM = _tarball({"package/package.json": b'{"bin": {"pnpm": "./bin/pnpm.cjs"}}', "package/bin/pnpm.cjs": b"//"})
_EXE = _tarball({"package/package.json": b"{}", "package/pnpm": b"elf"})
_NUMBERS = itertools.count()


class _Npm:
    """Answers `npm pack` from a table; `asked` holds the specs."""

    def __init__(self, packages: Mapping[str, bytes], during: Callable[[], None] = lambda: None) -> None:
        self._packages = packages
        self._during = during
        self.asked: list[str] = []

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        spec = command.argv[2]
        self.asked.append(spec)
        self._during()
        if spec not in self._packages:
            return Completed(returncode=1, stdout=b"", stderr=b"404 Not Found")
        target = next(word for word in command.argv if word.startswith("--pack-destination=")).partition("=")[2]
        Path(target, "some.tgz").write_bytes(self._packages[spec])
        return Completed(returncode=0, stdout=b"", stderr=b"")


def _fetch(
    tmp_path: Path, npm: _Npm, version: str = "9.12.0", digest: Digest | None = None, platform: str = "linux-x86_64"
) -> FetchedPnpm:
    room = BuildRoom(
        checkout="",
        home=str(tmp_path / "home"),
        tools="",
        env={},
        install_env={},
        uid=None,
        timeout_s=60.0,
        cache=str(tmp_path / "cache"),
    )
    pin = ToolPin(name="pnpm", version=version, digest=digest, source="package.json: packageManager")
    folder = tmp_path / f"pnpm-{next(_NUMBERS)}"
    return fetch_pnpm(npm, pin, room, platform, str(folder), lambda _: None)


def test_fetches_once_and_keeps_it(tmp_path: Path) -> None:
    """The second build finds the first one's pnpm and asks nobody."""
    npm = _Npm({"pnpm@9.12.0": _PNPM})
    first, second = (_fetch(tmp_path, npm, digest=sha512(_PNPM)) for _ in range(2))
    assert npm.asked == ["pnpm@9.12.0"]
    assert [Path(one.folder, one.program).read_bytes() for one in (first, second)] == [b"//", b"//"]
    assert (first.is_native, first.integrity) == (False, f"sha512:{hashlib.sha512(_PNPM).hexdigest()}")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_holds_the_digest_of_the_pin(tmp_path: Path, algorithm: str) -> None:
    """What corepack writes into packageManager is checked, in every algorithm it can be in; nothing wrong is kept."""
    right = Digest(algorithm, hashlib.new(algorithm, _PNPM).digest())
    wrong = Digest(algorithm, hashlib.new(algorithm, b"other").digest())
    with pytest.raises(BuildError) as caught:
        _fetch(tmp_path, _Npm({"pnpm@9.12.0": _PNPM}), digest=wrong)
    assert (caught.value.code, caught.value.details["pinned"]) == ("SB-3111", str(wrong))
    assert not (tmp_path / "cache").exists()
    assert _fetch(tmp_path, _Npm({"pnpm@9.12.0": _PNPM}), digest=right).program == "package/bin/pnpm.cjs"


def test_a_pin_with_a_digest_does_not_use_what_came_without_one(tmp_path: Path) -> None:
    """The cache is keyed by what was checked."""
    npm = _Npm({"pnpm@9.12.0": _PNPM})
    _fetch(tmp_path, npm)
    _fetch(tmp_path, npm, digest=sha512(_PNPM))
    assert len(npm.asked) == 2


@pytest.mark.parametrize("name", ["program.tgz", "integrity"])
@pytest.mark.parametrize("is_pinned", [False, True])
def test_what_was_changed_in_the_cache_is_fetched_again(tmp_path: Path, name: str, *, is_pinned: bool) -> None:
    """Tarballs are hashed on every use: another pnpm in the cache is not started, whoever put it there."""
    npm = _Npm({"pnpm@9.12.0": _PNPM})
    digest = sha512(_PNPM) if is_pinned else None
    first = _fetch(tmp_path, npm, digest=digest)
    (kept,) = (tmp_path / "cache").iterdir()
    evil = _tarball({"package/package.json": b'{"bin": {"pnpm": "./evil"}}', "package/evil": b"evil"})
    (kept / name).write_bytes(evil)
    second = _fetch(tmp_path, npm, digest=digest)
    assert (second.program, second.integrity) == (first.program, first.integrity)
    _fetch(tmp_path, npm, digest=digest)
    assert len(npm.asked) == 2


def test_a_cache_that_was_changed_in_all_its_parts_does_not_pass_for_the_pin(tmp_path: Path) -> None:
    """Whoever can write the cache can write its integrity too, but not the pin in the commit."""
    npm = _Npm({"pnpm@9.12.0": _PNPM})
    first = _fetch(tmp_path, npm, digest=sha512(_PNPM))
    (kept,) = (tmp_path / "cache").iterdir()
    evil = _tarball({"package/package.json": b'{"bin": {"pnpm": "./evil"}}', "package/evil": b"evil"})
    (kept / "pinned.tgz").write_bytes(_PNPM)
    (kept / "program.tgz").write_bytes(evil)
    (kept / "integrity").write_text(f"sha512:{hashlib.sha512(evil).hexdigest()}", encoding="ascii")
    assert _fetch(tmp_path, npm, digest=sha512(_PNPM)).program == first.program


@pytest.mark.parametrize(
    ("platform", "package"),
    [("linux-x86_64", "linux-x64"), ("linux-aarch64", "linux-arm64"), ("darwin-arm64", "darwin-arm64")],
)
def test_a_native_pnpm_is_the_platforms_package_and_the_digest_is_of_the_main_one(
    tmp_path: Path, platform: str, package: str
) -> None:
    """From 12 on the program comes as one package per platform."""
    npm = _Npm({"pnpm@12.4.2": _PNPM, f"@pnpm/exe.{package}@12.4.2": _EXE})
    fetched = _fetch(tmp_path, npm, "12.4.2", sha512(_PNPM), platform)
    assert (fetched.is_native, Path(fetched.folder, fetched.program).read_bytes()) == (True, b"elf")
    assert Path(fetched.folder, fetched.program).stat().st_mode & 0o777 == 0o755
    assert npm.asked == [f"@pnpm/exe.{package}@12.4.2", "pnpm@12.4.2"]


def test_says_what_npm_said(tmp_path: Path) -> None:
    """A version that nobody has is an error with npm's own words."""
    with pytest.raises(BuildError) as caught:
        _fetch(tmp_path, _Npm({}))
    assert (caught.value.code, caught.value.details["npm"]) == ("SB-3110", "404 Not Found")


@pytest.mark.parametrize(
    "tarball",
    [
        b"no archive",
        _tarball({"package/package.json": b'{"bin": {"pnpm": "../../etc/passwd"}}'}),
        _tarball({"package/package.json": b"{}"}),
        _tarball({"../../outside": b""}),
        _tarball({"/outside": b""}),
        _tarball({"package/link": b""}, type_=tarfile.SYMTYPE),
        _tarball({"package/fifo": b""}, type_=tarfile.FIFOTYPE),
        _PNPM[:60],
    ],
    ids=[
        *("no-archive", "outside-program", "no-program", "outside-file"),
        *("absolute", "symlink", "fifo", "cut-off"),
    ],
)
def test_refuses_a_package_that_is_not_pnpm(tmp_path: Path, tarball: bytes) -> None:
    """Nothing is unpacked outside the cache, and nothing is started that is not in the package."""
    with pytest.raises(BuildError) as caught:
        _fetch(tmp_path, _Npm({"pnpm@9.12.0": tarball}))
    assert caught.value.code == "SB-3110"
    assert not (tmp_path / "cache").exists()
    assert not [path for path in tmp_path.rglob("*") if path.name in {"outside", "passwd"}]


def test_unpacks_without_the_filters_of_newer_pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11.0 to 3.11.3 have no extraction filters; pnpm is unpacked there all the same."""
    for name in ("data_filter", "tar_filter", "fully_trusted_filter"):
        monkeypatch.delattr(tarfile, name, raising=False)

    def extractall(
        self: tarfile.TarFile, path: str = ".", members: object = None, *, numeric_owner: bool = False
    ) -> None:
        pytest.fail("extractall() without a filter trusts the archive")

    monkeypatch.setattr(tarfile.TarFile, "extractall", extractall)
    fetched = _fetch(tmp_path, _Npm({"pnpm@9.12.0": _PNPM}))
    assert Path(fetched.folder, fetched.program).read_bytes() == b"//"


@pytest.mark.parametrize(("packed", "unpacked"), [(0o775, 0o755), (0o666, 0o644)])
def test_unpacked_files_have_the_modes_that_npm_gives_them(tmp_path: Path, packed: int, unpacked: int) -> None:
    """Whoever may run a file in the tarball may run it on disk; nobody else may write it."""
    files = {"package/package.json": b'{"bin": {"pnpm": "bin/pnpm"}}', "package/bin/pnpm": b"", "package/other": b""}
    fetched = _fetch(tmp_path, _Npm({"pnpm@9.12.0": _tarball(files, packed)}))
    assert Path(fetched.folder, "package/other").stat().st_mode & 0o777 == unpacked


def test_two_builds_may_fetch_the_same_at_once(tmp_path: Path) -> None:
    """Whoever comes second uses the folder of whoever was faster."""
    faster = _Npm({"pnpm@9.12.0": _PNPM})
    slower = _Npm({"pnpm@9.12.0": _PNPM}, during=lambda: (_fetch(tmp_path, faster), None)[1])
    fetched = _fetch(tmp_path, slower)
    assert Path(fetched.folder, fetched.program).read_bytes() == b"//"
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize("damaged", [False, True])
def test_eight_builds_that_fetch_the_same_at_once_all_get_it(tmp_path: Path, *, damaged: bool) -> None:
    """An empty or a damaged cache is filled by all of them together, and none stumbles over another."""
    if damaged:
        _fetch(tmp_path, _Npm({"pnpm@9.12.0": _PNPM}))
        for file in (tmp_path / "cache").rglob("*.tgz"):
            file.write_bytes(b"damaged")
    together = threading.Barrier(8)
    npm = _Npm({"pnpm@9.12.0": _PNPM}, during=lambda: (together.wait(30), None)[1])
    with ThreadPoolExecutor(8) as pool:
        fetched = list(pool.map(lambda _: _fetch(tmp_path, npm), range(8)))
    assert {Path(one.folder, one.program).read_bytes() for one in fetched} == {b"//"}
    assert len(list((tmp_path / "cache").iterdir())) == 1
    again = _Npm({})
    assert _fetch(tmp_path, again).integrity == fetched[0].integrity
