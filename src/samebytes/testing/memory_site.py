"""A site in memory that keeps all four Protocols, counts every call, and fails where a test wants it to.

It passes the same contract suite as a directory site (tests/contract/test_site_contract.py). A fault is called before
and after each call has acted; `Killed` is the process's end: whatever the flow still tries after it fails as well,
so that no clean-up runs that a dead process would not run.
"""

from __future__ import annotations

from samebytes.flows.open_site import OpenSite
from samebytes.model.site import ReadBack, Site
from samebytes.testing.memory_parts import MemoryEvidence, MemoryRegistry, MemoryReleases
from samebytes.testing.memory_state import MemoryState
from samebytes.testing.memory_world import Fault, Killed, MemoryWorld, StoredPackage, fail_at, kill_at, no_fault

__all__ = ["Fault", "Killed", "MemorySite", "StoredPackage", "fail_at", "kill_at", "no_fault"]


class MemorySite(MemoryWorld):
    """A site in memory; what tests look at and spoil is in `MemoryWorld`."""

    def open(self, concurrency: int = 1, read_back: ReadBack = ReadBack.BYTES) -> OpenSite:
        """The site as flows see it."""
        site = Site(id=self.id, kind="memory", concurrency=concurrency, read_back=read_back)
        return OpenSite(
            site=site,
            registry=MemoryRegistry(self),
            releases=MemoryReleases(self),
            state=MemoryState(self),
            evidence=MemoryEvidence(self),
        )
