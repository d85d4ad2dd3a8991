"""Runs and their jobs as Gitea's API shows them; Forgejo 11 has none of these routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, paging, runs
from samebytes.testing.forge.auth import refuse_api
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import repository_json, user_json
from samebytes.testing.forge.git_objects import api_url
from samebytes.testing.forge.repositories import API, Need, RepositoryHandler, not_found, on_repository
from samebytes.testing.forge.routing import Handler, Route
from samebytes.testing.forge.state import ACTIONS, Forge, Repository
from samebytes.testing.forge.storage import Record

_NEVER = "1970-01-01T00:00:00Z"
_CONCLUSIONS = ("success", "failure", "cancelled", "skipped")
_STATUSES = (runs.QUEUED, runs.BLOCKED, runs.RUNNING, runs.COMPLETED, *_CONCLUSIONS)


def of_gitea(handler: RepositoryHandler, need: Need = "read") -> Handler:
    """A handler that Forgejo does not have: its router answers there."""
    checked = on_repository(handler, unit=ACTIONS, need=need)

    def handle(forge: Forge, call: Call) -> Response:
        return checked(forge, call) if forge.product.has_run_routes else answers.no_such_page(call.raw_path)

    return handle


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    found, query = runs.runs(forge, repository), call.query
    if (status := query.get("status")) is not None:
        if status not in _STATUSES:
            return answers.api_error(400, f"Invalid status: {status}", forge.root_url)
        found = [run for run in found if status in {run["status"], run["conclusion"]}]
    # A tag has no branch: only refs/heads/… is looked for.
    wanted = {"event": query.get("event"), "sha": query.get("head_sha"), "actor": query.get("actor")}
    wanted["ref"] = f"refs/heads/{query['branch']}" if "branch" in query else None
    for key, value in wanted.items():
        found = [run for run in found if value in {None, run[key]}]
    shown = [run_json(forge, repository, run) for run in paging.page(forge, call, found).entries]
    return _counted(forge, call, found, {"workflow_runs": shown})


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    run = _run(forge, call, repository)
    if run is None:
        return not_found(forge, errors=["resource does not exist"])
    return answers.api_json(200, run_json(forge, repository, run))


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    run = _run(forge, call, repository)
    if run is None:
        return not_found(forge, errors=["resource does not exist"])
    if run["status"] != runs.COMPLETED:
        return answers.api_error(400, "this workflow run is not done", forge.root_url)
    runs.remove(forge, repository, run)
    return answers.api_empty(204)


def _jobs(forge: Forge, call: Call, repository: Repository) -> Response:
    run = _run(forge, call, repository)
    if run is None:
        return not_found(forge, errors=["resource does not exist"])
    jobs = [_job_json(forge, repository, run, number) for number in range(len(run["jobs"]))]
    return _counted(forge, call, jobs, {"jobs": jobs})


def _job(forge: Forge, call: Call, repository: Repository) -> Response:
    for run, number in _jobs_with(forge, repository, call.parameters["job"]):
        return answers.api_json(200, _job_json(forge, repository, run, number))
    return not_found(forge, errors=["resource does not exist"])


def _log(forge: Forge, call: Call, repository: Repository) -> Response:
    for run, number in _jobs_with(forge, repository, call.parameters["job"]):
        log = run["jobs"][number]["log"]
        if log is not None:
            return Response(log, 200, media_type="text/plain; charset=utf-8")
    return not_found(forge)


def _tasks(forge: Forge, call: Call, repository: Repository) -> Response:
    # Only jobs that a runner took are tasks.
    taken = [run for run in runs.runs(forge, repository) if run["started_at"] is not None]
    shown = [_task_json(forge, repository, run) for run in paging.page(forge, call, taken).entries]
    return _counted(forge, call, taken, {"workflow_runs": shown})


def _of_organisation(forge: Forge, call: Call) -> Response:
    if not forge.product.has_run_routes:
        return answers.no_such_page(call.raw_path)
    refused = refuse_api(forge, call.identity, "organization", write=False)
    if refused is not None:
        return refused
    return answers.api_error(403, "Must be an organization owner", forge.root_url)


def _of_user(forge: Forge, call: Call) -> Response:
    if not forge.product.has_run_routes:
        return answers.no_such_page(call.raw_path)
    # Runs in repositories that belong to the user himself; the stand-in's belong to an organisation.
    refused = refuse_api(forge, call.identity, "user", write=False)
    return refused or _counted(forge, call, [], {"workflow_runs": []})


def _counted(forge: Forge, call: Call, found: Sequence[Record], body: Mapping[str, Any]) -> Response:
    headers = paging.page(forge, call, found).headers if forge.product.counts_runs_in_header else {}
    return answers.api_json(200, {"total_count": len(found), **body}, headers)


def _run(forge: Forge, call: Call, repository: Repository) -> Record | None:
    number = call.parameters["run"]
    return runs.run_of(forge, repository, int(number)) if number.isdigit() else None


def _jobs_with(forge: Forge, repository: Repository, job_id: str) -> list[tuple[Record, int]]:
    return [
        (run, number)
        for run in runs.runs(forge, repository)
        for number, job in enumerate(run["jobs"])
        if str(job["id"]) == job_id
    ]


def run_json(forge: Forge, repository: Repository, run: Record) -> dict[str, Any]:
    """A run; `head_branch` only of a branch's, `conclusion` only of one that ended."""
    actor = forge.user(run["actor"])
    shown_actor = actor and user_json(forge, actor)
    shown = {
        "id": run["id"],
        "url": f"{api_url(forge, repository)}/actions/runs/{run['id']}",
        "html_url": f"{forge.root_url}/{repository.owner}/{repository.name}/actions/runs/{run['number']}",
        "display_title": run["title"],
        "path": f"{run['workflow']}@{run['ref']}",
        "event": run["event"],
        "run_attempt": 0,
        "run_number": run["number"],
        "head_sha": run["sha"],
        "status": run["status"],
        "actor": shown_actor,
        "trigger_actor": shown_actor,
        "repository": repository_json(forge, repository),
        "started_at": run["started_at"] or _NEVER,
        "completed_at": run["completed_at"] or _NEVER,
    }
    return shown | _branch_and_end(run)


