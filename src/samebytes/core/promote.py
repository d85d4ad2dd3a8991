"""Which dist-tags move when a release is promoted, and how an earlier promotion is put back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from samebytes.errors import FormatError, RefusedError, UsageError
from samebytes.model.action import HOLD_TAG, DropTag, SetTag
from samebytes.model.local_state import PromotionEntry
from samebytes.model.names import PackageId, PackageName
from samebytes.model.versions import Version

# What every server takes as a tag: a word that cannot be read as a version or a range, and needs no escaping in a path.
_DIST_TAG = re.compile(r"(?![vV]?[0-9])(?![xX](?:\.|$))[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A promotion that is wanted: `targets` are all members of the release in upload order.

    `asked` is False when a publish run promotes by itself; `backwards` allows what only a person can mean.
    """

    release_tag: str
    dist_tag: str
    targets: tuple[PackageId, ...]
    asked: bool
    backwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass of dist-tag moves; `entry` goes into the journal before the first (None: nothing moves, all stands).

    With `why_held` nothing is promoted; `moves` then only repairs.
    """

    moves: tuple[SetTag | DropTag, ...]
    entry: PromotionEntry | None
    why_held: str = ""


def check_dist_tag(dist_tag: str) -> None:
    """Raise UsageError (SB-6301) for a dist-tag that servers refuse or that is ours."""
    if dist_tag == HOLD_TAG or not _DIST_TAG.fullmatch(dist_tag):
        raise UsageError(
            "SB-6301",
            f"{dist_tag!r} cannot be promoted to: servers refuse dist-tags that look like versions, {HOLD_TAG} is ours",
            hint="use a word such as latest, next or beta",
        )


def plan_pass(ask: Ask, dist_tags: Mapping[PackageName, Mapping[str, str]], journal: PromotionEntry | None) -> Pass:
    """All moves of a promotion, then the holding tags that go; a half-made pass is finished with the journal it began.

    `dist_tags` is what the site has now, for every target; `journal` is the newest entry of this release.
    """
    after = {target.name.text: target.version.text for target in ask.targets}
    unfinished = journal is not None and not journal.done
    if journal is not None and unfinished and journal.dist_tag != ask.dist_tag:
        return plan_hold(
            f"an earlier promotion of {ask.release_tag} to {journal.dist_tag} was not finished: finish that first",
            ask.targets,
            dist_tags,
        )
    undone = journal is not None and journal.dist_tag == ask.dist_tag and journal.after != after
    if undone and not ask.asked:
        return plan_hold("this promotion was undone; `samebytes promote` moves it again", ask.targets, dist_tags)
    current = {target.name.text: dist_tags[target.name].get(ask.dist_tag, "") for target in ask.targets}
    if not ask.backwards:
        obstacles = (_obstacle(ask.dist_tag, target, current[target.name.text]) for target in ask.targets)
        obstacle = next((text for text in obstacles if text), "")
        if obstacle:
            return plan_hold(obstacle, ask.targets, dist_tags)
    sets = tuple(
        SetTag(name=target.name, dist_tag=ask.dist_tag, version=target.version.text, previous=current[target.name.text])
        for target in ask.targets
        if current[target.name.text] != target.version.text
    )
    drops = tuple(
        DropTag(name=target.name, dist_tag=HOLD_TAG, version=target.version.text)
        for target in ask.targets
        if dist_tags[target.name].get(HOLD_TAG) == target.version.text
    )
    if not sets and not unfinished:
        return Pass(moves=drops, entry=None)
    before = _before(journal, after, current) if journal is not None and unfinished else current
    entry = PromotionEntry(release_tag=ask.release_tag, dist_tag=ask.dist_tag, before=before, after=after, done=False)
    return Pass(moves=(*sets, *drops), entry=entry)


def plan_hold(why: str, present: Iterable[PackageId], dist_tags: Mapping[PackageName, Mapping[str, str]]) -> Pass:
    """A pass that promotes nothing, and gives the holding tag to versions that are there without any tag.

    Servers store a version before its tag (Gitea, Forgejo): a crash in between leaves one that no client can name.
    A holding tag that another version has is left alone. `present` are the members that the site has.
    """
    untagged = (
        target
        for target in present
        if HOLD_TAG not in dist_tags[target.name] and target.version.text not in dist_tags[target.name].values()
    )
    moves = tuple(
        SetTag(name=target.name, dist_tag=HOLD_TAG, version=target.version.text, previous="") for target in untagged
    )
    return Pass(moves=moves, entry=None, why_held=why)


def plan_undo(
    targets: Sequence[PackageId], dist_tags: Mapping[PackageName, Mapping[str, str]], journal: PromotionEntry
) -> Pass:
    """The moves that put back what the newest promotion of a release moved; none when that was done already.

    A version that would be left without any tag gets the holding tag again, as before it was promoted.

    `dist_tags` has every package of the journal. Raises RefusedError (SB-6303) when a tag points at neither what the
    promotion moved it to nor what it was: somebody has moved it since, and nothing is put back.
    """
    undone = any(journal.after.get(target.name.text) != target.version.text for target in targets)
    if undone and journal.done:
        return Pass(moves=(), entry=None)
    entry = (
        journal
        if undone
        else PromotionEntry(
            release_tag=journal.release_tag,
            dist_tag=journal.dist_tag,
            before=journal.after,
            after=journal.before,
            done=False,
        )
    )
    current = {name: dist_tags[PackageName(name)].get(entry.dist_tag, "") for name in entry.after}
    strangers = {
        name: f"{entry.dist_tag} is at {found or 'nothing'}, the journal says {entry.before[name] or 'nothing'}"
        for name, found in current.items()
        if found not in (entry.before[name], entry.after[name])
    }
    if strangers:
        raise RefusedError(
            "SB-6303",
            f"{entry.dist_tag} of {next(iter(strangers))} has moved on since {entry.release_tag} was promoted",
            hint="undo the newer promotion first, or promote the release that should be current",
            details=strangers,
        )
    moves = [_put_back(name, entry, current[name]) for name in entry.after if current[name] != entry.after[name]]
    holds = plan_hold("", targets, _after(moves, dist_tags)).moves
    return Pass(moves=(*holds, *moves), entry=entry)


def _after(
    moves: Iterable[SetTag | DropTag], dist_tags: Mapping[PackageName, Mapping[str, str]]
) -> dict[PackageName, Mapping[str, str]]:
    """The dist-tags once these moves are made; a package is in them once."""
    moved = {move.name: move for move in moves}
    after: dict[PackageName, Mapping[str, str]] = {}
    for name, tags in dist_tags.items():
        move = moved.get(name)
        kept = {tag: version for tag, version in tags.items() if move is None or tag != move.dist_tag}
        after[name] = {**kept, move.dist_tag: move.version} if isinstance(move, SetTag) else kept
    return after


def _put_back(name: str, entry: PromotionEntry, current: str) -> SetTag | DropTag:
    if not entry.after[name]:
        return DropTag(name=PackageName(name), dist_tag=entry.dist_tag, version=current)
    return SetTag(name=PackageName(name), dist_tag=entry.dist_tag, version=entry.after[name], previous=current)


def _before(unfinished: PromotionEntry, after: Mapping[str, str], current: Mapping[str, str]) -> dict[str, str]:
    """Where the tags stood before the pass that was cut short: an undo can only lead back to there."""
    start = unfinished.before if unfinished.after == after else unfinished.after
    return {name: start.get(name, found) for name, found in current.items()}


def _obstacle(dist_tag: str, target: PackageId, current: str) -> str:
    """Why this tag must not move without a person saying so, or empty."""
    if current in ("", target.version.text):
        return ""
    try:
        there = Version(current)
    except FormatError:
        return f"{dist_tag} of {target.name} is at {current!r}, which has no place in semver order"
    if target.version < there:
        return f"{dist_tag} of {target.name} would go back from {there} to {target.version}"
    if dist_tag == "latest" and target.version.prerelease and not there.prerelease:
        return f"latest of {target.name} would leave the release {there} for the prerelease {target.version}"
    return ""
