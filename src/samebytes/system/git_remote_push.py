"""What a push asks for, what came of it, and how `git push --porcelain` says so.

Only flags count, never words (git-push(1), Output): a server's refusal comes in any language, and a race is lost with
many sentences. The loser of a race is told apart from the refused by reading the ref afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_DONE_FLAGS = (" ", "+", "*", "-", "=")
_REFUSED_FLAG = "!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One ref: from the object `expected` (empty: the ref must not exist) to the object `new` (empty: no ref)."""

    ref: str
    expected: str
    new: str


class PushState(StrEnum):
    """What came of a change."""

    DONE = "done"
    """The ref has the new value. Through us, if nobody else can push that value: git calls a repetition success too."""
    LOST = "lost"
    """The ref has neither the expected nor the new value: somebody else was there."""
    LEFT = "left"
    """Nothing was wrong with this change; another one of an atomic push was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """The state of a change, and the value that the ref was last seen with (empty: no such ref)."""

    state: PushState
    found: str


def create(ref: str, new: str) -> Change:
    """A ref that must not exist."""
    return Change(ref=ref, expected="", new=new)


def replace(ref: str, expected: str, new: str) -> Change:
    """A ref that must have the expected value (compare-and-swap)."""
    return Change(ref=ref, expected=expected, new=new)


def delete(ref: str, expected: str) -> Change:
    """A ref that is to go, if it has the expected value."""
    return Change(ref=ref, expected=expected, new="")


def arguments(url: str, changes: Iterable[Change], *, atomic: bool) -> Sequence[str]:
    """The arguments of git for these changes."""
    changes = tuple(changes)
    return (
        "push",
        "--porcelain",
        "--no-verify",
        *(("--atomic",) if atomic else ()),
        # Also lets a ref go back to any object: outside of refs/heads there is no history to keep.
        *(f"--force-with-lease={change.ref}:{change.expected}" for change in changes),
        url,
        *(f"{change.new}:{change.ref}" for change in changes),
    )


def read_done(output: str) -> frozenset[str]:
    """The refs that the server says have the new value now."""
    return _with_flag(output, _DONE_FLAGS)


def read_refused(output: str) -> Mapping[str, str]:
    """The refs that were rejected, by us or by the server, with the reason as git gives it to people."""
    return {ref: line.rpartition("\t")[2] for line in output.splitlines() for ref in _with_flag(line, (_REFUSED_FLAG,))}


def judge(changes: Iterable[Change], found: Mapping[str, str]) -> Mapping[str, Pushed]:
    """What reading says of changes; those whose refs still have the expected value are left out."""
    judged: dict[str, Pushed] = {}
    for change in changes:
        value = found.get(change.ref, "")
        if value == change.new:
            judged[change.ref] = Pushed(state=PushState.DONE, found=value)
        elif value != change.expected:
            judged[change.ref] = Pushed(state=PushState.LOST, found=value)
    return judged


def _with_flag(output: str, flags: Sequence[str]) -> frozenset[str]:
    lines = (line.split("\t") for line in output.splitlines() if line[:1] in flags)
    # `<flag> TAB <from>:<to> TAB <summary>`; a ref's name has no colon.
    return frozenset(words[1].rpartition(":")[2] for words in lines if len(words) == 3 and words[0] in flags)  # noqa: PLR2004
