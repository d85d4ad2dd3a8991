"""What the sites hold, judged by reading files and asking over HTTP, never by our own client."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from stage.commands import DemoError
from stage.machines import Machine

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_TIMEOUT_S = 20


def tarballs_in(site: Path) -> dict[str, str]:
    """Every tarball below a site's folder, its path in there and its sha512."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha512(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*.tgz"))
    }


def listed_and_right(sums: Path) -> list[str]:
    """The files that a SHA512SUMS lists and whose digest is as listed, as `sha512sum --check` finds it."""
    lines = (line.split("  ", 1) for line in sums.read_text(encoding="utf-8").splitlines())
    return [name for digest, name in lines if hashlib.sha512(sums.with_name(name).read_bytes()).hexdigest() == digest]


def files_in(site: Path) -> dict[str, str]:
    """Every file below a site's folder and its sha256; a folder that does not exist holds none."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


class Served:
    """Sites as an npm client sees them, by HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address

    def registry(self, site: str) -> str:
        """The address of a site's registry."""
        return f"{self.address}/{site}/npm/"

    def latest(self, site: str, name: str) -> tuple[str, str]:
        """The version that `latest` names, and the sha512 in hex of the tarball that its packument leads to."""
        packument = json.loads(self._get(f"{self.registry(site)}{urllib.parse.quote(name, safe='@')}"))
        version = cast("str", packument["dist-tags"]["latest"])
        dist = packument["versions"][version]["dist"]
        digest = hashlib.sha512(self._get(dist["tarball"])).digest()
        if dist["integrity"] != f"sha512-{base64.b64encode(digest).decode()}":
            raise DemoError(f"{site} serves {name}@{version} with an integrity that its tarball does not have")
        return version, digest.hex()

    def _get(self, address: str) -> bytes:
        try:
            with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:
                return cast("bytes", answer.read())
        except OSError as error:
            raise DemoError(f"{address} cannot be read: {error}") from error


@contextmanager
def served(machine: Machine, sites: Path, log: Path) -> Iterator[Served]:
    """Both sites on a free port of this machine, for as long as the block runs."""
    command = machine.samebytes("serve", "--port", "0", sites=sites)
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env=dict(command.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as server,
    ):
        try:
            yield Served(_address(server, log))
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str], log: Path) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if match := _ADDRESS.search(line):
            return match[0]
    raise DemoError(f"samebytes serve ended without saying its address; see {log}")
