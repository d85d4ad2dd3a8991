"""Look again for a while before something is called gone: servers and caches before them may serve what was a moment ago."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from samebytes.flows.site_lease import KeptLease

Found = TypeVar("Found")

# Five looks, so that three stale ones in a row are outlasted, within four seconds.
_PAUSES_S = (0.25, 0.5, 1.0, 2.0)


def look_again(look: Callable[[], Found], is_as_it_should_be: Callable[[Found], bool], lease: KeptLease) -> Found:
    """What a look shows once it is as it should be, or what the last one shows. Raises what a look or the lease raises."""
    found = look()
    for pause_s in _PAUSES_S:
        if is_as_it_should_be(found):
            break
        lease.pause(pause_s)
        found = look()
    return found
