"""Fixtures that give a test a real client: `pnpm_9`, `pnpm_10`, `pnpm_11_22`, `pnpm_11`, `pnpm_12`, `npm`.

Each test gets a home of its own. The store (downloaded packages) is shared by the tests of one worker; a test or module
that wants an empty one overrides the fixture `client_store`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients import pins
from tests.clients.client import Client
from tests.clients.homes import clean_environment
from tests.clients.install import installed
from tests.clients.pins import Pin

MakeClient = Callable[[str, Pin, Path | None], Client]


@pytest.fixture(scope="session")
def client_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clients keep what they download: one folder per worker."""
    return tmp_path_factory.mktemp("client-store")


@pytest.fixture(scope="session")
def system_node() -> Path:
    """The machine's own Node, 20 or newer."""
    found = shutil.which("node")
    assert found is not None, "the tests need node on the PATH"
    return Path(found)


@pytest.fixture(scope="session")
def newer_node() -> Path:
    """A Node 22, fetched as an npm package."""
    return installed(pins.node())


@pytest.fixture
def make_client(tmp_path: Path, client_store: Path, system_node: Path) -> MakeClient:
    """Make a client with a fresh home: its name, its pin, and the Node that runs it (None: the program is native)."""

    def make(name: str, pin: Pin, node: Path | None) -> Client:
        program = str(installed(pin))
        argv = (program,) if node is None else (str(node), program)
        home = tmp_path / f"home-{name}-{pin.version}"
        env = clean_environment(home, client_store, name=name, argv=argv, node=node or system_node)
        return Client(name=name, version=pin.version, argv=argv, env=env)

    return make


@pytest.fixture
def pnpm_9(make_client: MakeClient, system_node: Path) -> Client:
    """The pnpm 9.12.0 that the example pins, on the machine's Node."""
    return make_client("pnpm", pins.PNPM_9, system_node)


@pytest.fixture
def pnpm_10(make_client: MakeClient, system_node: Path) -> Client:
    """A late pnpm 10, on the machine's Node."""
    return make_client("pnpm", pins.PNPM_10, system_node)


@pytest.fixture
def pnpm_11_22(make_client: MakeClient, newer_node: Path) -> Client:
    """The last pnpm whose pack writes dependency maps in random order, on a fetched Node."""
    return make_client("pnpm", pins.PNPM_11_22, newer_node)


@pytest.fixture
def pnpm_11(make_client: MakeClient, newer_node: Path) -> Client:
    """A late pnpm 11, on a fetched Node."""
    return make_client("pnpm", pins.PNPM_11, newer_node)


@pytest.fixture
def pnpm_12(make_client: MakeClient) -> Client:
    """The native pnpm 12; its scripts run on the machine's Node."""
    return make_client("pnpm", pins.pnpm_12(), None)


@pytest.fixture
def npm(make_client: MakeClient, newer_node: Path) -> Client:
    """An npm 11, on a fetched Node."""
    return make_client("npm", pins.NPM, newer_node)