def _branch_and_end(run: Record) -> dict[str, str]:
    branch = run["ref"].removeprefix("refs/heads/")
    found = {} if branch == run["ref"] else {"head_branch": branch}
    return found | ({"conclusion": run["conclusion"]} if run["conclusion"] else {})


def _job_json(forge: Forge, repository: Repository, run: Record, number: int) -> dict[str, Any]:
    job, url = run["jobs"][number], f"{api_url(forge, repository)}/actions"
    page = f"{forge.root_url}/{repository.owner}/{repository.name}/actions/runs/{run['number']}"
    shown = {
        "id": job["id"],
        "url": f"{url}/jobs/{job['id']}",
        "html_url": f"{page}/jobs/{number}",
        "run_id": run["id"],
        "run_url": f"{url}/runs/{run['id']}",
        "name": job["name"],
        "labels": job["labels"],
        "run_attempt": 0,
        "head_sha": run["sha"],
        "status": run["status"],
        "steps": [] if forge.product.counts_runs_in_header else None,
        "created_at": run["created_at"],
        "started_at": run["started_at"] or _NEVER,
        "completed_at": run["completed_at"] or _NEVER,
    }
    return shown | _branch_and_end(run)


def _task_json(forge: Forge, repository: Repository, run: Record) -> dict[str, Any]:
    raw = run["conclusion"] or "running"
    return {
        "id": run["id"],
        "name": run["jobs"][0]["name"] if run["jobs"] else "",
        # Here a tag's name stands for the branch.
        "head_branch": run["ref"].split("/", 2)[2],
        "head_sha": run["sha"],
        "run_number": run["number"],
        "event": run["event"],
        "display_title": run["title"],
        "status": raw,
        "workflow_id": run["workflow"],
        "url": f"{forge.root_url}/{repository.owner}/{repository.name}/actions/runs/{run['number']}",
        "created_at": run["created_at"],
        "updated_at": run["completed_at"] or run["started_at"],
        "run_started_at": run["started_at"],
    }


_A = f"{API}/actions"
ROUTES = (
    Route(method="GET", pattern=f"{_A}/runs", handler=of_gitea(_list, "owner")),
    Route(method="GET", pattern=f"{_A}/runs/{{run}}", handler=of_gitea(_show)),
    Route(method="DELETE", pattern=f"{_A}/runs/{{run}}", handler=of_gitea(_delete, "write")),
    Route(method="GET", pattern=f"{_A}/runs/{{run}}/jobs", handler=of_gitea(_jobs)),
    Route(method="GET", pattern=f"{_A}/jobs/{{job}}", handler=of_gitea(_job)),
    Route(method="GET", pattern=f"{_A}/jobs/{{job}}/logs", handler=of_gitea(_log)),
    Route(method="GET", pattern=f"{_A}/tasks", handler=on_repository(_tasks, unit=ACTIONS)),
    Route(method="GET", pattern="/api/v1/orgs/{org}/actions/runs", handler=_of_organisation),
    Route(method="GET", pattern="/api/v1/user/actions/runs", handler=_of_user),
)
