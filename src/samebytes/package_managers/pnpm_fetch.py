"""Fetch a pnpm of one exact version through npm, check it on every use, and keep its tarball for the next build."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samebytes.errors import BuildError
from samebytes.model.digests import Digest
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin
from samebytes.package_managers.base import BuildRoom
from samebytes.system.build_place import remove_tree
from samebytes.system.git_objects import text_of
from samebytes.system.process import Command, Runner

# From 12 on pnpm is a native program, one npm package for each platform.
_FIRST_NATIVE_MAJOR = 12
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_MAX_UNPACKED_BYTES = 500_000_000
_FETCH_TIMEOUT_S = 600.0
# The files of one entry of the cache.
_PROGRAM = "program.tgz"
_PINNED = "pinned.tgz"
_INTEGRITY = "integrity"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPnpm:
    """A folder that holds one pnpm; `program` is relative to it, `integrity` is of the tarball it came from."""

    folder: str
    program: str
    is_native: bool
    integrity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Tarballs as the registry gave them: the one with the program, and the one that a pin's digest is of."""

    program: bytes
    pinned: bytes

    @property
    def integrity(self) -> str:
        return f"sha512:{hashlib.sha512(self.program).hexdigest()}"


def fetch_pnpm(
    runner: Runner, pin: ToolPin, room: BuildRoom, platform: str, folder: str, log: Callable[[str], None]
) -> FetchedPnpm:
    """The pnpm of a pin, from the cache or through npm, unpacked into `folder`, which must not exist.

    The cache keeps tarballs, which are hashed on every use: what was changed there is fetched again.
    `platform` is `<system>-<machine>` as the environment says it. A digest in the pin is of the package `pnpm`'s tarball
    (as corepack writes it); for a native pnpm that package is checked and the platform's package of the same version is
    used. Raises BuildError: SB-3110 cannot be fetched, SB-3111 is not what the pin's digest says.
    """
    native = Version(pin.version).release[0] >= _FIRST_NATIVE_MAJOR
    package = f"@pnpm/exe.{_target(platform)}" if native else "pnpm"
    known = pin.digest.hex[:32] if pin.digest else "unpinned"
    cache = Path(room.cache or f"{room.home}/.samebytes-tools")
    place = cache / f"{package.replace('/', '+')}-{pin.version}-{known}.kept"
    kept = _kept(place, is_native=native)
    is_new = kept is None or (pin.digest is not None and not _is_pinned(kept, pin.digest))
    if kept is None or is_new:
        log(f"fetching pnpm {pin.version}")
        kept = _fetched(runner, pin, room, package)
    target = Path(folder)
    target.mkdir()
    _unpack(kept.program, target)
    program = "package/pnpm" if native else _program(target)
    (target / program).chmod(0o755)
    if is_new:
        _keep(kept, place)
    return FetchedPnpm(folder=folder, program=program, is_native=native, integrity=kept.integrity)


def _kept(place: Path, *, is_native: bool) -> _Kept | None:
    """What the cache has, where it is what was put there; the pin is of the program itself where that is not native."""
    try:
        program = (place / _PROGRAM).read_bytes()
        other = place / _PINNED
        kept = _Kept(program=program, pinned=other.read_bytes() if is_native and other.is_file() else program)
        stated = (place / _INTEGRITY).read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    return kept if stated == kept.integrity else None


def _keep(kept: _Kept, place: Path) -> None:
    """Put tarballs into the cache under their name; where another build is faster, its ones are as good."""
    cache = place.parent
    cache.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{place.name}.draft-", dir=cache))
    aside = draft.with_name(f"{draft.name}.old")
    try:
        (draft / _PROGRAM).write_bytes(kept.program)
        if kept.pinned is not kept.program:
            (draft / _PINNED).write_bytes(kept.pinned)
        (draft / _INTEGRITY).write_text(kept.integrity, encoding="ascii")
        draft.chmod(0o755)
        # A folder is not replaced by renaming: what is there moves aside first. Of two builds that do
        # this at once, one may find nothing to move or the name taken; what is there then is good.
        with contextlib.suppress(OSError):
            place.rename(aside)
        with contextlib.suppress(OSError):
            draft.rename(place)
    finally:
        remove_tree(str(draft))
        remove_tree(str(aside))


