"""Serves directory sites in a process of its own, as `samebytes serve` does."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from samebytes.model.site import Site
from samebytes.wiring import serve_sites
from tests.cached import ROOT

_STOP_TIMEOUT_S = 30


def start(sites: Mapping[str, Path], port: int = 0) -> subprocess.Popen[str]:
    """Start a server; the first line of its output is its address, the last one `stopped`."""
    folders = json.dumps({site: str(folder) for site, folder in sites.items()})
    return subprocess.Popen(
        (sys.executable, "-m", "tests.directory_site.served", folders, str(port)),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def address(process: subprocess.Popen[str]) -> str:
    """Where a started server listens, once it does."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line.startswith("http://"), process.communicate()[1]
    return line


def stop(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """Exit status, the rest of the output, and standard error."""
    process.send_signal(how)
    stdout, stderr = process.communicate(timeout=_STOP_TIMEOUT_S)
    return process.returncode, stdout, stderr


@contextmanager
def served(sites: Mapping[str, Path]) -> Iterator[str]:
    """The address of a server for the length of a block."""
    process = start(sites)
    try:
        yield address(process)
    finally:
        stop(process)


def main(folders: str, port: str) -> None:
    """Serve until a signal comes."""
    sites = [Site(id=site, kind="directory", path=path) for site, path in json.loads(folders).items()]
    serve_sites(sites, "127.0.0.1", int(port), lambda base: print(base, flush=True))  # noqa: T201
    print("stopped")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
