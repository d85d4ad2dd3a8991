"""The writes of a publish run, in its order and directly against a site's parts: what crash tests kill and repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from samebytes.forges.folder import FolderReleases
from samebytes.model.digests import sha256
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.observed import ObservedPackage
from samebytes.model.tarball import PackedMember
from samebytes.registries.folder import FolderRegistry
from samebytes.stores.base import HeldLease
from samebytes.stores.folder import FolderEvidence, FolderState
from samebytes.system.clock import SystemClock
from samebytes.system.content import BytesContent
from samebytes.system.folder_store import FolderStore
from samebytes.system.randomness import SystemRandomness
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.members import upload_of
from tests.site_calls import tag_at, tarball_of

TAG = "v1.0.0"
COMMIT = "c" * 40
_PIECE_BYTES = 100


class MiniPublish:
    """One run against the site in a folder; a new one for every run, as a new process would have."""

    def __init__(
        self,
        folder: Path,
        members: Sequence[PackedMember],
        *,
        tag: str = TAG,
        lease_s: float = 30,
        lock_timeout_s: float = 30,
        kernel_timeout_s: float = 30,
    ) -> None:
        self._members = members
        self._tag = tag
        self._lease_s = lease_s
        self._lock_timeout_s = lock_timeout_s
        site = SiteFolder(FolderStore(str(folder), lock_timeout_s=kernel_timeout_s), "corp")
        self._registry = FolderRegistry(site, SystemClock())
        self._releases = FolderReleases(site)
        self._state = FolderState(site, SystemClock(), SystemRandomness())
        self._evidence = FolderEvidence(site)

    def run(self, holder: str = "mini publish") -> list[str]:
        """Publish and promote; the members that were not there yet."""
        lease = self._state.lock.acquire(holder, self._lease_s, self._lock_timeout_s)
        try:
            statement = self._statement()
            remembered = Remembered(tag=self._tag, tag_object="", commit=COMMIT, statement_sha256=sha256(statement).hex)
            self._state.remember(remembered, lease)
            uploaded = self._upload(lease)
            self._store_assets(statement, lease)
            self._evidence.add("statement", statement)
            self._promote(lease)
        finally:
            lease.release()
        return uploaded

    def _upload(self, lease: HeldLease) -> list[str]:
        uploaded = []
        for member in self._members:
            tarball = member.tarball
            seen = self._registry.observe([tarball.id.name])[tarball.id.name]
            assert isinstance(seen, ObservedPackage), seen
            there = seen.versions.get(str(tarball.id.version))
            if there is None:
                self._registry.upload(upload_of(member), lease)
                uploaded.append(str(tarball.id))
            read_back = hashlib.sha512(tarball_of(self._registry, tarball.id) or b"").digest()
            assert read_back == tarball.sha512.value
        return uploaded

    def _store_assets(self, statement: bytes, lease: HeldLease) -> None:
        self._releases.create(tag_at(self._tag, COMMIT), lease)
        sums = {"release.json": hashlib.sha512(statement).hexdigest()}
        for member in self._members:
            data = Path(member.file).read_bytes()
            sums[member.tarball.id.asset_name] = member.tarball.sha512.hex
            self._put(member.tarball.id.asset_name, data, lease)
        self._put("release.json", statement, lease)
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        self._put("SHA512SUMS", lines.encode(), lease)

    def _put(self, name: str, data: bytes, lease: HeldLease) -> None:
        self._releases.put(self._tag, name, _Pieces(data), sha256(data), lease)

    def _promote(self, lease: HeldLease) -> None:
        names = [member.tarball.id.name for member in self._members]
        entry = self._state.journal(self._tag)
        if entry is None:
            after = {str(member.tarball.id.name): str(member.tarball.id.version) for member in self._members}
            before = {str(name): "" for name in names}
            entry = PromotionEntry(release_tag=self._tag, dist_tag="latest", before=before, after=after, done=False)
            self._state.write_journal(entry, lease)
        for name in names:
            self._registry.set_tag(name, "latest", entry.after[str(name)], lease)
            self._registry.delete_tag(name, "samebytes-hold", lease)
        done = PromotionEntry(
            release_tag=self._tag, dist_tag="latest", before=entry.before, after=entry.after, done=True
        )
        self._state.write_journal(done, lease)

    def _statement(self) -> bytes:
        subjects = [{"name": m.tarball.id.purl, "digest": {"sha512": m.tarball.sha512.hex}} for m in self._members]
        return json.dumps({"subject": subjects}).encode()


class _Pieces(BytesContent):
    """Several writes a file, so that a kill can come between two of them."""

    def chunks(self) -> Iterator[bytes]:
        """The bytes in small pieces."""
        for start in range(0, len(self.data), _PIECE_BYTES):
            yield self.data[start : start + _PIECE_BYTES]


def digest_of(members: Sequence[PackedMember]) -> dict[str, str]:
    """`name@version` to sha512, as the checker wants it."""
    return {str(member.tarball.id): member.tarball.sha512.hex for member in members}


def latest_of(members: Sequence[PackedMember]) -> dict[str, str]:
    """Name to version, as the checker wants it."""
    return {str(member.tarball.id.name): str(member.tarball.id.version) for member in members}