def _is_pinned(kept: _Kept, digest: Digest) -> bool:
    return hashlib.new(digest.algorithm, kept.pinned).hexdigest() == digest.hex


def _fetched(runner: Runner, pin: ToolPin, room: BuildRoom, package: str) -> _Kept:
    with tempfile.TemporaryDirectory() as folder:
        program = _npm_pack(runner, f"{package}@{pin.version}", room, Path(folder))
        is_other = pin.digest is not None and package != "pnpm"
        pinned = _npm_pack(runner, f"pnpm@{pin.version}", room, Path(folder)) if is_other else program
    kept = _Kept(program=program, pinned=pinned)
    if pin.digest and not _is_pinned(kept, pin.digest):
        raise BuildError(
            "SB-3111",
            f"pnpm {pin.version} from the registry is not the one that {pin.source} pins",
            hint="find out who changed it: the pin and the registry disagree about its bytes",
            details={
                "pinned": str(pin.digest),
                "found": f"{pin.digest.algorithm}:{hashlib.new(pin.digest.algorithm, kept.pinned).hexdigest()}",
            },
        )
    return kept


def _npm_pack(runner: Runner, spec: str, room: BuildRoom, draft: Path) -> bytes:
    registry = (f"--registry={room.registry}",) if room.registry else ()
    target = tempfile.mkdtemp(prefix="pack-", dir=draft)
    done = runner.run(
        Command(
            argv=(
                *("npm", "pack", spec, "--silent", "--ignore-scripts", "--no-update-notifier"),
                *(
                    f"--pack-destination={target}",
                    f"--cache={room.home}/.npm",
                    f"--globalconfig={os.devnull}",
                    *registry,
                ),
            ),
            cwd=target,
            env=room.install_env,
            timeout_s=min(_FETCH_TIMEOUT_S, room.timeout_s),
        )
    )
    tarballs = list(Path(target).glob("*.tgz"))
    if done.returncode or len(tarballs) != 1:
        said = text_of(done.stderr or done.stdout).strip()
        raise BuildError(
            "SB-3110",
            f"npm cannot fetch {spec}",
            hint="check the version in packageManager, and build.install_registry where a mirror is needed",
            details={"npm": said[-2000:]},
        )
    data = tarballs[0].read_bytes()
    remove_tree(target)
    return data


def _unpack(tarball: bytes, folder: Path) -> None:
    try:
        with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
            members = archive.getmembers()
            if sum(member.size for member in members) > _MAX_UNPACKED_BYTES:
                raise BuildError("SB-3110", f"pnpm unpacks to more than {_MAX_UNPACKED_BYTES} bytes")
            for member in members:
                _write(archive, member, folder)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BuildError("SB-3110", f"the tarball of pnpm cannot be unpacked: {error}") from error


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one file below the folder, as npm would: extractall() has no filters before Python 3.11.4."""
    file = archive.extractfile(member) if member.isreg() else None
    parts = member.name.split("/")
    if file is None or {"", ".", ".."}.intersection(parts) or "\\" in member.name:
        # npm packs nothing but files; without links no path can lead out of the folder by way of one.
        raise BuildError("SB-3110", f"the tarball of pnpm holds what npm never packs: {member.name!r}")
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        shutil.copyfileobj(file, target)
    path.chmod(0o755 if member.mode & 0o100 else 0o644)


def _program(draft: Path) -> str:
    manifest = json.loads((draft / "package" / "package.json").read_bytes())
    program = manifest.get("bin", {}).get("pnpm", "")
    if not isinstance(program, str) or not re.fullmatch(r"(?:\./)?[\w./-]+", program) or ".." in program.split("/"):
        raise BuildError("SB-3110", "the package pnpm has no program that could be started")
    return f"package/{program.removeprefix('./')}"


def _target(platform: str) -> str:
    """The platform as pnpm's packages name it: `linux-x64`, `linux-x64-musl`, `darwin-arm64`, `win32-x64`."""
    system, _, machine = platform.partition("-")
    musl = system == "linux" and any(Path("/lib").glob("ld-musl-*"))
    system = {"windows": "win32"}.get(system, system)
    return f"{system}-{_MACHINES.get(machine, machine)}{'-musl' if musl else ''}"
