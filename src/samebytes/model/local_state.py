"""What a site remembers for itself about tags and promotions; never relayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a site has bound to a tag name the first time it published it."""

    tag: str
    tag_object: str
    commit: str
    statement_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionEntry:
    """The dist-tags before a promotion: package name to version, empty where there was none; and what it moves to."""

    release_tag: str
    dist_tag: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    done: bool
