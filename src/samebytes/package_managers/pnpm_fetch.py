"""Fetch a pnpm of one exact version through npm, check it, and keep it for the next build."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samebytes.errors import BuildError
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPnpm:
    """A folder that holds one pnpm; `program` is relative to it, `integrity` is of the tarball it came from."""

    folder: str
    program: str
    is_native: bool
    integrity: str


def fetch_pnpm(runner: Runner, pin: ToolPin, room: BuildRoom, platform: str, log: Callable[[str], None]) -> FetchedPnpm:
    """The pnpm of a pin, from the cache or through npm.

    `platform` is `<system>-<machine>` as the environment says it. A digest in the pin is of the package `pnpm`'s tarball
    (as corepack writes it); for a native pnpm that package is checked and the platform's package of the same version is
    used. Raises BuildError: SB-3110 cannot be fetched, SB-3111 is not what the pin's digest says.
    """
    native = Version(pin.version).release[0] >= _FIRST_NATIVE_MAJOR
    package = f"@pnpm/exe.{_target(platform)}" if native else "pnpm"
    known = pin.digest.hex[:32] if pin.digest else "unpinned"
    name = f"{package.replace('/', '+')}-{pin.version}-{known}"
    cache = Path(room.cache or f"{room.home}/.samebytes-tools")
    folder = cache / name
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        log(f"fetching pnpm {pin.version}")
        draft = Path(tempfile.mkdtemp(prefix=f"{name}.draft-", dir=cache))
        try:
            _fill(runner, pin, room, package, draft)
            _move(draft, folder)
        finally:
            remove_tree(str(draft))
    stated = json.loads((folder / "samebytes.json").read_bytes())
    return FetchedPnpm(
        folder=str(folder), program=str(stated["program"]), is_native=native, integrity=str(stated["integrity"])
    )


def _move(draft: Path, folder: Path) -> None:
    """Give the finished draft its name; where another build was faster, its folder is as good as ours."""
    draft.chmod(0o755)
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _fill(runner: Runner, pin: ToolPin, room: BuildRoom, package: str, draft: Path) -> None:
    tarball = _npm_pack(runner, f"{package}@{pin.version}", room, draft)
    if pin.digest:
        checked = tarball if package == "pnpm" else _npm_pack(runner, f"pnpm@{pin.version}", room, draft)
        found = hashlib.new(pin.digest.algorithm, checked).hexdigest()
        if found != pin.digest.hex:
            raise BuildError(
                "SB-3111",
                f"pnpm {pin.version} from the registry is not the one that {pin.source} pins",
                hint="find out who changed it: the pin and the registry disagree about its bytes",
                details={"pinned": str(pin.digest), "found": f"{pin.digest.algorithm}:{found}"},
            )
    _unpack(tarball, draft)
    program = "package/pnpm" if package != "pnpm" else _program(draft)
    (draft / program).chmod(0o755)
    integrity = f"sha512:{hashlib.sha512(tarball).hexdigest()}"
    (draft / "samebytes.json").write_text(json.dumps({"program": program, "integrity": integrity}), encoding="utf-8")


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
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(tarball)
        file.seek(0)
        try:
            with tarfile.open(fileobj=file, mode="r:gz") as archive:
                members = archive.getmembers()
                if sum(member.size for member in members) > _MAX_UNPACKED_BYTES:
                    raise BuildError("SB-3110", f"pnpm unpacks to more than {_MAX_UNPACKED_BYTES} bytes")
                archive.extractall(folder, members=members, filter="data")
        except tarfile.TarError as error:
            raise BuildError("SB-3110", f"the tarball of pnpm cannot be unpacked: {error}") from error


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
