"""Say in which files a member that a site already serves differs from this build."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from samebytes.core.explain import explain_package
from samebytes.core.open_tarball import side_of_tarball
from samebytes.errors import FormatError, SiteError
from samebytes.flows.known_statements import changes_where_known
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.model.change import Change
from samebytes.model.digests import sha512
from samebytes.model.names import PackageId
from samebytes.model.observed import Different, MemberState
from samebytes.system.chunks import read_chunks
from samebytes.system.content import CollectingSink

# An error names twenty differences at most, and must not download a whole site to do so.
_MANY = 20
_LIMIT_BYTES = 256 * 1024 * 1024


def changes_to_served(
    built: BuiltRelease, at: OpenSite, states: Iterable[MemberState]
) -> dict[PackageId, tuple[Change, ...]]:
    """What differs, from the tarballs themselves, else from any statement at the site that vouches for what it serves.

    `left` of a change is what this build has: it is what the site was expected to serve.
    """
    differing = [state for state in states if isinstance(state, Different)]
    files = {member.tarball.id: member.file for member in built.packed}
    changes: dict[PackageId, tuple[Change, ...]] = {}
    for state in islice(differing, _MANY):
        try:
            served = _served(at, state)
            if served is not None:
                ours = side_of_tarball(b"".join(read_chunks(files[state.id])), str(state.id))
                changes[state.id] = explain_package(ours, side_of_tarball(served, str(state.id)))
        except (SiteError, FormatError):
            # Only the explanation is lost: that the bytes differ is certain, and said by the caller.
            continue
    unexplained = [state for state in differing if state.id not in changes]
    return {**changes, **changes_where_known(built.release, at, unexplained)}


def _served(at: OpenSite, state: Different) -> bytes | None:
    """The tarball that the site serves, where it is what its registry says."""
    sink = CollectingSink(_LIMIT_BYTES, str(state.id))
    found = at.registry.read_tarball(state.id, sink)
    return sink.data if found and sha512(sink.data) == state.found else None
