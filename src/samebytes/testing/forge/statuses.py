"""Statuses of a commit, which its pushed runs make: the way for those who may not list runs."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, paging, runs
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import repository_json
from samebytes.testing.forge.git_objects import api_url
from samebytes.testing.forge.repositories import API, not_found, on_repository
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import CODE, Forge, Repository
from samebytes.testing.forge.storage import Record

_STATES = {"success": "success", "failure": "failure", "cancelled": "failure", "skipped": "skipped"}
_DESCRIPTIONS = {
    runs.QUEUED: "Waiting to run",
    runs.BLOCKED: "Blocked by required conditions",
    runs.RUNNING: "Has started running",
    "success": "Successful",
    "failure": "Failing",
    "cancelled": "Has been cancelled",
    "skipped": "Has been skipped",
}


def _combined(forge: Forge, call: Call, repository: Repository) -> Response:
    sha = _commit(forge, call, repository)
    if sha is None:
        return not_found(forge)
    statuses = _latest(forge, repository, sha)
    states = {status["status"] for status in statuses}
    worst = next((state for state in ("failure", "pending", "success", "skipped") if state in states), "")
    # As recorded: Forgejo 11 leaves the addresses empty.
    url = "" if forge.product.is_forgejo else f"{api_url(forge, repository)}/commits/{sha}"
    body = {
        "state": worst,
        "sha": sha,
        "total_count": len(statuses),
        "statuses": statuses,
        "repository": repository_json(forge, repository, call.identity),
        "commit_url": url,
        "url": url and f"{url}/status",
    }
    return answers.api_json(200, body, paging.count_header(len(statuses)))


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    sha = _commit(forge, call, repository)
    if sha is None:
        return not_found(forge)
    statuses = [status for run in _pushed(forge, repository, sha) for status in _of_run(forge, repository, run)]
    shown = list(paging.page(forge, call, statuses).entries)
    return answers.api_json(200, shown, paging.page(forge, call, statuses).headers)


def _commit(forge: Forge, call: Call, repository: Repository) -> str | None:
    name, git = call.parameters["ref"], runs.git_of(forge, repository)
    found = (git.resolve(candidate, kind="commit") for candidate in (f"refs/tags/{name}", f"refs/heads/{name}", name))
    return next((sha for sha in found if sha is not None), None)


def _pushed(forge: Forge, repository: Repository, sha: str) -> list[Record]:
    # A dispatched run makes no status.
    return [run for run in runs.runs(forge, repository) if run["event"] == "push" and run["sha"] == sha]


def _latest(forge: Forge, repository: Repository, sha: str) -> list[dict[str, Any]]:
    """The newest status of each context: runs of several tags on one commit share theirs."""
    found: dict[str, dict[str, Any]] = {}
    for run in _pushed(forge, repository, sha):
        for status in _of_run(forge, repository, run):
            found.setdefault(status["context"], status)
    return list(found.values())


def _of_run(forge: Forge, repository: Repository, run: Record) -> list[dict[str, Any]]:
    conclusion = run["conclusion"]
    return [
        {
            "id": job["id"],
            "status": _STATES.get(conclusion, "pending"),
            "target_url": f"/{repository.owner}/{repository.name}/actions/runs/{run['number']}/jobs/{number}",
            "description": _DESCRIPTIONS.get(conclusion or run["status"], ""),
            "url": f"{api_url(forge, repository)}/statuses/{run['sha']}",
            "context": f"{run['workflow_name']} / {job['name']} ({run['event']})",
            "creator": None,
            "created_at": run["created_at"],
            "updated_at": run["completed_at"] or run["started_at"] or run["created_at"],
        }
        for number, job in enumerate(run["jobs"])
    ]


_C = f"{API}/commits/{{ref}}"
ROUTES = (
    Route(method="GET", pattern=f"{_C}/status", handler=on_repository(_combined, unit=CODE)),
    Route(method="GET", pattern=f"{_C}/statuses", handler=on_repository(_list, unit=CODE)),
)
