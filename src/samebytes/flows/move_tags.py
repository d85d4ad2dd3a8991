"""Carry out one pass of dist-tag moves: journal, moves, confirmation, journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from samebytes.core.promote import Pass
from samebytes.core.reconcile import dist_tags
from samebytes.errors import SiteError
from samebytes.flows.look_again import look_again
from samebytes.flows.open_site import OpenSite
from samebytes.flows.site_lease import KeptLease
from samebytes.model.action import HOLD_TAG, DropTag, SetTag
from samebytes.model.local_state import PromotionEntry
from samebytes.model.names import PackageName
from samebytes.system.pool import run_each


def move_tags(
    at: OpenSite, planned: Pass, journal: PromotionEntry | None, lease: KeptLease, tell: Callable[[str], None]
) -> None:
    """Write the entry, move all tags in one short pass, drop holding tags, confirm by reading, and close the entry.

    A pass that is cut short is finished by the next run, because the entry says so. Raises SiteError (SB-6041) when
    the tags do not stand where they were put.
    """
    if at.state is not None and planned.entry is not None and planned.entry != journal:
        at.state.write_journal(planned.entry, lease)
    # A package is in each step once: servers corrupt dist-tags that are written at the same time.
    holds = [move for move in planned.moves if isinstance(move, SetTag) and move.dist_tag == HOLD_TAG]
    sets = [move for move in planned.moves if isinstance(move, SetTag) and move.dist_tag != HOLD_TAG]
    drops = [move for move in planned.moves if isinstance(move, DropTag)]
    for step in (holds, sets, drops):
        _make(at, step, lease)
    _confirm(at, planned.moves, (), lease)
    if at.state is not None and planned.entry is not None:
        at.state.write_journal(replace(planned.entry, done=True), lease)
    for move in planned.moves:
        if isinstance(move, SetTag) and move.dist_tag != HOLD_TAG:
            tell(f"{move.dist_tag} of {move.name} is now {move.version}")
        elif isinstance(move, DropTag) and move.dist_tag != HOLD_TAG:
            tell(f"{move.dist_tag} of {move.name} is gone, as before")


def _make(at: OpenSite, moves: Sequence[SetTag | DropTag], lease: KeptLease) -> None:
    """Make some moves in parallel; a package is in them once."""
    answers = run_each([partial(_move, at, move, lease) for move in moves], at.site.concurrency, lease.keep)
    failures = [error for error in answers if error is not None]
    if failures:
        _confirm(at, moves, failures, lease)


def _move(at: OpenSite, move: SetTag | DropTag, lease: KeptLease) -> SiteError | None:
    """Make one move; a failure is handed back, because the move may have happened and reading decides."""
    try:
        if isinstance(move, SetTag):
            at.registry.set_tag(move.name, move.dist_tag, move.version, lease)
        else:
            at.registry.delete_tag(move.name, move.dist_tag, lease)
    except SiteError as error:
        return error
    return None


def _confirm(at: OpenSite, moves: Sequence[SetTag | DropTag], failures: Sequence[SiteError], lease: KeptLease) -> None:
    """Read whether the tags stand where they were put; else raise the first failure, or say that they do not."""
    left = list(moves)

    def look() -> bool:
        """Look at what has not been seen to stand; whether everything does."""
        tags = dist_tags(at.registry.observe(sorted({move.name for move in left})).values()) if left else {}
        left[:] = [move for move in left if not _stands(move, tags)]
        return not left

    if look_again(look, bool, lease):
        return
    if failures:
        raise failures[0]
    raise SiteError(
        "SB-6041",
        f"{left[0].dist_tag} of {left[0].name} does not stand where it was put at {at.id!r}",
        hint="somebody else moves tags there; run again",
    )


def _stands(move: SetTag | DropTag, tags: Mapping[PackageName, Mapping[str, str]]) -> bool:
    wanted = move.version if isinstance(move, SetTag) else None
    return move.name in tags and tags[move.name].get(move.dist_tag) == wanted
