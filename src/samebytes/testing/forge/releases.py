"""Releases: one for each tag, made on an existing tag or making it, shown to some as long as they are drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from samebytes.testing.forge import answers, paging, release_store
from samebytes.testing.forge.assets import asset_json, sorted_assets
from samebytes.testing.forge.auth import allows, repository_level
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text, user_json
from samebytes.testing.forge.git_repository import GitError
from samebytes.testing.forge.repositories import API, not_found, on_repository, server_error
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.runs import git_of
from samebytes.testing.forge.state import RELEASES, Forge, Repository
from samebytes.testing.forge.storage import Record
from samebytes.testing.forge.tag_protection import is_protected
from samebytes.testing.forge.tags import make_tag

# How often a loser of a race is told that all is well, with the winner's release, and how often that it exists.
_LOSER_IS_TOLD_CREATED, _LOSER_IS_TOLD_EXISTS = 0.45, 0.1


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    is_writer = _may_write(forge, call, repository)
    found = [release for release in release_store.releases(forge, repository) if is_writer or not release["is_draft"]]
    for name, key in (("draft", "is_draft"), ("pre-release", "is_prerelease")):
        if wanted := call.query.get(name):
            found = [release for release in found if release[key] == (wanted == "true")]
    shown = [release_json(forge, repository, release) for release in paging.page(forge, call, found).entries]
    return answers.api_json(200, shown, paging.page(forge, call, found).headers)


def _by_id(forge: Forge, call: Call, repository: Repository) -> Response:
    release = _release(forge, call, repository)
    is_open = forge.product.leaks_drafts_by_id
    if release is None or (release["is_draft"] and not is_open and not _may_write(forge, call, repository)):
        return not_found(forge)
    return answers.api_json(200, release_json(forge, repository, release))


def _by_tag(forge: Forge, call: Call, repository: Repository) -> Response:
    release = release_store.by_tag(forge, repository, call.parameters["tag"])
    is_open = forge.product.leaks_drafts_by_tag or _has_right(forge, call, repository)
    if release is None or (release["is_draft"] and not is_open):
        return not_found(forge)
    return answers.api_json(200, release_json(forge, repository, release))


def _latest(forge: Forge, call: Call, repository: Repository) -> Response:  # noqa: ARG001
    for release in release_store.releases(forge, repository):
        if not release["is_draft"] and not release["is_prerelease"]:
            return answers.api_json(200, release_json(forge, repository, release))
    return not_found(forge)


def _create(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    tag = str(asked.get("tag_name") or "")
    if not tag:
        return answers.api_error(422, "[TagName]: Required", forge.root_url)
    thing = f"release {repository.id}/{tag}"
    found = release_store.by_tag(forge, repository, tag)
    if found is not None:
        return _refuse_second(forge, call, repository, found, thing)
    refusal, release = _new_release(forge, call, repository, asked)
    if refusal is not None:
        return refusal
    with forge.storage.transaction():
        found = release_store.by_tag(forge, repository, tag)
        if found is None:
            release["id"] = forge.storage.next_id("release")
            release_store.put(forge, repository, release)
    forge.flying.finish(thing)
    if found is not None:
        return _refuse_second(forge, call, repository, found, thing)
    return answers.api_json(201, release_json(forge, repository, release))


def _refuse_second(forge: Forge, call: Call, repository: Repository, found: Record, thing: str) -> Response:
    if forge.flying.overlaps(thing, call.begun):
        chance = forge.random.random()
        if chance < _LOSER_IS_TOLD_CREATED:
            return answers.api_json(201, release_json(forge, repository, found))
        if chance > _LOSER_IS_TOLD_CREATED + _LOSER_IS_TOLD_EXISTS:
            return server_error(forge)
    return answers.api_error(409, "Release is has no Tag", forge.root_url)


def _new_release(
    forge: Forge, call: Call, repository: Repository, asked: Mapping[str, Any]
) -> tuple[Response | None, Record]:
    git, tag, user = git_of(forge, repository), str(asked["tag_name"]), call.identity.user
    is_draft, target = bool(asked.get("draft")), str(asked.get("target_commitish") or "")
    made = git.resolve(f"refs/tags/{tag}") if git.is_valid_ref(f"refs/tags/{tag}") else None
    release: Record = {
        "id": 0,
        "tag_name": tag,
        "target_commitish": target if made else target or repository.default_branch,
        "name": str(asked.get("name") or ""),
        "body": str(asked.get("body") or ""),
        "is_draft": is_draft,
        "is_prerelease": bool(asked.get("prerelease")),
        "author": user.name if user else "",
        "created_at": time_text(forge.now()),
    }
    if made is None and not is_draft:
        refusal = _make_missing_tag(forge, call, repository, release, message=str(asked.get("tag_message") or ""))
        if refusal is not None:
            return refusal, release
    # A draft bears the time it was made, everything else its commit's.
    return None, release if is_draft else _dated(forge, repository, release)


def _make_missing_tag(
    forge: Forge, call: Call, repository: Repository, release: Mapping[str, Any], *, message: str = ""
) -> Response | None:
    git, tag, user = git_of(forge, repository), release["tag_name"], call.identity.user
    target = release["target_commitish"] or repository.default_branch
    commit = git.resolve(target, kind="commit")
    if commit is None or user is None:
        reason = f"object does not exist [id: {target}, rel_path: ]"
        return answers.api_error(404, f'target "{target}" not found: {reason}', forge.root_url)
    if not git.is_valid_ref(f"refs/tags/{tag}"):
        return server_error(forge)
    if is_protected(forge, repository, user, tag):
        return answers.api_error(422, f"release tag name is protected [tag_name: {tag}]", forge.root_url)
    try:
        make_tag(forge, repository, user, tag, target=commit, message=message)
    except GitError:
        # Another request made it at the same time: the release goes on that tag.
        return None if git.ref(f"refs/tags/{tag}") else server_error(forge)
    return None


def _dated(forge: Forge, repository: Repository, release: Record) -> Record:
    """A release bears the date of its tag or commit, if the tag exists."""
    git = git_of(forge, repository)
    tag = f"refs/tags/{release['tag_name']}"
    found = git.object(git.resolve(tag) or "") if git.is_valid_ref(tag) else None
    return {**release, "created_at": time_text(found.committer.date)} if found and found.committer else release


def _change(forge: Forge, call: Call, repository: Repository) -> Response:
    release, asked = _release(forge, call, repository), call.json_object()
    if release is None:
        return not_found(forge)
    names = {"draft": "is_draft", "prerelease": "is_prerelease"}
    changes = {names.get(key, key): value for key, value in asked.items() if value is not None}
    allowed = {"name", "body", "is_draft", "is_prerelease", "tag_name", "target_commitish"}
    changed = {**release, **{key: value for key, value in changes.items() if key in allowed}}
    has_tag = git_of(forge, repository).ref(f"refs/tags/{changed['tag_name']}") is not None
    if not changed["is_draft"] and not has_tag:
        refusal = _make_missing_tag(forge, call, repository, changed)
        if refusal is not None:
            return refusal
    with forge.storage.transaction():
        if changed["tag_name"] != release["tag_name"]:
            forge.storage.remove("release", f"{repository.id}/{release['tag_name']}")
        release_store.put(forge, repository, changed)
    return answers.api_json(200, release_json(forge, repository, changed))


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    tag = call.parameters.get("tag")
    release = release_store.by_tag(forge, repository, tag) if tag else _release(forge, call, repository)
    if release is None:
        return not_found(forge)
    release_store.remove(forge, repository, release)
    return answers.api_empty(204)


def _release(forge: Forge, call: Call, repository: Repository) -> Record | None:
    number = call.parameters["id"]
    return release_store.by_id(forge, repository, int(number)) if number.isdigit() else None


def _has_right(forge: Forge, call: Call, repository: Repository) -> bool:
    return allows(repository_level(forge, call.identity, repository, RELEASES), "write")


def _may_write(forge: Forge, call: Call, repository: Repository) -> bool:
    reads_too = forge.product.shows_drafts_to_read_tokens
    has_scope = reads_too or call.identity.has_scope("repository", write=True)
    return has_scope and _has_right(forge, call, repository)


def release_json(forge: Forge, repository: Repository, release: Mapping[str, Any]) -> dict[str, Any]:
    """A release with its assets, sorted by name as the servers do."""
    page = f"{forge.root_url}/{repository.owner}/{repository.name}"
    url = f"{forge.root_url}/api/v1/repos/{repository.owner}/{repository.name}/releases/{release['id']}"
    tag, author = quote(release["tag_name"]), forge.user(release["author"])
    assets = sorted_assets(forge, release["id"])
    shown: dict[str, Any] = {
        "id": release["id"],
        "tag_name": release["tag_name"],
        "target_commitish": release["target_commitish"],
        "name": release["name"],
        "body": release["body"],
        "url": url,
        "html_url": f"{page}/releases/tag/{tag}",
        "tarball_url": f"{page}/archive/{tag}.tar.gz",
        "zipball_url": f"{page}/archive/{tag}.zip",
        "upload_url": f"{url}/assets",
        "draft": release["is_draft"],
        "prerelease": release["is_prerelease"],
        "created_at": release["created_at"],
        "published_at": release["created_at"],
        "author": author and user_json(forge, author),
        "assets": [
            asset_json(forge, asset)
            | {"browser_download_url": f"{page}/releases/download/{tag}/{quote(asset['name'], safe='')}"}
            for asset in assets
        ],
    }
    of_forgejo = {"hide_archive_links": False, "archive_download_count": {"tar_gz": 0, "zip": 0}}
    return shown | of_forgejo if forge.product.is_forgejo else shown


_R = f"{API}/releases"
ROUTES = (
    Route(method="GET", pattern=_R, handler=on_repository(_list, unit=RELEASES)),
    Route(method="POST", pattern=_R, handler=on_repository(_create, unit=RELEASES, need="write")),
    Route(method="GET", pattern=f"{_R}/latest", handler=on_repository(_latest, unit=RELEASES)),
    Route(method="GET", pattern=f"{_R}/{{id}}", handler=on_repository(_by_id, unit=RELEASES)),
    Route(method="PATCH", pattern=f"{_R}/{{id}}", handler=on_repository(_change, unit=RELEASES, need="write")),
    Route(method="DELETE", pattern=f"{_R}/{{id}}", handler=on_repository(_delete, unit=RELEASES, need="write")),
    Route(method="GET", pattern=f"{_R}/tags/{{tag...}}", handler=on_repository(_by_tag, unit=RELEASES)),
    Route(
        method="DELETE", pattern=f"{_R}/tags/{{tag...}}", handler=on_repository(_delete, unit=RELEASES, need="write")
    ),
)
