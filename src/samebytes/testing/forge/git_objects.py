"""Git's own objects and refs by the API, read only: refs, annotated tags, notes."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.git_repository import GitError, Object, Person, Ref
from samebytes.testing.forge.repositories import API, not_found, on_repository
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.runs import git_of
from samebytes.testing.forge.state import CODE, Forge, Repository

NOT_SIGNED = {
    "verified": False,
    "reason": "gpg.error.not_signed_commit",
    "signature": "",
    "signer": None,
    "payload": "",
}


def api_url(forge: Forge, repository: Repository) -> str:
    """The address of a repository in the API."""
    return f"{forge.root_url}/api/v1/repos/{repository.owner}/{repository.name}"


def _refs(forge: Forge, call: Call, repository: Repository) -> Response:
    prefix = call.parameters.get("ref", "")
    found = git_of(forge, repository).refs()
    shown = [_ref_json(forge, repository, ref) for ref in found if ref.name.startswith(f"refs/{prefix}")]
    return answers.api_json(200, shown) if shown else not_found(forge)


def _tag(forge: Forge, call: Call, repository: Repository) -> Response:
    sha = call.parameters["sha"]
    found = git_of(forge, repository).object(sha)
    if found is None or found.type != "tag":
        return answers.api_error(400, f"object does not exist [id: {sha}, rel_path: ]", forge.root_url)
    url = api_url(forge, repository)
    body = {
        "tag": _tag_name(forge, repository, sha),
        "sha": sha,
        "url": f"{url}/git/tags/{sha}",
        "message": found.message,
        "tagger": person_json(found.author),
        "object": {
            "type": found.target_type,
            "url": f"{url}/git/{found.target_type}s/{found.target}",
            "sha": found.target,
        },
        "verification": NOT_SIGNED,
    }
    counted = {"archive_download_count": {"tar_gz": 0, "zip": 0}} if forge.product.is_forgejo else {}
    return answers.api_json(200, body | counted)


def _note(forge: Forge, call: Call, repository: Repository) -> Response:
    git, sha = git_of(forge, repository), call.parameters["sha"]
    try:
        message = git.git("notes", "show", sha).decode(errors="replace")
    except GitError:
        return not_found(forge)
    commit = git.object(git.resolve("refs/notes/commits", kind="commit") or "")
    if commit is None:
        return not_found(forge)
    lines = git.git("diff-tree", "--root", "--no-commit-id", "--numstat", "-r", commit.sha).decode().splitlines()
    counts = [tuple(int(number) for number in line.split("\t")[:2]) for line in lines]
    added, deleted = (sum(count[place] for count in counts) for place in (0, 1))
    shown = commit_json(forge, repository, commit) | {
        "files": [{"filename": line.split("\t")[2].replace("/", ""), "status": "added"} for line in lines],
        "stats": {"total": added + deleted, "additions": added, "deletions": deleted},
    }
    # As recorded: the commit stands where its tree belongs.
    tree = {"url": f"{api_url(forge, repository)}/git/trees/{commit.sha}", "sha": commit.sha}
    shown["commit"]["tree"] |= tree
    body = {"message": message, "commit": shown}
    return answers.api_json(200, body)


def person_json(person: Person | None) -> dict[str, str] | None:
    """A person in git's own terms."""
    return None if person is None else {"name": person.name, "email": person.email, "date": time_text(person.date)}


def commit_json(forge: Forge, repository: Repository, commit: Object) -> dict[str, Any]:
    """A commit as the git API shows it."""
    url = api_url(forge, repository)
    made = time_text(commit.committer.date) if commit.committer else ""
    return {
        "url": f"{url}/git/commits/{commit.sha}",
        "sha": commit.sha,
        "created": made,
        "html_url": f"{forge.root_url}/{repository.owner}/{repository.name}/commit/{commit.sha}",
        "commit": {
            "url": f"{url}/git/commits/{commit.sha}",
            "author": person_json(commit.author),
            "committer": person_json(commit.committer),
            "message": commit.message,
            "tree": {"url": f"{url}/git/trees/{commit.target}", "sha": commit.target, "created": made},
            "verification": NOT_SIGNED,
        },
        "author": None,
        "committer": None,
        "parents": [{"url": f"{url}/git/commits/{sha}", "sha": sha, "created": made} for sha in commit.parents],
        "files": None,
        "stats": None,
    }


def _ref_json(forge: Forge, repository: Repository, ref: Ref) -> dict[str, Any]:
    url = api_url(forge, repository)
    target = {"type": ref.type, "sha": ref.sha, "url": f"{url}/git/{ref.type}s/{ref.sha}"}
    return {"ref": ref.name, "url": f"{url}/git/{ref.name}", "object": target}


def _tag_name(forge: Forge, repository: Repository, sha: str) -> str:
    text = git_of(forge, repository).git("cat-file", "tag", sha).decode(errors="replace")
    return next((line[4:] for line in text.splitlines() if line.startswith("tag ")), "")


ROUTES = (
    Route(method="GET", pattern=f"{API}/git/refs", handler=on_repository(_refs, unit=CODE)),
    Route(method="GET", pattern=f"{API}/git/refs/{{ref...}}", handler=on_repository(_refs, unit=CODE)),
    Route(method="GET", pattern=f"{API}/git/tags/{{sha}}", handler=on_repository(_tag, unit=CODE)),
    Route(method="GET", pattern=f"{API}/git/notes/{{sha}}", handler=on_repository(_note, unit=CODE)),
)
