"""Prove that sites hold and serve the same bytes, or say what differs or is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samebytes.flows.open_site import OpenSite
from samebytes.model.release import Release
from samebytes.model.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """How to verify: against `expect` where given, else against the first site that has a complete statement.

    `commit` is what git says the tag names, or empty when nobody knows. `deep` downloads and hashes every byte.
    """

    expect: Release | None = None
    commit: str = ""
    deep: bool = False


def verify(tag: str, sites: Sequence[OpenSite], options: VerifyOptions, tell: Callable[[str], None]) -> Verdict:
    """The matrix of members and sites with one verdict; whatever cannot be read or is not there is a value in it.

    No evidence is never a pass: a tag that no site has is `missing`. Raises UsageError (2) without any site.
    """
    raise NotImplementedError
