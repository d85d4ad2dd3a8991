"""Statements that a site or its evidence still has, to say which files differ instead of only which digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samebytes.core.differences import compare, compare_subjects
from samebytes.errors import FormatError, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.formats import statement
from samebytes.model.change import Change
from samebytes.model.digests import from_hex
from samebytes.model.names import PackageId
from samebytes.model.observed import Different, MemberState
from samebytes.model.release import STATEMENT_ASSET, Release

STATEMENT_KIND = "statement"
# Explaining must not read a long history: the newest are as likely as any, names are digests and tell no order.
_MANY = 200


def changes_where_known(
    built: Release, at: OpenSite, states: Iterable[MemberState]
) -> dict[PackageId, tuple[Change, ...]]:
    """What differs in members that the site serves other bytes of, for those that some statement there vouches for.

    `left` of a change is what this build has: it is what the site was expected to serve.
    """
    differing = [state for state in states if isinstance(state, Different)]
    changes: dict[PackageId, tuple[Change, ...]] = {}
    for known in _statements(at, built.tag) if differing else ():
        for state in differing:
            ours, theirs = built.subject(state.id), known.subject(state.id)
            if ours is not None and theirs is not None and theirs.sha512 == state.found:
                changes.setdefault(state.id, compare_subjects(ours, theirs))
        if len(changes) == len(differing):
            break
    return changes


def changes_to_bound(built: Release, at: OpenSite, statement_sha256: str) -> tuple[Change, ...]:
    """What differs from the statement that a tag was bound to; empty where that statement is not known any more."""
    if at.evidence is None:
        return ()
    try:
        data = at.evidence.get(STATEMENT_KIND, from_hex("sha256", statement_sha256), statement.LIMIT_BYTES)
        return compare(statement.read(data, STATEMENT_ASSET), built) if data is not None else ()
    except (FormatError, SiteError):
        # The refusal stands without its explanation.
        return ()


def _statements(at: OpenSite, tag: str) -> Iterator[Release]:
    """The site's statement of this tag, then others; what cannot be read explains nothing and is passed over."""
    for data in _documents(at, tag):
        try:
            yield statement.read(data, STATEMENT_ASSET)
        except FormatError:
            continue


def _documents(at: OpenSite, tag: str) -> Iterator[bytes]:
    try:
        if at.releases is not None and (data := at.releases.read(tag, STATEMENT_ASSET, statement.LIMIT_BYTES)):
            yield data
        if at.evidence is not None:
            for digest in at.evidence.list(STATEMENT_KIND)[:_MANY]:
                if data := at.evidence.get(STATEMENT_KIND, digest, statement.LIMIT_BYTES):
                    yield data
    except SiteError:
        return
