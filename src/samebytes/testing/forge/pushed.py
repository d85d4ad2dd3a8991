"""What happens after refs moved, by a push or by the API: drafts flip, and runs begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samebytes.testing.forge import release_store, runs
from samebytes.testing.forge.git_repository import ZERO
from samebytes.testing.forge.state import Forge, Repository, User


@dataclass(frozen=True, slots=True, kw_only=True)
class RefUpdate:
    """A ref that moved; ZERO stands for none."""

    old: str
    new: str
    ref: str


def refs_changed(forge: Forge, repository: Repository, user: User, updates: Sequence[RefUpdate]) -> None:
    """Carry out what servers do in their queue; refs other than branches and tags have no effect."""
    for update in updates:
        tag = update.ref.removeprefix("refs/tags/")
        if tag != update.ref:
            # A pushed tag publishes its draft; a deleted one makes a draft again (Gitea's PushUpdateDeleteTag).
            _set_draft(forge, repository, tag, is_draft=update.new == ZERO)
        if update.new != ZERO and update.ref.startswith(("refs/tags/", "refs/heads/")):
            runs.push(forge, repository, user, ref=update.ref, sha=update.new)


def _set_draft(forge: Forge, repository: Repository, tag: str, *, is_draft: bool) -> None:
    with forge.storage.transaction():
        release = release_store.by_tag(forge, repository, tag)
        if release is not None:
            release_store.put(forge, repository, {**release, "is_draft": is_draft})
