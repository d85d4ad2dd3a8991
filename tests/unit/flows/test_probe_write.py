"""A proof by a throwaway version leaves nothing behind, whatever happens, or says what it left, which goes with the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.flows.open_probe import OpenProbe
from samebytes.flows.probe_write import Trial, prove
from samebytes.model.finding import Severity
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedVersion
from samebytes.model.probe import Proof
from samebytes.testing.memory_site import Fault, Killed, MemorySite, StoredPackage, fail_at, kill_at, no_fault
from tests.directory_site.fake_clock import FakeClock

NAME = PackageName("@acme/samebytes-probe")
STRANGE = ObservedVersion(integrity=None, manifest={})
_MOMENTS = ("before", "after")


class MemoryRefs:
    """Refs in memory."""

    def __init__(self) -> None:
        self.refs: set[str] = set()

    def check_push(self) -> None:
        """Everybody may."""

    def leftovers(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(sorted(self.refs))

    def push(self, token: str) -> str:
        """Add one."""
        self.refs.add(token)
        return token

    def remove(self, ref: str) -> None:
        """Take one out."""
        self.refs.discard(ref)


@pytest.fixture
def site() -> MemorySite:
    """An empty site."""
    return MemorySite(FakeClock())


def run(site: MemorySite, folder: Path, refs: MemoryRefs | None = None, dist_tag: str = "latest") -> Proof:
    """One proof."""
    trial = Trial(name=NAME, dist_tag=dist_tag, token="00aa", folder=str(folder), holder="a test")
    return prove(OpenProbe(at=site.open(), refs=refs), trial, site.clock, lambda _: None)


def left(site: MemorySite) -> list[str]:
    """The versions that are there."""
    return sorted(site.packages.get(NAME, StoredPackage()).versions)


def rules(proof: Proof) -> set[str]:
    """The rules of what it found."""
    return {one.rule for one in proof.findings}


def test_a_proof_at_a_site_that_works(site: MemorySite, tmp_path: Path) -> None:
    """Each step is told; the version, its tags and the ref are gone."""
    refs = MemoryRefs()
    proof = run(site, tmp_path, refs)
    assert (proof.findings, proof.package) == ((), "@acme/samebytes-probe@0.0.0-probe.t00aa")
    assert proof.done == (
        "the lock was taken",
        "@acme/samebytes-probe@0.0.0-probe.t00aa was uploaded under samebytes-hold",
        "it was read back: the same bytes, the same manifest",
        "latest was moved to it",
        "samebytes-hold was removed",
        "00aa was pushed",
        "removed again: @acme/samebytes-probe@0.0.0-probe.t00aa, 00aa",
    )
    assert (left(site), site.packages[NAME].dist_tags, refs.refs, site.lease) == ([], {}, set(), None)


@pytest.mark.parametrize("moment", _MOMENTS)
def test_a_failure_at_any_call_is_told_and_healed_by_the_next(moment: str, tmp_path: Path) -> None:
    """What could not be removed is a finding; the next proof removes it."""
    count = _calls(tmp_path)
    for number in range(1, count + 1):
        site = MemorySite(FakeClock(), fail_at(number, moment))
        proof = run(site, tmp_path)
        assert rules(proof) & {"proof-failed", "leftovers"}, number
        assert not left(site) or "leftovers" in rules(proof), number
        site.next_process()
        assert rules(run(site, tmp_path)) <= {"leftovers-removed"}, number
        assert left(site) == [], number


@pytest.mark.parametrize("moment", _MOMENTS)
def test_a_kill_at_any_call_is_healed_by_the_next(moment: str, tmp_path: Path) -> None:
    """A dead process removes nothing."""
    count = _calls(tmp_path)
    for number in range(1, count + 1):
        site = MemorySite(FakeClock(), kill_at(number, moment))
        with pytest.raises(Killed):
            run(site, tmp_path)
        site.next_process()
        assert rules(run(site, tmp_path)) <= {"leftovers-removed"}, number
        assert left(site) == [], number


def test_an_interrupt_removes_everything_and_comes_out(site: MemorySite, tmp_path: Path) -> None:
    """Ctrl-C right after the upload has acted."""
    site.fault = _interrupt_after("upload")
    with pytest.raises(KeyboardInterrupt):
        run(site, tmp_path)
    assert (left(site), site.lease) == ([], None)


def test_versions_that_are_not_ours_stay(site: MemorySite, tmp_path: Path) -> None:
    """Somebody may have published under this name; only throwaway versions go."""
    site.packages[NAME] = StoredPackage(versions={"1.0.0": STRANGE, "0.0.0-probe.told": STRANGE})
    proof = run(site, tmp_path)
    assert (rules(proof), left(site)) == ({"leftovers-removed"}, ["1.0.0"])


def test_a_package_that_cannot_be_read_is_a_failure(site: MemorySite, tmp_path: Path) -> None:
    """Nothing is uploaded blindly: the first look says so."""
    site.unreadable.add(NAME)
    proof = run(site, tmp_path)
    assert rules(proof) == {"proof-failed", "leftovers"}
    assert all(one.severity is not Severity.NOTE for one in proof.findings)


class _Lying:
    """A registry that does not do one thing, or shows another manifest."""

    def __init__(self, site: MemorySite, what: str) -> None:
        self._inner = site.open().registry
        self._what = what

    def __getattr__(self, name: str) -> object:
        return (lambda *_: None) if name == self._what else getattr(self._inner, name)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("upload", "does not show"),
        ("set_tag", "latest was set to 0.0.0-probe.t00aa, and the registry shows none"),
        ("delete_version", "still shows"),
        ("read_tarball", "does not serve the bytes"),
    ],
)
def test_a_registry_that_only_says_so_is_found_out(site: MemorySite, tmp_path: Path, what: str, told: str) -> None:
    """Each step is read back."""
    at = replace(site.open(), registry=_Lying(site, what))  # type: ignore[arg-type]
    trial = Trial(name=NAME, dist_tag="latest", token="00aa", folder=str(tmp_path), holder="a test")
    proof = prove(OpenProbe(at=at), trial, site.clock, lambda _: None)
    assert any(told in one.message for one in proof.findings), proof.findings


def _interrupt_after(call: str) -> Fault:
    def fault(_number: int, moment: str, found: str) -> None:
        if moment == "after" and found.startswith(call):
            raise KeyboardInterrupt

    return fault


def _calls(folder: Path) -> int:
    """How many calls an undisturbed proof makes up to the last removal; what comes after gives back the lock."""
    site = MemorySite(FakeClock(), no_fault)
    run(site, folder)
    return len(site.calls)


def test_a_lock_that_another_run_has_is_not_waited_for_long(site: MemorySite, tmp_path: Path) -> None:
    """A release may take minutes; the probe says that it did not try."""
    held = site.open().state
    assert held is not None
    held.lock.acquire("a release", 3600, 1)
    proof = run(site, tmp_path)
    assert rules(proof) == {"proof-failed"}
    assert "SB-5101" in proof.findings[0].message
    assert site.clock.monotonic_s() < 30


def test_a_defect_comes_out(site: MemorySite, tmp_path: Path) -> None:
    """Only what a site or a configuration can do is a finding."""

    def fault(_number: int, _moment: str, call: str) -> None:
        if call.startswith("delete"):
            raise ZeroDivisionError

    site.fault = fault
    with pytest.raises(ZeroDivisionError):
        run(site, tmp_path)
