"""The branches of a repository: list, show, make, delete, and moving one by its old commit where the product can."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, paging
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.git_objects import NOT_SIGNED
from samebytes.testing.forge.git_repository import ZERO, GitError, GitRepository, Person
from samebytes.testing.forge.pushed import RefUpdate, refs_changed
from samebytes.testing.forge.repositories import API, not_found, on_repository, server_error
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.runs import git_of
from samebytes.testing.forge.state import CODE, Forge, Repository


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    git = git_of(forge, repository)
    found = git.refs("refs/heads/")
    names = [ref.name.removeprefix("refs/heads/") for ref in paging.page(forge, call, found).entries]
    shown = [_branch_json(forge, repository, git, name) for name in names]
    return answers.api_json(200, shown, paging.page(forge, call, found).headers)


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    git, name = git_of(forge, repository), call.parameters["branch"]
    if git.ref(f"refs/heads/{name}") is None:
        return not_found(forge)
    return answers.api_json(200, _branch_json(forge, repository, git, name))


def _create(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    git, name, user = git_of(forge, repository), str(asked.get("new_branch_name") or ""), call.identity.user
    ref = f"refs/heads/{name}"
    if not name or user is None or not git.is_valid_ref(ref):
        return answers.api_error(422, "[BranchName]: GitRefName", forge.root_url)
    thing = f"branch {repository.id}/{name}"
    if git.has_blocking_ref(ref):
        if forge.flying.overlaps(thing, call.begun):
            return server_error(forge)
        is_same = git.ref(ref) is not None
        message = "The branch already exists." if is_same else "The branch with the same name already exists."
        return answers.api_error(409, message, forge.root_url)
    commit = git.resolve(str(asked.get("old_ref_name") or repository.default_branch), kind="commit")
    if commit is None:
        return answers.api_error(404, "The old branch does not exist", forge.root_url)
    try:
        git.update(ref, commit, ZERO)
    except GitError:
        return server_error(forge)
    finally:
        forge.flying.finish(thing)
    refs_changed(forge, repository, user, [RefUpdate(old=ZERO, new=commit, ref=ref)])
    return answers.api_json(201, _branch_json(forge, repository, git, name))


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    git, name = git_of(forge, repository), call.parameters["branch"]
    if name == repository.default_branch:
        return answers.api_error(403, "can not delete default branch", forge.root_url)
    if git.ref(f"refs/heads/{name}") is None:
        # The row of a deleted branch stays, so that Gitea deletes it again without complaint.
        return server_error(forge) if forge.product.is_forgejo else answers.api_empty(204)
    git.update(f"refs/heads/{name}", ZERO)
    return answers.api_empty(204)


def _move(forge: Forge, call: Call, repository: Repository) -> Response:
    if not forge.product.moves_branches:
        return answers.method_not_allowed(("DELETE", "GET", "PATCH"), call.raw_path)
    asked = call.json_object()
    git, ref, user = git_of(forge, repository), f"refs/heads/{call.parameters['branch']}", call.identity.user
    found = git.ref(ref)
    if found is None or user is None:
        return not_found(forge)
    old, new = str(asked.get("old_commit_id") or found.sha), str(asked.get("new_commit_id") or "")
    if old != found.sha:
        message = f"branch commit does not match [expected: {old}, given: {found.sha}]"
        return answers.api_error(422, message, forge.root_url)
    if git.resolve(new, kind="commit") is None:
        return not_found(forge)
    try:
        git.update(ref, new, old)
    except GitError:
        return answers.api_error(409, "The update is not a fast-forward.", forge.root_url)
    refs_changed(forge, repository, user, [RefUpdate(old=old, new=new, ref=ref)])
    return answers.api_empty(204)


def _branch_json(forge: Forge, repository: Repository, git: GitRepository, name: str) -> dict[str, Any]:
    sha = git.resolve(f"refs/heads/{name}", kind="commit") or ZERO
    commit = git.object(sha)
    return {
        "name": name,
        "commit": {
            "id": sha,
            "message": commit.message if commit else "",
            "url": f"{forge.root_url}/{repository.owner}/{repository.name}/commit/{sha}",
            "author": _person_json(commit.author if commit else None),
            "committer": _person_json(commit.committer if commit else None),
            "verification": NOT_SIGNED,
            "timestamp": time_text(commit.committer.date) if commit and commit.committer else "",
            "added": None,
            "removed": None,
            "modified": None,
        },
        "protected": False,
        "required_approvals": 0,
        "enable_status_check": False,
        "status_check_contexts": [],
        "user_can_push": True,
        "user_can_merge": True,
        "effective_branch_protection_name": "",
    }


def _person_json(person: Person | None) -> dict[str, str] | None:
    return None if person is None else {"name": person.name, "email": person.email, "username": ""}


ROUTES = (
    Route(method="GET", pattern=f"{API}/branches", handler=on_repository(_list, unit=CODE)),
    Route(method="POST", pattern=f"{API}/branches", handler=on_repository(_create, unit=CODE, need="write")),
    Route(method="GET", pattern=f"{API}/branches/{{branch...}}", handler=on_repository(_show, unit=CODE)),
    Route(method="PUT", pattern=f"{API}/branches/{{branch...}}", handler=on_repository(_move, unit=CODE, need="write")),
    Route(
        method="DELETE",
        pattern=f"{API}/branches/{{branch...}}",
        handler=on_repository(_delete, unit=CODE, need="write"),
    ),
)
