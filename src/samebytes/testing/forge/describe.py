"""Times, users, owners and repositories in the JSON of /api/v1; fields that nothing here depends on have fixed values."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from samebytes.testing.forge.auth import Identity, allows
from samebytes.testing.forge.repositories import top_level
from samebytes.testing.forge.state import ACTIONS, CODE, PACKAGES, RELEASES, Forge, Organisation, Repository, User

_CREATED = "2026-01-01T00:00:00Z"
_ZERO_TIME = "0001-01-01T00:00:00Z"
_NEVER = "1970-01-01T00:00:00Z"
# What every new repository of the recordings had.
_SETTINGS: dict[str, Any] = {
    "allow_fast_forward_only_merge": True,
    "allow_merge_commits": True,
    "allow_rebase": True,
    "allow_rebase_explicit": True,
    "allow_rebase_update": True,
    "allow_squash_merge": True,
    "archived": False,
    "archived_at": _NEVER,
    "avatar_url": "",
    "default_allow_maintainer_edit": False,
    "default_delete_branch_after_merge": False,
    "default_merge_style": "merge",
    "description": "",
    "fork": False,
    "forks_count": 0,
    "has_issues": True,
    "has_projects": True,
    "has_pull_requests": True,
    "has_wiki": True,
    "ignore_whitespace_conflicts": False,
    "internal": False,
    "internal_tracker": {
        "allow_only_contributors_to_track_time": True,
        "enable_issue_dependencies": True,
        "enable_time_tracker": True,
    },
    "language": "",
    "link": "",
    "mirror": False,
    "mirror_interval": "",
    "mirror_updated": _ZERO_TIME,
    "object_format_name": "sha1",
    "open_issues_count": 0,
    "open_pr_counter": 0,
    "original_url": "",
    "release_counter": 0,
    "size": 26,
    "stars_count": 0,
    "template": False,
    "watchers_count": 1,
    "website": "",
}
_OF_GITEA: dict[str, Any] = {
    "allow_manual_merge": False,
    "autodetect_manual_merge": False,
    "licenses": [],
    "projects_mode": "all",
    "topics": [],
}
_OF_FORGEJO: dict[str, Any] = {
    "default_update_style": "merge",
    "globally_editable_wiki": False,
    "parent": None,
    "repo_transfer": None,
    "topics": None,
    "wiki_branch": "main",
}


def time_text(moment: datetime) -> str:
    """A moment as the API writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def user_json(forge: Forge, user: User | Organisation | None, *, is_self: bool = False) -> dict[str, Any] | None:
    """A user or organisation; oneself sees more of oneself."""
    if user is None:
        return None
    name, is_user = user.name, isinstance(user, User)
    body: dict[str, Any] = {
        "active": is_self,
        "avatar_url": f"{forge.root_url}/avatars/{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()}",
        "created": _CREATED,
        "description": "",
        "email": f"{name}@forge.invalid" if is_user else "",
        "followers_count": 0,
        "following_count": 0,
        "full_name": "",
        "html_url": f"{forge.root_url}/{name}",
        "id": user.id,
        "is_admin": is_self and isinstance(user, User) and user.is_admin,
        "language": "",
        "last_login": _NEVER if is_self else _ZERO_TIME,
        "location": "",
        "login": name,
        "login_name": "",
        "prohibit_login": False,
        "restricted": False,
        "source_id": 0,
        "starred_repos_count": 0,
        "username": name,
        "visibility": "private" if user.is_private else "public",
        "website": "",
    }
    return body | {"pronouns": ""} if forge.product.is_forgejo else body


def repository_json(forge: Forge, repository: Repository, identity: Identity | None = None) -> dict[str, Any]:
    """A repository with the rights of the one who asks; without one, all rights are shown as lacking."""
    full_name = f"{repository.owner}/{repository.name}"
    owner = forge.owner(repository.owner)
    level = top_level(forge, identity, repository) if identity is not None else "none"
    is_forgejo = forge.product.is_forgejo
    host = urlsplit(forge.root_url).hostname or ""
    body = {
        **_SETTINGS,
        **(_OF_FORGEJO if is_forgejo else _OF_GITEA),
        "clone_url": f"{forge.root_url}/{full_name}.git",
        "created_at": _CREATED,
        "default_branch": repository.default_branch,
        "empty": False,
        "full_name": full_name,
        "has_actions": ACTIONS in repository.units,
        "has_packages": PACKAGES in repository.units,
        "has_releases": RELEASES in repository.units,
        "html_url": f"{forge.root_url}/{full_name}",
        "id": repository.id,
        "languages_url": f"{forge.root_url}/api/v1/repos/{full_name}/languages",
        "name": repository.name,
        "owner": user_json(forge, owner),
        "permissions": {
            "admin": allows(level, "admin"),
            "push": allows(level, "write"),
            "pull": allows(level, "read"),
        },
        "private": repository.is_private,
        "ssh_url": f"ssh://git@{host}/{full_name}.git" if is_forgejo else f"git@{host}:{full_name}.git",
        "updated_at": _CREATED,
        "url": f"{forge.root_url}/api/v1/repos/{full_name}",
    }
    return body if is_forgejo else body | {"has_code": CODE in repository.units}
