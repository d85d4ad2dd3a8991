"""Move a dist-tag of all members of a published release, or put back what an earlier promotion moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from samebytes.flows.open_site import OpenSite
from samebytes.model.outcome import PromoteOutcome
from samebytes.system.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteOptions:
    """How to promote: `holder` is a line that tells people who has the lock.

    `backwards` allows a move to a lower version, and of `latest` from a release to a prerelease.
    """

    holder: str
    dist_tag: str = "latest"
    backwards: bool = False
    dry_run: bool = False


def promote(
    tag: str, at: OpenSite, options: PromoteOptions, clock: Clock, tell: Callable[[str], None]
) -> PromoteOutcome:
    """Point `options.dist_tag` of all members at the versions that this release ships; all of them or none.

    What the release ships is taken from the statement the site holds, and the registry must serve exactly that.
    Raises EvidenceMissingError (11: no complete release here), BytesDifferError (10), RefusedError (12: backwards),
    SiteError (13), DeadlineError (15).
    """
    raise NotImplementedError


def undo(tag: str, at: OpenSite, options: PromoteOptions, clock: Clock, tell: Callable[[str], None]) -> PromoteOutcome:
    """Put the dist-tags back where the journal says they were before this release was promoted.

    `options.dist_tag` and `backwards` do not matter: the journal says which tag moved. Raises EvidenceMissingError
    (11: no journal), RefusedError (12: a tag has moved on since), SiteError (13), DeadlineError (15).
    """
    raise NotImplementedError
