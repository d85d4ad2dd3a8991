"""The tags of a repository: list, show, make, delete."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, paging, release_store
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.git_repository import ZERO, GitError, GitRepository, Person, Ref
from samebytes.testing.forge.pushed import RefUpdate, refs_changed
from samebytes.testing.forge.repositories import API, not_found, on_repository, server_error
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.runs import git_of
from samebytes.testing.forge.state import CODE, Forge, Repository, User
from samebytes.testing.forge.tag_protection import is_protected


def make_tag(forge: Forge, repository: Repository, user: User, name: str, *, target: str, message: str = "") -> str:
    """Make a tag (annotated if there is a message) with all that a push of it sets off; GitError if it exists."""
    git = git_of(forge, repository)
    by = Person(name=user.name, email=f"{user.name}@example.invalid", date=forge.now())
    sha = git.make_tag(name, target, message, by) if message else target
    git.update(f"refs/tags/{name}", sha, ZERO)
    refs_changed(forge, repository, user, [RefUpdate(old=ZERO, new=sha, ref=f"refs/tags/{name}")])
    return sha


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    git = git_of(forge, repository)
    found = git.refs("refs/tags/")[::-1]
    shown = [_tag_json(forge, repository, git, ref) for ref in paging.page(forge, call, found).entries]
    return answers.api_json(200, shown, paging.page(forge, call, found).headers)


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    git, name = git_of(forge, repository), call.parameters["tag"]
    ref = git.ref(f"refs/tags/{name}")
    if ref is None:
        return not_found(forge, name if forge.product.is_forgejo else f"tag doesn't exist: {name}")
    return answers.api_json(200, _tag_json(forge, repository, git, ref))


def _create(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    git, name, user = git_of(forge, repository), str(asked.get("tag_name") or ""), call.identity.user
    target = str(asked.get("target") or repository.default_branch)
    if not name or user is None:
        return answers.api_error(422, "[TagName]: Required", forge.root_url)
    commit = git.resolve(target, kind="commit")
    if commit is None:
        reason = f"object does not exist [id: {target}, rel_path: ]"
        return answers.api_error(404, f"target not found: {reason}", forge.root_url)
    thing = f"tag {repository.id}/{name}"
    if git.ref(f"refs/tags/{name}") is not None:
        return _lost(forge, call, thing, f"tag already exists [name: {name}]")
    if is_protected(forge, repository, user, name):
        return answers.api_error(422, "user not allowed to create protected tag", forge.root_url)
    try:
        make_tag(forge, repository, user, name, target=commit, message=str(asked.get("message") or ""))
    except GitError:
        return server_error(forge)
    finally:
        forge.flying.finish(thing)
    ref = git.ref(f"refs/tags/{name}")
    return server_error(forge) if ref is None else answers.api_json(201, _tag_json(forge, repository, git, ref))


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    git, name, user = git_of(forge, repository), call.parameters["tag"], call.identity.user
    ref = git.ref(f"refs/tags/{name}")
    if ref is None or user is None:
        return not_found(forge)
    release = release_store.by_tag(forge, repository, name)
    if release is not None:
        message = "a tag attached to a release cannot be deleted directly"
        return answers.api_error(409, message, forge.root_url)
    if is_protected(forge, repository, user, name):
        return answers.api_error(422, "user not allowed to delete protected tag", forge.root_url)
    git.update(ref.name, ZERO, ref.sha)
    return answers.api_empty(204)


def _lost(forge: Forge, call: Call, thing: str, message: str) -> Response:
    # Whoever came in before the winner was done fails in git, with 500; whoever comes later is told so.
    if forge.flying.overlaps(thing, call.begun):
        return server_error(forge)
    return answers.api_error(409, message, forge.root_url)


def _tag_json(forge: Forge, repository: Repository, git: GitRepository, ref: Ref) -> dict[str, Any]:
    name = ref.name.removeprefix("refs/tags/")
    full_name = f"{repository.owner}/{repository.name}"
    commit_sha = git.resolve(ref.sha, kind="commit") or ref.sha
    found, commit = git.object(ref.sha), git.object(commit_sha)
    made = (found and found.committer) or (commit and commit.committer)
    body: dict[str, Any] = {
        "name": name,
        "id": ref.sha,
        # A tag without a message of its own shows the commit's; the last line feed is lost.
        "message": found.message.removesuffix("\n") if found else "",
        "commit": {
            "sha": commit_sha,
            # As recorded: of an annotated tag, the address names the tag object.
            "url": f"{forge.root_url}/api/v1/repos/{full_name}/git/commits/{ref.sha}",
            "created": time_text(made.date) if made else "0001-01-01T00:00:00Z",
        },
        "tarball_url": f"{forge.root_url}/{full_name}/archive/{name}.tar.gz",
        "zipball_url": f"{forge.root_url}/{full_name}/archive/{name}.zip",
    }
    return body | {"archive_download_count": {"tar_gz": 0, "zip": 0}} if forge.product.is_forgejo else body


ROUTES = (
    Route(method="GET", pattern=f"{API}/tags", handler=on_repository(_list, unit=CODE)),
    Route(method="POST", pattern=f"{API}/tags", handler=on_repository(_create, unit=CODE, need="write")),
    Route(method="GET", pattern=f"{API}/tags/{{tag...}}", handler=on_repository(_show, unit=CODE)),
    Route(method="DELETE", pattern=f"{API}/tags/{{tag...}}", handler=on_repository(_delete, unit=CODE, need="write")),
)
