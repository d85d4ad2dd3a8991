"""A site with its parts opened: what flows read from and write to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from samebytes.forges.base import Releases
from samebytes.model.site import Site
from samebytes.registries.base import Registry
from samebytes.stores.base import EvidenceStore, LocalState


def _nothing_to_see() -> None:
    """Most kinds only tell when they are written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSite:
    """One site, ready to use; a part that its kind does not have is None.

    Without `releases` no documents are kept beside the packages; without `state` there is no lock, memory or undo.
    `check_writable` raises SiteError where it can be seen, without a write, that nothing can be written.
    """

    site: Site
    registry: Registry
    releases: Releases | None
    state: LocalState | None
    evidence: EvidenceStore | None
    check_writable: Callable[[], None] = _nothing_to_see

    @property
    def id(self) -> str:
        """The site's id in the configuration."""
        return self.site.id
