"""What publishing a selection would do at each site, decided without a build and without a write."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.core.policy import Policy
from samebytes.flows.open_site import OpenSite
from samebytes.model.outcome import SiteOutlook
from samebytes.model.selection import Selection
from samebytes.model.tag import Commit


def plan(
    selection: Selection, commit: Commit, sites: Sequence[OpenSite], policy: Policy, dist_tag: str
) -> tuple[SiteOutlook, ...]:
    """Each site's actions, in the order given; a site that cannot be read is a value, never an exception.

    For a snapshot (a commit without a tag) the outlook shows what a tag here would upload; nothing can publish it.
    """
    raise NotImplementedError
