"""The one place that picks concrete kinds and opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from samebytes.errors import ConfigError
from samebytes.flows.open_site import OpenSite
from samebytes.model.site import Site
from samebytes.system.clock import Clock
from samebytes.system.randomness import Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The parts of the world that sites are opened with."""

    clock: Clock
    randomness: Randomness


# One line a kind; each is a function that opens a site of that kind.
_KINDS: Mapping[str, Callable[[Site, Ports], OpenSite]] = MappingProxyType({})


def open_site(site: Site, ports: Ports) -> OpenSite:
    """Open a configured site. Raises ConfigError (SB-6001) for a kind nobody knows; touches nothing at the site."""
    opener = _KINDS.get(site.kind)
    if opener is None:
        raise ConfigError(
            "SB-6001",
            f"site {site.id!r} is of kind {site.kind!r}, which samebytes does not know",
            hint=f"use one of: {', '.join(sorted(_KINDS))}",
        )
    return opener(site, ports)
