"""What a credential may do at a forge, as far as reading tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRights:
    """What one may do with the repository: read, write, administer; and what it has switched on."""

    read: bool
    write: bool
    admin: bool
    is_private: bool
    is_archived: bool
    is_empty: bool
    default_branch: str
    has_releases: bool
    has_packages: bool
    has_actions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeRights:
    """What a credential may do.

    `accepted` is False where the server refuses the credential as such. `user` is empty for nobody, or where the token lacks
    read:user. `repository` is None where it is missing or hidden. `reads_packages` needs read:package. `writes_packages`
    and `scopes` are None where reading does not tell: before Gitea 1.27, or without read:organization.
    """

    accepted: bool
    user: str
    is_site_admin: bool
    repository: RepositoryRights | None
    reads_packages: bool
    writes_packages: bool | None
    scopes: tuple[str, ...] | None
