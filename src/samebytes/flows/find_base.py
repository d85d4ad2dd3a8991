"""The earlier release that a release is compared with: written into the tag, or found in history."""

from __future__ import annotations

from collections.abc import Callable

from samebytes.core.filters import is_release_tag
from samebytes.core.selection_input import split_tag
from samebytes.errors import ConfigError, RefusedError
from samebytes.formats.tag_message import read_base
from samebytes.model.selection import Base, SelectionRule
from samebytes.model.settings import SelectSettings
from samebytes.model.tag import Commit
from samebytes.system.git import GitRepository


def find_base(repository: GitRepository, commit: Commit, settings: SelectSettings) -> Base:
    """The base of a commit.

    Raises FormatError (SB-2306) for a line in the tag that cannot be read; ConfigError: SB-2305 the tag names a base that
    this clone lacks, SB-2308 history is cut off so that none can be found; RefusedError (SB-2309) when the named tag is
    at another commit.
    """
    written = read_base(commit.message, f"tag {commit.name}")
    if written is not None:
        if not written.is_first:
            _check_written(repository, commit, written)
        return written
    if repository.is_shallow:
        raise ConfigError(
            "SB-2308",
            "this clone is shallow, so that the earlier release cannot be found",
            hint="run git fetch --unshallow --tags (in CI: check out with the whole history)",
        )
    earlier = repository.first_parent_tags(commit.commit, releases_like(commit, settings))
    if not earlier:
        return Base(tag="", commit="", inferred=True)
    return Base(tag=earlier[0].tag, commit=earlier[0].commit, inferred=True)


def releases_like(commit: Commit, settings: SelectSettings) -> Callable[[str], bool]:
    """Which tags are releases of the same kind: those configured, or, where the tag names a member, that member's."""
    if settings.rule is SelectionRule.TAG_NAMES_IT and commit.name:
        name, _ = split_tag(commit.name)
        if name:
            return lambda tag: split_tag(tag)[0] == name
    return lambda tag: is_release_tag(tag, settings.tags)


def _check_written(repository: GitRepository, commit: Commit, base: Base) -> None:
    found = repository.tags().get(base.tag)
    if found is None:
        raise ConfigError(
            "SB-2305",
            f"{commit.name} is compared with {base.tag}, and this clone does not have that tag",
            hint=f"run git fetch origin tag {base.tag}",
        )
    if found != base.commit:
        raise RefusedError(
            "SB-2309",
            f"{commit.name} is compared with {base.tag} at {base.commit}, but here that tag is at {found}",
            hint=f"find out who moved {base.tag}; git fetch --tags --force takes the remote's",
            details={"tag": base.tag, "written": base.commit, "here": found},
        )
