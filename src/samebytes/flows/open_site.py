"""A site with its parts opened: what flows read from and write to."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.forges.base import Releases
from samebytes.model.site import Site
from samebytes.registries.base import Registry
from samebytes.stores.base import EvidenceStore, LocalState


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSite:
    """One site, ready to use; a part that its kind does not have is None.

    Without `releases` no documents are kept beside the packages; without `state` there is no lock, memory or undo.
    """

    site: Site
    registry: Registry
    releases: Releases | None
    state: LocalState | None
    evidence: EvidenceStore | None

    @property
    def id(self) -> str:
        """The site's id in the configuration."""
        return self.site.id
