"""What a forge has to do for us, one Protocol a capability."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from samebytes.model.digests import Digest
from samebytes.model.tag import Commit
from samebytes.model.transfer import Content


class WriteGuard(Protocol):
    """The part of a lease a forge needs."""

    def guard(self) -> AbstractContextManager[None]:
        """Wrap every single write in this; raises before a write that is no longer allowed."""
        ...


class Releases(Protocol):
    """One release per tag with named assets. Any method may raise SiteError (SB-5xxx)."""

    def assets(self, tag: str) -> dict[str, int] | None:
        """Asset name to size in bytes; None where the tag has no release."""
        ...

    def read(self, tag: str, name: str, limit_bytes: int) -> bytes | None:
        """The bytes of an asset, None where there is none; larger than the limit is SiteError (SB-5003)."""
        ...

    def digest(self, tag: str, name: str) -> Digest | None:
        """The sha256 of an asset, streamed; None where there is none."""
        ...

    def create(self, tag: Commit, lease: WriteGuard) -> None:
        """Create the release of this tag; one that is there is fine.

        Where the site has git tags, the tag must be there and be this very object: RefusedError (SB-8010) otherwise,
        because a server would make a missing tag itself, at another commit.
        """
        ...

    def put(self, tag: str, name: str, content: Content, sha256: Digest, lease: WriteGuard) -> None:
        """Store an asset once, by name and digest.

        The same bytes already there are fine; other bytes are BytesDifferError (SB-5201) and stay untouched.
        """
        ...
