"""What a tag ships, and against what that was decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samebytes.model.finding import Finding
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.model.workspace import Member


class SelectionRule(StrEnum):
    """How members are chosen (configuration key `select.rule`)."""

    NEW_VERSIONS = "new-versions"
    ALL = "all"
    LISTED = "listed"
    TAG_NAMES_IT = "tag-names-it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The earlier release a release is compared with; `tag` and `commit` are empty for a first release.

    `inferred` is True when it was found in history instead of being written into the tag.
    """

    tag: str
    commit: str
    inferred: bool

    @property
    def is_first(self) -> bool:
        """Whether there is no earlier release."""
        return not self.tag


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A member that this tag does not ship, and why (`private`, `same version as v1.0.0`, …)."""

    name: PackageName
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The members a tag ships, dependencies first, each member exactly once.

    `levels` groups the same members: a level depends only on earlier levels and on itself where `cycles` say so.
    `needs` is what their published dependencies ask for of members that the tag does not ship.
    """

    rule: SelectionRule
    base: Base
    members: tuple[Member, ...]
    levels: tuple[tuple[PackageName, ...], ...]
    cycles: tuple[tuple[PackageName, ...], ...]
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...]
    needs: tuple[Need, ...] = ()
