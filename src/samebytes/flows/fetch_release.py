"""The tarballs of a release as a site's registry serves them."""

from __future__ import annotations

from collections.abc import Iterator

from samebytes.errors import EvidenceMissingError
from samebytes.flows.open_site import OpenSite
from samebytes.formats import statement
from samebytes.model.release import STATEMENT_ASSET
from samebytes.system.content import CollectingSink

# What `explain` holds in memory of one tarball; registries refuse larger ones long before.
_LIMIT_BYTES = 2 * 1024**3


def fetch_tarballs(tag: str, at: OpenSite) -> Iterator[tuple[str, bytes]]:
    """Asset name and bytes of each member that the site's own statement of this tag names, one at a time.

    Raises EvidenceMissingError (SB-7011) without such a statement, or where a tarball it names is not served,
    SiteError (13) for what cannot be read.
    """
    data = at.releases.read(tag, STATEMENT_ASSET, statement.LIMIT_BYTES) if at.releases is not None else None
    if data is None:
        raise EvidenceMissingError(
            "SB-7011", f"site {at.id!r} has no statement of {tag}", hint=f"samebytes status {tag} --site {at.id}"
        )
    for subject in statement.read(data, f"{STATEMENT_ASSET} of {tag} at {at.id}").subjects:
        tarball = CollectingSink(_LIMIT_BYTES, f"{subject.id} at site {at.id!r}")
        if not at.registry.read_tarball(subject.id, tarball):
            raise EvidenceMissingError("SB-7011", f"site {at.id!r} does not serve {subject.id}")
        yield subject.id.asset_name, tarball.data
