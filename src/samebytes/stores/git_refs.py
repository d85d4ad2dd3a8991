"""A site's local state in its git remote: memory and journal as blobs under refs of their own (docs/formats/git-refs.md).

Objects are read once: what a ref points to is named by its content. A value that was read in this run and is about to
be replaced is not read again, since the push has it as its condition; what would be believed without a push is.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from samebytes.errors import RefusedError, SiteError
from samebytes.formats import git_refs, site_state
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.stores.base import HeldLease, Lock
from samebytes.stores.git_refs_lock import GitRefsLock
from samebytes.system import git_remote_push
from samebytes.system.clock import Clock
from samebytes.system.git_remote import GitRemote, PushState
from samebytes.system.randomness import Randomness
from samebytes.system.site_folder import as_site_error

# How often a journal that somebody else writes at the same time is read again before we give up.
_TRIES = 3


class GitRefsState:
    """Lock, memory and journal under `refs/samebytes/local/<site id>/`; safe to share among threads."""

    def __init__(
        self, remote: GitRemote, site_id: str, clock: Clock, randomness: Randomness, request_timeout_s: float
    ) -> None:
        self._remote = remote
        self._site = site_id
        self.lock: Lock = GitRefsLock(remote, site_id, clock, randomness, request_timeout_s)
        # The refs as last read or written, None before: ref to object, empty where there is none.
        self._memories: dict[str, str] | None = None
        self._journals: dict[str, str] = {}
        self._read: dict[str, Remembered] = {}
        self._one_at_a_time = threading.RLock()

    def remembered(self, tag: str) -> Remembered | None:
        """What this tag was bound to here, if it was."""
        ref = self._memory_ref(tag)
        with self._one_at_a_time:
            return self._memory(ref, self._observed_memories().get(ref, ""))

    def remember(self, memory: Remembered, lease: HeldLease) -> None:
        """Bind a tag; the same binding again is fine, another one is RefusedError (SB-6101)."""
        ref = self._memory_ref(memory.tag)
        with self._one_at_a_time:
            known = self._memories if self._memories is not None else self._observed_memories()
            if not known.get(ref):
                blob = self._remote.write_blob(site_state.write_memory(memory))
                with lease.guard():
                    pushed = self._remote.push([git_remote_push.create(ref, blob)])[ref]
                if pushed.state is PushState.DONE:
                    known[ref] = blob
                    return
            found = self.remembered(memory.tag)
        if found is None:
            raise SiteError("SB-5001", f"{ref} was there and is gone: somebody changes it by hand", hint="run again")
        if found != memory:
            raise RefusedError(
                "SB-6101",
                f"tag {memory.tag!r} is bound to something else at site {self._site!r}",
                hint="a published tag never moves: make a new tag for the new contents",
                details=_differing(found, memory),
            )

    def all_remembered(self) -> Sequence[Remembered]:
        """Every binding, sorted by tag."""
        with self._one_at_a_time:
            refs = self._observed_memories()
            found = [self._memory(ref, blob) for ref, blob in refs.items()]
        return sorted((memory for memory in found if memory is not None), key=lambda memory: memory.tag)

    def journal(self, release_tag: str) -> PromotionEntry | None:
        """The newest promotion of this release."""
        with self._one_at_a_time:
            self._observe_journal(release_tag)
            entries = self._entries(release_tag)
        return entries[-1] if entries else None

    def write_journal(self, entry: PromotionEntry, lease: HeldLease) -> None:
        """Add a promotion, or mark the newest one as done; what was written before stays."""
        tag = entry.release_tag
        ref = self._journal_ref(tag)
        with self._one_at_a_time:
            fresh = ref not in self._journals
            for _ in range(_TRIES):
                if fresh:
                    self._observe_journal(tag)
                entries = self._entries(tag)
                if entries and entries[-1] == entry:
                    if fresh:
                        return
                    fresh = True
                    continue
                if entries and replace(entries[-1], done=True) == entry:
                    entries = entries[:-1]
                blob = self._remote.write_blob(site_state.write_journal((*entries, entry)))
                with lease.guard():
                    pushed = self._remote.push([git_remote_push.replace(ref, self._journals[ref], blob)])[ref]
                if pushed.state is PushState.DONE:
                    self._journals[ref] = blob
                    return
                fresh = True
        raise SiteError(
            "SB-5116",
            f"the journal of {tag!r} at site {self._site!r} is being written by somebody else",
            hint="run again when the other run has ended",
        )

    def _observed_memories(self) -> dict[str, str]:
        with as_site_error():
            self._memories = dict(self._remote.observe(f"{git_refs.memories(self._site)}*"))
        return self._memories

    def _observe_journal(self, tag: str) -> None:
        ref = self._journal_ref(tag)
        self._journals[ref] = self._remote.observe(f"{ref}*").get(ref, "")

    def _memory(self, ref: str, blob: str) -> Remembered | None:
        """The binding in a ref's blob. Raises SiteError (SB-5001) for one of another tag."""
        if not blob:
            return None
        with as_site_error():
            tag = git_refs.tag_of(ref.removeprefix(git_refs.memories(self._site)))
            if blob not in self._read:
                data = self._remote.read_blob(blob, site_state.LIMIT_BYTES)
                self._read[blob] = site_state.read_memory(data, ref)
        memory = self._read[blob]
        if memory.tag != tag:
            raise SiteError("SB-5001", f"{ref} is about tag {memory.tag!r}")
        return memory

    def _entries(self, tag: str) -> tuple[PromotionEntry, ...]:
        ref = self._journal_ref(tag)
        blob = self._journals[ref]
        if not blob:
            return ()
        with as_site_error():
            entries = site_state.read_journal(self._remote.read_blob(blob, site_state.LIMIT_BYTES), ref)
        if any(entry.release_tag != tag for entry in entries):
            raise SiteError("SB-5001", f"{ref} is about another tag")
        return entries

    def _memory_ref(self, tag: str) -> str:
        with as_site_error():
            return git_refs.memory(self._site, tag)

    def _journal_ref(self, tag: str) -> str:
        with as_site_error():
            return git_refs.journal(self._site, tag)


def _differing(found: Remembered, wanted: Remembered) -> dict[str, str]:
    pairs = (
        ("tag object", found.tag_object, wanted.tag_object),
        ("commit", found.commit, wanted.commit),
        ("statement sha256", found.statement_sha256, wanted.statement_sha256),
    )
    return {name: f"bound {old}, now {new}" for name, old, new in pairs if old != new}
