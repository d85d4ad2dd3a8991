"""Where a release stands at each site."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.flows.open_site import OpenSite
from samebytes.model.names import PackageId
from samebytes.model.outcome import SiteStatus


def status(tag: str, members: Sequence[PackageId], sites: Sequence[OpenSite], dist_tag: str) -> tuple[SiteStatus, ...]:
    """The state of one tag at each site, in the order given; a site that cannot be read is a value, never an exception.

    `members` is what the tag ships as far as the caller knows (from git), used where a site has no statement of its own.
    Digests are compared, manifests are not: that is what `verify` does.
    """
    raise NotImplementedError


def known_tags(sites: Sequence[OpenSite]) -> tuple[str, ...]:
    """The release tags that any of these sites has bound, sorted. Raises SiteError (13)."""
    raise NotImplementedError
