"""A real Gitea or Forgejo as a program: its configuration, its command line, and a process that serves on loopback."""

from __future__ import annotations

import getpass
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import pytest

from samebytes.testing.forge.state import Limits

SERVERS = ("gitea", "forgejo")
_VERSION = re.compile(r"version v?(\S+)", re.IGNORECASE)
_START_S = 60
_COMMAND_S = 120
_STEP_S = 0.05
# Of no worth: the server is thrown away and listens on loopback only.
_KEY = "a key of a server that is thrown away"
_INTERNAL = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The program of a server ("gitea", "forgejo") and the version that it tells."""

    server: str
    path: str
    version: str

    @property
    def line(self) -> str:
        """The version's first two numbers for Gitea ("1.25"), the first for Forgejo ("11"): what recordings go by."""
        numbers = self.version.split("+")[0].split("-")[0].split(".")
        return ".".join(numbers[:2]) if self.server == "gitea" else numbers[0]


def is_named(server: str) -> bool:
    """Whether the environment names a program of this server."""
    return bool(os.environ.get(_variable(server)))


def program_of(server: str) -> Program | None:
    """The program that SAMEBYTES_LIVE_<SERVER> names, or None; one that does not tell its version fails the test."""
    path = os.environ.get(_variable(server), "")
    if not path:
        return None
    told = subprocess.run((path, "--version"), capture_output=True, text=True, timeout=_COMMAND_S, check=False)
    found = _VERSION.search(told.stdout)
    if found is None:
        pytest.fail(f"{path} --version told {told.stdout[:200]!r} {told.stderr[:200]!r}", pytrace=False)
    return Program(server=server, path=path, version=found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One server's folder and port; `environment` is all that its processes see of ours."""

    program: Program
    folder: Path
    port: int
    limits: Limits = field(default_factory=Limits)

    @property
    def base_url(self) -> str:
        """Its address, which is its ROOT_URL without the last slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def repositories(self) -> Path:
        """Where its bare repositories lie."""
        return self.folder / "repositories"

    def write_config(self) -> Path:
        """Write app.ini for this folder and port."""
        path = self.folder / "app.ini"
        path.write_text(_config(self))
        return path

    def command(self, *arguments: str) -> str:
        """What a command of the program printed; it must succeed."""
        done = subprocess.run(
            self._argv(arguments),
            env=self._environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout.strip()

    def flush_queues(self) -> None:
        """Have the server work off its queues, as `manager flush-queues` asks it to."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_COMMAND_S)
        sent = {"X-Gitea-Internal-Auth": f"Bearer {_INTERNAL}", "Content-Type": "application/json"}
        try:
            # A limit in nanoseconds.
            body = json.dumps({"Timeout": _COMMAND_S * 1_000_000_000, "NonBlocking": False})
            connection.request("POST", "/api/internal/manager/flush-queues", body, sent)
            answer = connection.getresponse()
            assert answer.status == http.HTTPStatus.OK, (answer.status, answer.read())
        finally:
            connection.close()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The server, until the end of the block."""
        log = self.folder / "web.log"
        with (
            log.open("wb") as output,
            subprocess.Popen(
                self._argv(("web",)), env=self._environment(), cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
            ) as process,
        ):
            try:
                self._wait(process, log)
                yield
            finally:
                process.terminate()
                _end(process)

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> None:
        for _ in range(int(_START_S / _STEP_S)):
            if process.poll() is not None:
                break
            if _answers(self.port):
                return
            time.sleep(_STEP_S)
        pytest.fail(f"{self.program.path} does not serve:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)

    def _argv(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        words = list(takewhile(lambda argument: not argument.startswith("--"), arguments))
        config = ("--config", str(self.folder / "app.ini"))
        return (self.program.path, *words, *config, *arguments[len(words) :])

    def _environment(self) -> Mapping[str, str]:
        user = getpass.getuser()
        git = shutil.which("git") or "git"
        return {
            "PATH": os.pathsep.join((str(Path(git).parent), os.defpath)),
            "HOME": str(self.folder / "home"),
            "USER": user,
            "GITEA_WORK_DIR": str(self.folder),
            "FORGEJO_WORK_DIR": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
        }


def free_port() -> int:
    """A port of loopback that nobody has right now: these servers cannot be told to choose one themselves."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _variable(server: str) -> str:
    return f"SAMEBYTES_LIVE_{server.upper()}"


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_S)
    try:
        connection.request("GET", "/api/v1/version")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_COMMAND_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _config(instance: Instance) -> str:
    limits, folder = instance.limits, instance.folder
    asset_megabytes = max(1, limits.asset_size // (1024 * 1024))
    return f"""\
APP_NAME = live
RUN_USER = {getpass.getuser()}
RUN_MODE = prod
WORK_PATH = {folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {instance.port}
ROOT_URL = {instance.base_url}/
APP_DATA_PATH = {folder / "data"}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = {folder / "live.db"}
SQLITE_JOURNAL_MODE = WAL
LOG_SQL = false
[security]
INSTALL_LOCK = true
SECRET_KEY = {_KEY}
INTERNAL_TOKEN = {_INTERNAL}
PASSWORD_HASH_ALGO = pbkdf2$1000$50
[oauth2]
ENABLED = false
[repository]
ROOT = {instance.repositories}
DEFAULT_BRANCH = main
[repository.release]
ALLOWED_TYPES = {limits.asset_types}
FILE_MAX_SIZE = {asset_megabytes}
[attachment]
MAX_SIZE = {asset_megabytes}
[packages]
ENABLED = true
LIMIT_SIZE_NPM = {limits.npm_size}
LIMIT_TOTAL_OWNER_SIZE = {limits.owner_size}
LIMIT_TOTAL_OWNER_COUNT = {limits.owner_packages}
[actions]
ENABLED = true
[indexer]
ISSUE_INDEXER_TYPE = db
[mirror]
ENABLED = false
[service]
DISABLE_REGISTRATION = true
[cron]
ENABLED = false
[log]
LEVEL = Warn
ROOT_PATH = {folder / "log"}
"""
