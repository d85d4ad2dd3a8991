"""Evidence (immutable, content-addressed) and a site's local state: lock, memory, journal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from samebytes.model.digests import Digest
from samebytes.model.local_state import PromotionEntry, Remembered

__all__ = ["EvidenceStore", "HeldLease", "LocalState", "Lock", "PromotionEntry", "Remembered"]


class HeldLease(Protocol):
    """A lease we hold."""

    def guard(self) -> AbstractContextManager[None]:
        """Wrap every single write in this; raises DeadlineError (SB-5102) when the lease is lost."""
        ...

    def renew(self) -> None:
        """Prolong it. Raises DeadlineError (SB-5102) when it was taken over."""
        ...

    def release(self) -> None:
        """Give it back; giving back what is no longer ours does nothing."""
        ...


class Lock(Protocol):
    """The one lock of a repository and registry owner at a site, for all writers."""

    def acquire(self, holder: str, lease_s: float, timeout_s: float) -> HeldLease:
        """Wait for the lock; `holder` is a line that tells people who has it.

        Takes over only after it has itself seen the same lock unchanged for the whole lease and a margin.
        Raises DeadlineError (SB-5101), naming the holder, when the timeout passes.
        """
        ...


class LocalState(Protocol):
    """State that belongs to one site and is never relayed. Any method may raise SiteError (SB-5xxx)."""

    @property
    def lock(self) -> Lock:
        """The site's lock."""
        ...

    def remembered(self, tag: str) -> Remembered | None:
        """What this tag was bound to here, if it was."""
        ...

    def remember(self, memory: Remembered, lease: HeldLease) -> None:
        """Bind a tag; the same binding again is fine, another one is RefusedError (SB-6101)."""
        ...

    def all_remembered(self) -> Sequence[Remembered]:
        """Every binding, sorted by tag."""
        ...

    def journal(self, release_tag: str) -> PromotionEntry | None:
        """The newest promotion of this release."""
        ...

    def write_journal(self, entry: PromotionEntry, lease: HeldLease) -> None:
        """Store it, before the first dist-tag moves and again when all have."""
        ...


class EvidenceStore(Protocol):
    """Add-only documents under `<kind>/<sha256>`. Any method may raise SiteError (SB-5xxx)."""

    def add(self, kind: str, document: bytes) -> Digest:
        """Store a document; storing it again is fine. Returns its sha256."""
        ...

    def get(self, kind: str, sha256: Digest, limit_bytes: int) -> bytes | None:
        """A document, checked against its name; None where there is none."""
        ...

    def list(self, kind: str) -> Sequence[Digest]:
        """The digests stored under a kind, sorted."""
        ...
