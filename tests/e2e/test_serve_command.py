"""`samebytes serve` as docs/how-to/serve-a-site.md shows it."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

_CONFIG = '[sites.corp]\nkind = "directory"\npath = "../corp"\n\n[sites.home]\nkind = "directory"\npath = "../home"\n'
_ALL_SITES = "samebytes serve"
_ONE_SITE = "samebytes serve --site corp --port 0"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that names two sites."""
    folder = tmp_path / "repository"
    subprocess.run(("git", "init", "--quiet", str(folder)), check=True)
    (folder / "samebytes.toml").write_text(_CONFIG, encoding="utf-8")
    return folder


@contextmanager
def _running(command: str, repository: Path) -> Iterator[subprocess.Popen[str]]:
    program, *arguments = shlex.split(command)
    process = subprocess.Popen(
        (sys.executable, "-m", program, *arguments),
        cwd=repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _ping(port: str) -> object:
    with closing(http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)) as connection:
        connection.request("GET", "/-/ping")
        return json.loads(connection.getresponse().read())


def test_serves_all_sites_and_ends_well(repository: Path) -> None:
    """Every site's address is printed once it can be used; Ctrl-C is the way to end it, and no failure."""
    with _running(f"{_ALL_SITES} --port 0", repository) as process:
        corp = re.fullmatch(r"corp: http://127\.0\.0\.1:(\d+)/corp/npm/\n", _line(process))
        assert corp is not None
        assert _line(process) == f"home: http://127.0.0.1:{corp[1]}/home/npm/\n"
        assert _ping(corp[1]) == {}
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_serves_one_site_on_a_free_port(repository: Path) -> None:
    """Only the named site has an address."""
    with _running(_ONE_SITE, repository) as process:
        assert re.fullmatch(r"corp: http://127\.0\.0\.1:\d+/corp/npm/\n", _line(process))
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_tells_addresses_as_json(repository: Path) -> None:
    """With --json the addresses are one document."""
    with _running(f"{_ONE_SITE} --json", repository) as process:
        text = _line(process)
        while not text.endswith("\n}\n"):
            line = _line(process)
            assert line, text
            text += line
        assert "/corp/npm/" in json.dumps(json.loads(text))
