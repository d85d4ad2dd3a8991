"""What an installed release needs of packages that it does not ship."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.model.names import PackageName


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A dependency of a shipped member on another package of its workspace that the release leaves out.

    `member` is `name@version` of who needs it, `range` the version range as published (empty and `*` mean any),
    `version` what the workspace has at that commit: the likeliest to satisfy it.
    """

    member: str
    name: PackageName
    range: str
    version: str
