"""A real Verdaccio for tests, installed from its lockfile into `.cache/clients` and started on a free loopback port.

Its dependency node-fetch is overridden to 2.7.0: Verdaccio 6 asks for a version that does not run. To renew the tree: edit
`verdaccio_tree/package.json`, run `npm install --package-lock-only` there, and take `resolved` out of the lockfile, so that
any mirror may serve it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cached import CACHE, made_once
from tests.clients import pins
from tests.clients.install import PinError, installed

_TREE = Path(__file__).with_name("verdaccio_tree")
_INSTALL_TIMEOUT_S = 240
_STOP_TIMEOUT_S = 10
_USER, _PASSWORD = "publisher", "a-test-password"

# Scopes: `private` needs a login to read, `closed` lets nobody publish; all else is as a team's server would have it.
_CONFIG = """\
storage: {storage}
auth:
  htpasswd:
    file: {folder}/htpasswd
    algorithm: bcrypt
    rounds: 1
uplinks: {{}}
packages:
  "@private/*": {{access: $authenticated, publish: $authenticated, unpublish: $authenticated}}
  "@closed/*": {{access: $all, publish: nobody, unpublish: nobody}}
  "**": {{access: $all, publish: $authenticated, unpublish: $authenticated}}
max_body_size: {max_body_size}
web: {{enable: false}}
log: {{type: file, path: {folder}/verdaccio.log, format: json, level: error}}
security: {{api: {{legacy: false, jwt: {{sign: {{expiresIn: 30d}}}}}}}}
server: {{rateLimit: {{windowMs: 1000, max: 1000000}}}}
userRateLimit: {{windowMs: 1000, max: 1000}}
"""

StartVerdaccio = Callable[[], "Verdaccio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdaccio:
    """A running one: its URL without a slash at the end, a token that may publish, and where it keeps packages."""

    url: str
    token: str
    storage: Path
    process: int


@contextmanager
def running_verdaccio(
    folder: Path, *, storage: Path | None = None, max_body_size: str = "400mb"
) -> Iterator[Verdaccio]:
    """Run one with its configuration in a folder, which is made, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    storage = storage or folder / "storage"
    config = folder / "config.yaml"
    config.write_text(_CONFIG.format(storage=storage, folder=folder, max_body_size=max_body_size), encoding="utf-8")
    node = installed(pins.node())
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            (str(node), str(_TREE / "start.js"), str(_installed_tree()), str(config)),
            cwd=folder,
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "NODE_NO_WARNINGS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{_port(process, folder)}"
            yield Verdaccio(url=url, token=_token(url), storage=storage, process=process.pid)
        finally:
            _stop(process)


@pytest.fixture
def start_verdaccio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartVerdaccio]:
    """Starts empty ones; all are stopped when the test ends."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(running_verdaccio(tmp_path_factory.mktemp("verdaccio")))


@pytest.fixture(scope="module")
def verdaccio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdaccio]:
    """One for all tests of a module; each test uses package names of its own."""
    with running_verdaccio(tmp_path_factory.mktemp("verdaccio")) as server:
        yield server


def _installed_tree() -> Path:
    lock = (_TREE / "package-lock.json").read_bytes()
    return made_once(CACHE / "clients" / f"verdaccio-{hashlib.sha256(lock).hexdigest()[:8]}", _install)


def _install(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_TREE / name, folder / name)
    result = subprocess.run(
        ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_INSTALL_TIMEOUT_S,
        check=False,
    )
    if result.returncode:
        message = f"npm ci exits {result.returncode}:\n{result.stderr}"
        raise PinError(message)


def _port(process: subprocess.Popen[bytes], folder: Path) -> int:
    """The port, once it is ready; a server that ends before is an error that shows what it said."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        if line.startswith(b"port "):
            return int(line.split()[1])
        said.append(line.decode(errors="replace"))
    message = f"Verdaccio did not start:\n{''.join(said)}{(folder / 'log').read_text(encoding='utf-8')}"
    raise AssertionError(message)


def _token(url: str) -> str:
    body = json.dumps({"name": _USER, "password": _PASSWORD}).encode()
    request = urllib.request.Request(
        f"{url}/-/user/org.couchdb.user:{_USER}", data=body, method="PUT", headers={"content-type": "application/json"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return str(json.load(answer)["token"])


def _stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
