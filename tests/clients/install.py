"""Fetches a pinned npm tarball with the machine's npm, checks it by digest and unpacks it into the cache."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.cached import CACHE, made_once
from tests.clients.pins import Pin

_FETCH_TIMEOUT_S = 240
_MAX_UNPACKED_BYTES = 400_000_000


class PinError(Exception):
    """A pinned client could not be had, or is not the one that was pinned."""


def installed(pin: Pin) -> Path:
    """The program of a pinned package, fetched on first use by whichever worker comes first."""
    key = f"{pin.package.replace('/', '__')}-{pin.version}-{hashlib.sha256(pin.integrity.encode()).hexdigest()[:8]}"
    folder = made_once(CACHE / "clients" / key, lambda draft: _unpack(_fetched(pin), draft))
    return folder / "package" / pin.program


def _fetched(pin: Pin) -> bytes:
    """The tarball's bytes, equal to the pin's sha512."""
    with tempfile.TemporaryDirectory() as folder:
        command = ("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder)
        result = subprocess.run(
            (*command, f"{pin.package}@{pin.version}"),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_FETCH_TIMEOUT_S,
            check=False,
        )
        tarballs = list(Path(folder).glob("*.tgz"))
        if result.returncode or len(tarballs) != 1:
            message = f"npm pack {pin.package}@{pin.version} exits {result.returncode}:\n{result.stderr}"
            raise PinError(message)
        content = tarballs[0].read_bytes()
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"
    if integrity != pin.integrity:
        message = f"{pin.package}@{pin.version} is {integrity}, pinned is {pin.integrity}"
        raise PinError(message)
    return content


def _unpack(content: bytes, folder: Path) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            members = archive.getmembers()
            if sum(member.size for member in members) > _MAX_UNPACKED_BYTES:
                message = f"unpacks to more than {_MAX_UNPACKED_BYTES} bytes"
                raise PinError(message)
            archive.extractall(folder, members=members, filter="data")
