"""Evidence and local state of a directory site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samebytes.errors import FormatError, RefusedError, SiteError
from samebytes.formats import directory_site, site_state
from samebytes.model import digests
from samebytes.model.digests import Digest
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.stores.base import HeldLease, Lock
from samebytes.stores.folder_lock import FolderLock
from samebytes.system.clock import Clock
from samebytes.system.randomness import Randomness
from samebytes.system.site_folder import SiteFolder, as_site_error


class FolderEvidence:
    """Documents under `evidence/<kind>/<sha256>`; adding needs no lease because a name can only ever have one content."""

    def __init__(self, folder: SiteFolder) -> None:
        self._folder = folder
        self._files = folder.files

    def add(self, kind: str, document: bytes) -> Digest:
        """Store a document; storing it again is fine. Returns its sha256."""
        self._folder.found()
        digest = digests.sha256(document)
        path = f"{_kind_folder(kind)}/{digest.hex}"
        if not self._files.create(path, [document]) and self._differs(path, document):
            raise SiteError(
                "SB-5001",
                f"{path} does not hold what its name says",
                hint="the file is damaged: remove it and run again",
            )
        return digest

    def get(self, kind: str, sha256: Digest, limit_bytes: int) -> bytes | None:
        """A document, checked against its name; None where there is none."""
        self._folder.check()
        path = f"{_kind_folder(kind)}/{sha256.hex}"
        document = self._files.read(path, limit_bytes)
        if document is not None and digests.sha256(document) != sha256:
            raise SiteError("SB-5001", f"{path} does not hold what its name says")
        return document

    def list(self, kind: str) -> Sequence[Digest]:
        """The digests stored under a kind, sorted."""
        self._folder.check()
        folder = _kind_folder(kind)
        found = []
        for name in _visible(self._files.list(folder)):
            try:
                found.append(digests.from_hex("sha256", name))
            except FormatError as error:
                raise SiteError("SB-5001", f"{folder}/{name} is not named by a sha256") from error
        return found

    def _differs(self, path: str, document: bytes) -> bool:
        return self._files.size(path) != len(document) or self._files.read(path, len(document)) != document


class FolderState:
    """Lock, memory and journal under `local/<site id>/`; `shared` as in `FolderLock`."""

    def __init__(self, folder: SiteFolder, clock: Clock, randomness: Randomness, *, shared: bool = False) -> None:
        self._folder = folder
        self._files = folder.files
        with as_site_error():
            local = directory_site.local_folder(folder.site)
        self._memory = f"{local}/memory"
        self._journal = f"{local}/journal"
        self.lock: Lock = FolderLock(folder, clock, randomness, shared=shared)

    def remembered(self, tag: str) -> Remembered | None:
        """What this tag was bound to here, if it was."""
        self._folder.check()
        path = directory_site.tag_file(self._memory, tag)
        data = self._files.read(path, site_state.LIMIT_BYTES)
        if data is None:
            return None
        with as_site_error():
            memory = site_state.read_memory(data, path)
        if memory.tag != tag:
            raise SiteError("SB-5001", f"{path} is about tag {memory.tag!r}")
        return memory

    def remember(self, memory: Remembered, lease: HeldLease) -> None:
        """Bind a tag; the same binding again is fine, another one is RefusedError (SB-6101)."""
        found = self.remembered(memory.tag)
        if found is None:
            path = directory_site.tag_file(self._memory, memory.tag)
            self._files.create(path, [site_state.write_memory(memory)], lease.guard)
            found = self.remembered(memory.tag)
        if found != memory:
            raise RefusedError(
                "SB-6101",
                f"tag {memory.tag!r} is bound to something else at site {self._folder.site!r}",
                hint="a published tag never moves: make a new tag for the new contents",
                details=_differing(found, memory),
            )

    def all_remembered(self) -> Sequence[Remembered]:
        """Every binding, sorted by tag."""
        self._folder.check()
        memories = []
        for name in _visible(self._files.list(self._memory)):
            with as_site_error():
                memory = self.remembered(directory_site.tag_of(name))
            if memory is not None:
                memories.append(memory)
        return sorted(memories, key=lambda memory: memory.tag)

    def journal(self, release_tag: str) -> PromotionEntry | None:
        """The newest promotion of this release."""
        self._folder.check()
        entries = self._entries(release_tag)
        return entries[-1] if entries else None

    def write_journal(self, entry: PromotionEntry, lease: HeldLease) -> None:
        """Add a promotion, or mark the newest one as done; what was written before stays."""
        entries = self._entries(entry.release_tag)
        if entries and entries[-1] == entry:
            return
        if entries and replace(entries[-1], done=True) == entry:
            entries = entries[:-1]
        path = directory_site.tag_file(self._journal, entry.release_tag)
        self._files.replace(path, site_state.write_journal((*entries, entry)), lease.guard)

    def _entries(self, release_tag: str) -> tuple[PromotionEntry, ...]:
        path = directory_site.tag_file(self._journal, release_tag)
        data = self._files.read(path, site_state.LIMIT_BYTES)
        if data is None:
            return ()
        with as_site_error():
            entries = site_state.read_journal(data, path)
        if any(entry.release_tag != release_tag for entry in entries):
            raise SiteError("SB-5001", f"{path} is about another tag")
        return entries


def _kind_folder(kind: str) -> str:
    with as_site_error():
        return directory_site.evidence_folder(kind)


def _visible(names: tuple[str, ...]) -> list[str]:
    """Without what file managers leave behind (`.DS_Store`)."""
    return [name for name in names if not name.startswith(".")]


def _differing(found: Remembered | None, wanted: Remembered) -> dict[str, str]:
    if found is None:
        return {}
    pairs = (
        ("tag object", found.tag_object, wanted.tag_object),
        ("commit", found.commit, wanted.commit),
        ("statement sha256", found.statement_sha256, wanted.statement_sha256),
    )
    return {name: f"bound {old}, now {new}" for name, old, new in pairs if old != new}
