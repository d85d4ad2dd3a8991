"""Evidence in a git remote: a blob under `refs/samebytes/evidence/<kind>/<sha256 of its content>`, only ever added."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.errors import FormatError, SiteError
from samebytes.formats import git_refs
from samebytes.model import digests
from samebytes.model.digests import Digest
from samebytes.system import git_remote_push
from samebytes.system.git_remote import GitRemote, PushState
from samebytes.system.site_folder import as_site_error


class GitRefsEvidence:
    """Documents by kind and digest; adding needs no lease because a name can only ever have one content."""

    def __init__(self, remote: GitRemote) -> None:
        self._remote = remote
        # What was read or added in this run: ref to blob. A document never changes, so it is not fetched again.
        self._blobs: dict[str, str] = {}

    def add(self, kind: str, document: bytes) -> Digest:
        """Store a document; storing it again is fine. Returns its sha256."""
        digest = digests.sha256(document)
        ref = _ref(kind, digest)
        blob = self._remote.write_blob(document)
        if self._blobs.get(ref) != blob:
            pushed = self._remote.push([git_remote_push.create(ref, blob)])[ref]
            if pushed.state is not PushState.DONE:
                raise SiteError(
                    "SB-5001",
                    f"{ref} does not hold what its name says",
                    hint=f"somebody made it by hand; git push {self._remote.url} :{ref} removes it",
                )
            self._blobs[ref] = blob
        return digest

    def get(self, kind: str, sha256: Digest, limit_bytes: int) -> bytes | None:
        """A document, checked against its name; None where there is none."""
        ref = _ref(kind, sha256)
        blob = self._blobs.get(ref) or self._remote.observe(f"{ref}*").get(ref)
        if blob is None:
            return None
        document = self._remote.read_blob(blob, limit_bytes)
        if digests.sha256(document) != sha256:
            raise SiteError("SB-5001", f"{ref} does not hold what its name says")
        self._blobs[ref] = blob
        return document

    def list(self, kind: str) -> Sequence[Digest]:
        """The digests stored under a kind, sorted."""
        with as_site_error():
            prefix = git_refs.evidence_kind(kind)
        return sorted(_digest(ref, prefix) for ref in self._remote.list(prefix))


def _ref(kind: str, sha256: Digest) -> str:
    with as_site_error():
        return git_refs.evidence(kind, sha256)


def _digest(ref: str, prefix: str) -> Digest:
    try:
        return digests.from_hex("sha256", ref.removeprefix(prefix))
    except FormatError as error:
        raise SiteError("SB-5001", f"{ref} is not named by a sha256") from error
