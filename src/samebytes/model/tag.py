"""Git tags as releases see them."""

from __future__ import annotations

from dataclasses import dataclass

# What a checkout as it stands is a snapshot of: no commit at all. git writes no object with this id.
NO_COMMIT = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit and what it was reached by: `name` is the full tag name, or empty for a snapshot.

    `tag_object` is the object id of an annotated tag, empty for a lightweight tag or a snapshot;
    `message` is the annotated tag's message without a signature, byte-exact as text. `time_s` is the committer time.
    `roots` are the commits without parents that it descends from, sorted, where somebody asked and the clone can tell.
    """

    name: str
    tag_object: str
    commit: str
    tree: str
    time_s: int
    message: str
    roots: tuple[str, ...] = ()

    @property
    def is_snapshot(self) -> bool:
        """Whether no tag names this commit: planned, packed and compared, never published."""
        return not self.name
