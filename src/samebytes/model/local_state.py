"""What a site remembers for itself about tags and promotions; never relayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from samebytes.model.names import PackageName
from samebytes.model.need import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a site has bound to a tag name the first time it published it.

    `roots` tells repositories apart: the first commits of the history, empty where a shallow clone could not tell.
    `packages` are the names that were released, `needs` what they need beside them. All three follow from the commit
    and the statement, so that they do not count when two bindings are compared.
    """

    tag: str
    tag_object: str
    commit: str
    statement_sha256: str
    roots: tuple[str, ...] = field(default=(), compare=False)
    packages: tuple[PackageName, ...] = field(default=(), compare=False)
    needs: tuple[Need, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionEntry:
    """The dist-tags before a promotion: package name to version, empty where there was none; and what it moves to."""

    release_tag: str
    dist_tag: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    done: bool
