"""Everything a selection is decided from, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.core.globs import glob_matches
from samebytes.model.names import PackageName
from samebytes.model.selection import Base
from samebytes.model.settings import SelectSettings
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMember:
    """A member as it was at the base."""

    version: Version
    directory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What changed in a member since its version was first tagged, by `since`: paths, or other causes in words."""

    since: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionInput:
    """A workspace, the tag (empty for a snapshot), the settings, and what history says.

    `earlier` holds the members at the base, empty for a first release. `changes` holds those members whose version is the
    one of the base and whose contents are not those that this version was first tagged with.
    """

    workspace: Workspace
    tag: str
    settings: SelectSettings
    base: Base
    earlier: Mapping[PackageName, EarlierMember]
    changes: Mapping[PackageName, Changed]
    known_tags: frozenset[str] = frozenset()


def never_released(member: Member, ignore: Sequence[str]) -> str:
    """Why no tag ever ships a member; empty where one can. `ignore` holds names and patterns.

    Raises FormatError (SB-2011) for a pattern that is not read.
    """
    if member.private:
        return "private"
    if member.ignored:
        return member.ignored
    return "ignored in samebytes.toml" if any(glob_matches(one, member.name.text) for one in ignore) else ""


def split_tag(tag: str) -> tuple[str, str]:
    """Name and version of a tag such as `@scope/name@1.0.0`; the name is empty for any other tag."""
    name, at, version = tag.rpartition("@")
    return (name, version) if at and name else ("", "")
