"""Files of a branch by the API: one commit for each change, and what losers of a race are told."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.git_objects import NOT_SIGNED, api_url, person_json
from samebytes.testing.forge.git_repository import GitError, Object, Person, person_environment
from samebytes.testing.forge.pushed import RefUpdate, refs_changed
from samebytes.testing.forge.repositories import API, not_found, on_repository
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.runs import git_of
from samebytes.testing.forge.state import CODE, Forge, Repository, User

_ZERO_TIME = "0001-01-01T00:00:00Z"


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    git, path = git_of(forge, repository), call.parameters["path"]
    branch = call.query.get("ref") or repository.default_branch
    commit = git.object(git.resolve(branch, kind="commit") or "")
    blob = git.blob(commit.sha, path) if commit else None
    if commit is None or blob is None or git.read(commit.sha, path) is None:
        return not_found(forge)
    return answers.api_json(200, _content_json(forge, repository, commit, branch, path, blob))


def _write(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    git, path, user = git_of(forge, repository), call.parameters["path"], call.identity.user
    branch = str(asked.get("branch") or repository.default_branch)
    ref = f"refs/heads/{branch}"
    tip = git.resolve(ref, kind="commit")
    if tip is None or user is None:
        return not_found(forge, f"branch does not exist [name: {branch}]")
    thing = f"branch {repository.id}/{branch}"
    if forge.flying.overlaps(thing, call.begun):
        return answers.api_error(forge.product.lost_file_status, "", forge.root_url)
    old = git.blob(tip, path)
    refusal = _refuse(forge, call, path, old, asked.get("sha"))
    if refusal is not None:
        return refusal
    data = base64.b64decode(str(asked.get("content") or ""))
    message = str(asked.get("message") or f"{'Update' if old else 'Add'} {path}")
    try:
        new = _commit(forge, repository, user, tip, {path: data}, message)
        git.update(ref, new, tip)
    except GitError:
        return answers.api_error(forge.product.lost_file_status, "", forge.root_url)
    finally:
        forge.flying.finish(thing)
    refs_changed(forge, repository, user, [RefUpdate(old=tip, new=new, ref=ref)])
    commit, blob = git.object(new), git.blob(new, path)
    if commit is None or blob is None:
        return not_found(forge)
    body = {
        "content": _content_json(forge, repository, commit, branch, path, blob),
        "commit": _commit_json(forge, repository, commit),
        "verification": NOT_SIGNED,
    }
    return answers.api_json(200 if old else 201, body)


def _refuse(forge: Forge, call: Call, path: str, old: str | None, sha: str | None) -> Response | None:
    if call.method == "POST":
        message = f"repository file already exists [path: {path}]"
        return answers.api_error(422, message, forge.root_url) if old else None
    if not sha and not (forge.product.puts_new_files and old is None):
        return answers.api_error(422, "[SHA]: Required", forge.root_url)
    if sha and sha != old:
        message = f"sha does not match [given: {sha}, expected: {old or ''}]"
        return answers.api_error(422, message, forge.root_url)
    return None


def _commit(
    forge: Forge, repository: Repository, user: User, tip: str, files: Mapping[str, bytes], message: str
) -> str:
    git = git_of(forge, repository)
    by = Person(name=user.name, email=f"{user.name}@forge.invalid", date=forge.now())
    with tempfile.TemporaryDirectory(dir=forge.storage.folder / "incoming") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.git("read-tree", tip, environment=index)
        for path, data in files.items():
            blob = git.git("hash-object", "-w", "--stdin", stdin=data).decode().strip()
            git.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", environment=index)
        tree = git.git("write-tree", environment=index).decode().strip()
    text = message if message.endswith("\n") else f"{message}\n"
    return (
        git.git("commit-tree", tree, "-p", tip, stdin=text.encode(), environment=person_environment(by))
        .decode()
        .strip()
    )


def _content_json(
    forge: Forge, repository: Repository, commit: Object, branch: str, path: str, blob: str
) -> dict[str, Any]:
    data = git_of(forge, repository).read(commit.sha, path) or b""
    page, url, file = f"{forge.root_url}/{repository.owner}/{repository.name}", api_url(forge, repository), quote(path)
    here, git_url = f"{url}/contents/{file}?ref={quote(branch, safe='')}", f"{url}/git/blobs/{blob}"
    html = f"{page}/src/branch/{quote(branch)}/{file}"
    dated = time_text(commit.committer.date) if commit.committer else _ZERO_TIME
    shown = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": blob,
        "last_commit_sha": commit.sha,
        "type": "file",
        "size": len(data),
        "encoding": "base64",
        "content": base64.b64encode(data).decode(),
        "target": None,
        "url": here,
        "html_url": html,
        "git_url": git_url,
        "download_url": f"{page}/raw/branch/{quote(branch)}/{file}",
        "submodule_git_url": None,
        "_links": {"self": here, "git": git_url, "html": html},
    }
    if forge.product.is_forgejo:
        return shown
    return shown | {"last_committer_date": dated, "last_author_date": dated}


def _commit_json(forge: Forge, repository: Repository, commit: Object) -> dict[str, Any]:
    url = api_url(forge, repository)
    return {
        "url": f"{url}/git/commits/{commit.sha}",
        "sha": commit.sha,
        "created": _ZERO_TIME,
        "html_url": f"{forge.root_url}/{repository.owner}/{repository.name}/commit/{commit.sha}",
        "author": person_json(commit.author),
        "committer": person_json(commit.committer),
        "parents": [{"url": f"{url}/git/commits/{sha}", "sha": sha, "created": _ZERO_TIME} for sha in commit.parents],
        "message": commit.message,
        "tree": {"url": f"{url}/git/trees/{commit.target}", "sha": commit.target, "created": _ZERO_TIME},
    }


_P = f"{API}/contents/{{path...}}"
ROUTES = (
    Route(method="GET", pattern=_P, handler=on_repository(_show, unit=CODE)),
    Route(method="POST", pattern=_P, handler=on_repository(_write, unit=CODE, need="write")),
    Route(method="PUT", pattern=_P, handler=on_repository(_write, unit=CODE, need="write")),
)
