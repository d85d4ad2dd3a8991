"""The releases of a directory site: one folder a tag, one file an asset, stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from samebytes.errors import BytesDifferError, SiteError
from samebytes.forges.base import WriteGuard
from samebytes.formats import directory_site, site_state
from samebytes.formats.site_state import ReleaseRecord
from samebytes.model.digests import Digest
from samebytes.model.tag import Commit
from samebytes.model.transfer import Content
from samebytes.system.chunks import CHUNK_BYTES
from samebytes.system.site_folder import SiteFolder, as_site_error


class FolderReleases:
    """The releases under `releases/` of a directory site; a release is there when its record is."""

    def __init__(self, folder: SiteFolder) -> None:
        self._folder = folder
        self._files = folder.files

    def assets(self, tag: str) -> dict[str, int] | None:
        """Asset name to size in bytes; None where the tag has no release."""
        if self._record(tag) is None:
            return None
        sizes: dict[str, int] = {}
        for name in self._files.list(directory_site.release_folder(tag)):
            size = None if name.startswith(".") else self._files.size(_asset(tag, name))
            if size is not None:
                sizes[name] = size
        return sizes

    def read(self, tag: str, name: str, limit_bytes: int) -> bytes | None:
        """The bytes of an asset, None where there is none."""
        if self._record(tag) is None:
            return None
        return self._files.read(_asset(tag, name), limit_bytes)

    def digest(self, tag: str, name: str) -> Digest | None:
        """The sha256 of an asset, None where there is none."""
        if self._record(tag) is None:
            return None
        path = _asset(tag, name)
        file = self._files.open(path)
        if file is None:
            return None
        digest = hashlib.sha256()
        try:
            with file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise SiteError("SB-5001", f"{path} cannot be read: {error.strerror}") from error
        return Digest("sha256", digest.digest())

    def check_tag(self, tag: Commit) -> None:
        """Nothing: a folder has no git tags."""

    def create(self, tag: Commit, lease: WriteGuard) -> None:
        """Create the release of this tag; one that is there is fine. A folder has no git tags to check."""
        if self._record(tag.name) is None:
            record = site_state.write_release(ReleaseRecord(tag=tag.name, commit=tag.commit))
            self._files.create(directory_site.release_record(tag.name), [record], lease.guard)

    def put(
        self, tag: str, name: str, content: Content, sha256: Digest, lease: WriteGuard, *, fixed: bool = True
    ) -> None:
        """Store an asset once; other bytes than promised, given or found, are BytesDifferError (SB-5201)."""
        if self._record(tag) is None:
            raise SiteError("SB-5002", f"{name} cannot be stored: there is no release of {tag!r}")
        found = self.digest(tag, name)
        if found is None:
            if self._files.create(_asset(tag, name), _checked(content.chunks(), sha256, name), lease.guard):
                return
            found = self.digest(tag, name)
        if fixed and found != sha256:
            raise _differs(f"the release of {tag!r} has another {name}", sha256, found)

    def repeated(self, tag: str) -> frozenset[str]:  # noqa: ARG002
        """None: a folder has each name once."""
        return frozenset()

    def tidy(self, tag: str, lease: WriteGuard, any_bytes: Collection[str] = ()) -> None:
        """Nothing to do."""

    def _record(self, tag: str) -> ReleaseRecord | None:
        self._folder.check()
        with as_site_error():
            path = directory_site.release_record(tag)
        data = self._files.read(path, site_state.LIMIT_BYTES)
        if data is None:
            return None
        with as_site_error():
            record = site_state.read_release(data, path)
        if record.tag != tag:  # a file system that does not tell upper from lower case
            raise SiteError("SB-5001", f"{path} is about tag {record.tag!r}, not {tag!r}")
        return record


def _asset(tag: str, name: str) -> str:
    with as_site_error():
        return directory_site.asset(tag, name)


def _checked(chunks: Iterator[bytes], sha256: Digest, name: str) -> Iterator[bytes]:
    """The chunks, and an error instead of their end when they are not what was promised."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.digest() != sha256.value:
        raise _differs(f"{name} does not have the bytes that were announced", sha256, Digest("sha256", digest.digest()))


def _differs(summary: str, expected: Digest, found: Digest | None) -> BytesDifferError:
    details = {"expected": str(expected), "found": str(found) if found else "nothing"}
    return BytesDifferError("SB-5201", summary, details=details)
