"""Refs of `samebytes probe` in a site's git remote: `refs/samebytes/local/<site id>/probe/<token>`, made and removed."""

from __future__ import annotations

from samebytes.formats import git_refs
from samebytes.system import git_remote_push
from samebytes.system.git_remote import GitRemote


class GitRefsProbe:
    """What a probe does with the refs of a site. Every method raises SiteError (SB-511x)."""

    def __init__(self, remote: GitRemote, site_id: str) -> None:
        self._remote = remote
        self._prefix = f"{git_refs.local(site_id)}/probe/"

    def check_push(self) -> None:
        """Ask whether a push would be let in, without one (`git push --dry-run`): SB-5111 or SB-5112 where not."""
        self._remote.check_push(f"{self._prefix}never")

    def leftovers(self) -> tuple[str, ...]:
        """The refs of probes that were stopped."""
        return tuple(sorted(self._remote.list(self._prefix)))

    def push(self, token: str) -> str:
        """Make a ref, which is returned."""
        ref = f"{self._prefix}{token}"
        blob = self._remote.write_blob(f"samebytes probe {token}\n".encode())
        self._remote.push([git_remote_push.create(ref, blob)])
        return ref

    def remove(self, ref: str) -> None:
        """Remove a ref; one that is not there is fine."""
        found = self._remote.list(ref).get(ref)
        if found:
            self._remote.push([git_remote_push.delete(ref, found)])
