"""Publish a built release to one site in seven steps; a re-run is always the repair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.model.outcome import PublishOutcome
from samebytes.model.release import Release
from samebytes.system.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How to publish: `holder` is a line that tells people who has the lock, `only` are names or globs of members.

    `expect` is the statement the build must reproduce. `promote=False` stops after the read-back (`not-asked`).
    """

    holder: str
    policy: Policy
    dist_tag: str = "latest"
    only: tuple[str, ...] = ()
    expect: Release | None = None
    promote: bool = True
    dry_run: bool = False


def publish(
    built: BuiltRelease, at: OpenSite, options: PublishOptions, clock: Clock, tell: Callable[[str], None]
) -> PublishOutcome:
    """Make a site serve exactly this release, and promote it where the policy allows; `tell` gets lines of progress.

    Raises RefusedError (12: a snapshot, a tag bound to something else), BytesDifferError (10: before the first write
    when anything at the site or in `expect` differs), ConfigError (3: `only` matches nothing), SiteError (13),
    DeadlineError (15: no lock, or the lock was lost).
    """
    raise NotImplementedError
