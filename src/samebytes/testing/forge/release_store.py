"""Records of releases and their assets: one release for each tag of a repository, any number of assets of a name.

Kind "release", key "<repository id>/<tag>"; kind "asset", key "<release id>/<asset id>".
"""

from __future__ import annotations

from samebytes.testing.forge.state import Forge, Repository
from samebytes.testing.forge.storage import Record


def by_tag(forge: Forge, repository: Repository, tag: str) -> Record | None:
    """The release of a tag."""
    return forge.storage.get("release", f"{repository.id}/{tag}")


def by_id(forge: Forge, repository: Repository, release_id: int) -> Record | None:
    """The release with an id."""
    return next((release for release in releases(forge, repository) if release["id"] == release_id), None)


def releases(forge: Forge, repository: Repository) -> list[Record]:
    """All releases of a repository in the order of the API: by the commit's date, newest first."""
    found = forge.storage.values("release", f"{repository.id}/")
    return sorted(found, key=lambda release: (release["created_at"], release["id"]), reverse=True)


def put(forge: Forge, repository: Repository, release: Record) -> None:
    """Insert or replace a release."""
    forge.storage.put("release", f"{repository.id}/{release['tag_name']}", release)


def remove(forge: Forge, repository: Repository, release: Record) -> None:
    """Delete a release and its assets."""
    with forge.storage.transaction():
        for asset in assets(forge, release["id"]):
            remove_asset(forge, asset)
        forge.storage.remove("release", f"{repository.id}/{release['tag_name']}")


def assets(forge: Forge, release_id: int) -> list[Record]:
    """Assets of a release, oldest first."""
    return forge.storage.values("asset", f"{release_id}/")


def asset(forge: Forge, release_id: int, asset_id: int) -> Record | None:
    """One asset of a release."""
    return forge.storage.get("asset", f"{release_id}/{asset_id}")


def put_asset(forge: Forge, found: Record) -> None:
    """Insert or replace an asset."""
    forge.storage.put("asset", f"{found['release_id']}/{found['id']}", found)


def remove_asset(forge: Forge, found: Record) -> None:
    """Delete an asset's record; its blob may be another one's too and stays."""
    forge.storage.remove("asset", f"{found['release_id']}/{found['id']}")
