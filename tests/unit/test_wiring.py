"""Sites are opened by their kind, and opening touches nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samebytes.errors import ConfigError
from samebytes.model.site import Site
from samebytes.system.clock import SystemClock
from samebytes.system.randomness import SystemRandomness
from samebytes.wiring import Ports, open_site

PORTS = Ports(clock=SystemClock(), randomness=SystemRandomness())


def test_a_directory_site_has_every_part(tmp_path: Path) -> None:
    """Registry, releases, state and evidence, before anything is in the folder."""
    at = open_site(Site(id="corp", kind="directory", path=str(tmp_path / "site")), PORTS)
    assert at.id == "corp"
    assert None not in (at.registry, at.releases, at.state, at.evidence)
    assert not (tmp_path / "site").exists()


def test_requests_to_a_registry_go_side_by_side(tmp_path: Path) -> None:
    """Two threads are in a write at once under the lock of a registry's folder of evidence: neither waits for the other."""
    site = Site(id="corp", kind="npm", url="https://npm.example.com", evidence=str(tmp_path))
    state = open_site(site, PORTS).state
    assert state is not None
    lease = state.lock.acquire("me", 60, 0)
    together = threading.Barrier(2)

    def write(_: int) -> int:
        with lease.guard():
            return together.wait(20)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, range(2))) == [0, 1]
    lease.release()


def test_an_unknown_kind_is_a_configuration_error() -> None:
    """The message says which kinds there are."""
    with pytest.raises(ConfigError) as caught:
        open_site(Site(id="corp", kind="ftp"), PORTS)
    assert caught.value.code == "SB-6001"
    assert "directory" in caught.value.hint
