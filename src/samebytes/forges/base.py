"""What a forge has to do for us, one Protocol a capability."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from samebytes.model.digests import Digest
from samebytes.model.run import Dispatched, Job, Run, RunsSeen
from samebytes.model.secret import Secret
from samebytes.model.tag import Commit
from samebytes.model.transfer import Content, Sink


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

    def check_tag(self, tag: Commit) -> None:
        """Where the site has git tags, raise RefusedError (SB-8010) unless this one is there and is this very object.

        A server would make a missing tag itself, at another commit.
        """
        ...

    def create(self, tag: Commit, lease: WriteGuard) -> None:
        """Create the release of this tag; one that is there is fine. Raises what `check_tag` raises."""
        ...

    def put(
        self, tag: str, name: str, content: Content, sha256: Digest, lease: WriteGuard, *, fixed: bool = True
    ) -> None:
        """Store an asset once, by name and digest; with `fixed` False by name alone: what is there first stays.

        The same bytes already there are fine; other bytes are BytesDifferError (SB-5201) and stay untouched.
        """
        ...

    def repeated(self, tag: str) -> frozenset[str]:
        """The names that more than one asset of the release has, as `assets` last saw it.

        A crashed run or a request that came twice leaves them.
        """
        ...

    def tidy(self, tag: str, lease: WriteGuard, any_bytes: Collection[str] = ()) -> None:
        """Leave one asset of each name: the one that was first.

        Copies with other bytes are BytesDifferError (SB-5201) and all stay, except under the names in `any_bytes`.
        """
        ...


class Runs(Protocol):
    """The runs of a repository's CI. Any method may raise SiteError (SB-8xxx)."""

    def of(self, tag: Commit) -> RunsSeen:
        """The runs of this commit under this tag, newest first."""
        ...

    def observe(self, run: Run) -> Run:
        """The same run as it is now."""
        ...

    def jobs(self, run: Run) -> tuple[Job, ...]:
        """The jobs of a run."""
        ...

    def read_log(self, job: Job, sink: Sink) -> bool:
        """Give a sink the log of a job as text; False where there is none (yet, or any more)."""
        ...

    def dispatch(self, workflow: str, tag: Commit, inputs: Mapping[str, str], lease: WriteGuard) -> Dispatched:
        """Start a workflow file on a tag, once: an unclear answer is never repeated, and SiteError (SB-8033) if it stays so.

        Servers may accept missing and impossible inputs: check them before. A second start may cancel the first.
        """
        ...


class Secrets(Protocol):
    """Secrets that CI runs are given. Any method may raise SiteError, ConfigError (SB-8020, SB-8021) before asking."""

    def names(self) -> tuple[str, ...]:
        """The names, in capitals, sorted; values cannot be read."""
        ...

    def put(self, name: str, value: Secret, lease: WriteGuard) -> None:
        """Set a secret, whether it is there or not."""
        ...

    def delete(self, name: str, lease: WriteGuard) -> None:
        """Remove a secret; one that is not there is fine."""
        ...


class Variables(Protocol):
    """Variables that CI runs are given. Any method may raise SiteError, ConfigError (SB-8020, SB-8021) before asking."""

    def names(self) -> tuple[str, ...]:
        """The names, in capitals, sorted."""
        ...

    def get(self, name: str) -> str | None:
        """The value, None where there is none."""
        ...

    def put(self, name: str, value: str, lease: WriteGuard) -> None:
        """Set a variable, whether it is there or not."""
        ...

    def delete(self, name: str, lease: WriteGuard) -> None:
        """Remove a variable; one that is not there is fine."""
        ...
