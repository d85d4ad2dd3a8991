"""Lock, memory, journal and evidence in the git remote of a forge stand-in, with its tokens and its rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from samebytes.errors import DeadlineError, SiteError
from samebytes.model.secret import Secret
from samebytes.stores.git_refs import GitRefsState
from samebytes.stores.git_refs_evidence import GitRefsEvidence
from samebytes.system.git_remote import GitCredential, GitRemote
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.forge import setup
from samebytes.testing.forge.product import PRODUCTS, product
from samebytes.testing.forge.server import running
from tests.contract.test_state_contract import DONE, ENTRY, MEMORY
from tests.directory_site.fake_clock import FakeClock
from tests.git_remotes.places import LOCK, REQUEST_S, SITE, refs, remote


@dataclass(frozen=True)
class _Served:
    """A repository at a stand-in: where it is served, and where it lies."""

    url: str
    place: Path

    def open(self, token: str) -> GitRemote:
        """Our end, with a token."""
        return remote(self.url, credential=GitCredential(username="samebytes", token=Secret(token)))


@pytest.fixture(params=sorted(PRODUCTS))
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[_Served]:
    """The ready repository of each product."""
    forge = setup.ready_forge(tmp_path / "forge", product(request.param))
    with running(forge) as base:
        place = forge.storage.repository_path(setup.OWNER, setup.REPOSITORY)
        yield _Served(f"{base}/{setup.OWNER}/{setup.REPOSITORY}.git", place)


def _state(at: GitRemote) -> GitRefsState:
    return GitRefsState(at, SITE, FakeClock(), SystemRandomness(), REQUEST_S)


def test_publisher_keeps_the_state_of_its_site(served: _Served) -> None:
    """A token that may write the repository is enough for all of it, under any user name."""
    at = served.open(setup.TOKENS.publisher)
    state, evidence = _state(at), GitRefsEvidence(at)
    lease = state.lock.acquire("first on host", 60, 0)
    with pytest.raises(DeadlineError, match="first on host"):
        _state(served.open(setup.TOKENS.publisher)).lock.acquire("second", 60, 0)
    digest = evidence.add("statement", b"x")
    state.remember(MEMORY, lease)
    for entry in (ENTRY, DONE):
        state.write_journal(entry, lease)
    lease.renew()
    lease.release()
    other = served.open(setup.TOKENS.publisher)
    assert list(_state(other).all_remembered()) == [MEMORY]
    assert _state(other).journal("v1") == DONE
    assert GitRefsEvidence(other).list("statement") == [digest]
    assert LOCK not in refs(served.place)


@pytest.mark.parametrize("token", [setup.TOKENS.read_only, setup.TOKENS.stranger, "0" * 40])
def test_who_may_not_write_is_told_so(served: _Served, token: str) -> None:
    """A token for reading, a stranger's and a wrong one: an error about rights or the address, and nothing is written."""
    with pytest.raises(SiteError) as raised:
        _state(served.open(token)).lock.acquire("me", 60, 0)
    assert raised.value.code in {"SB-5110", "SB-5111", "SB-5112"}
    assert token not in f"{raised.value} {dict(raised.value.details)}"
    assert refs(served.place) == {}
