"""Choosing by patterns: release tags by `select.tags`, members by `--only`; one dialect of globs for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from samebytes.core.globs import glob_matches
from samebytes.errors import ConfigError, FormatError
from samebytes.model.names import PackageName


def matches_any(patterns: Sequence[str], text: str, place: str) -> bool:
    """Whether one of these patterns matches the whole text; `*` does not match `/`, `**` does.

    Raises FormatError (SB-2011) with the place the patterns come from where one is not read.
    """
    try:
        return any(glob_matches(pattern, text) for pattern in patterns)
    except FormatError as error:
        raise error.within(place) from error


def is_release_tag(tag: str, patterns: Sequence[str]) -> bool:
    """Whether `select.tags` makes this tag a release."""
    return matches_any(patterns, tag, "select.tags")


def wanted_of(names: Iterable[PackageName], only: Sequence[str], what: str) -> frozenset[PackageName]:
    """The members that these names or globs choose; all without a filter. `what` is the release, for messages.

    Raises ConfigError for a pattern that matches none (SB-6003) and for a release without members (SB-6004): a run that
    does nothing by mistake must not look done.
    """
    known = frozenset(names)
    if not known:
        raise ConfigError(
            "SB-6004", f"{what} ships no member", hint="samebytes plan says which members it leaves out, and why"
        )
    for pattern in only:
        if not any(matches_any((pattern,), name.text, "--only") for name in known):
            raise ConfigError(
                "SB-6003",
                f"{pattern!r} matches no member of {what}",
                hint=f"members are: {', '.join(sorted(name.text for name in known))}",
            )
    if not only:
        return known
    return frozenset(name for name in known if matches_any(only, name.text, "--only"))
