"""Workflows by the API: list, disable and enable (Gitea only), and dispatch with inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, runs
from samebytes.testing.forge.actions import of_gitea
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.git_objects import api_url
from samebytes.testing.forge.git_repository import GitRepository
from samebytes.testing.forge.repositories import API, RefusedError, not_found, on_repository, server_error
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import ACTIONS, Forge, Repository
from samebytes.testing.forge.workflows import Workflow, workflows_at

_NEVER = "0001-01-01T00:00:00Z"


def _list(forge: Forge, call: Call, repository: Repository) -> Response:  # noqa: ARG001
    found = _workflows(forge, repository, f"refs/heads/{repository.default_branch}")
    shown = [_workflow_json(forge, repository, workflow) for workflow in found]
    return answers.api_json(200, {"workflows": shown, "total_count": len(shown)})


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    workflow = _named(forge, call, repository, f"refs/heads/{repository.default_branch}")
    return (
        _missing(forge, call)
        if workflow is None
        else answers.api_json(200, _workflow_json(forge, repository, workflow))
    )


def _switch(forge: Forge, call: Call, repository: Repository) -> Response:
    workflow = _named(forge, call, repository, f"refs/heads/{repository.default_branch}")
    if workflow is None:
        return _missing(forge, call)
    runs.enable(forge, repository, workflow.file, is_enabled=call.raw_path.endswith("/enable"))
    return answers.api_empty(204)


def _dispatch(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    inputs, user, git = asked.get("inputs") or {}, call.identity.user, runs.git_of(forge, repository)
    wrong = [value for value in inputs.values() if not isinstance(value, str)]
    if wrong or user is None:
        message = f"[]: invalid character '{json.dumps(wrong)[1:2]}' looking for beginning of value"
        return answers.api_error(422, message, forge.root_url)
    ref = _ref(forge, git, str(asked.get("ref") or ""))
    workflow = _dispatched(forge, call, repository, ref, inputs)
    sha = git.resolve(ref, kind="commit") or ""
    run = runs.begin(forge, repository, user, workflow, event="workflow_dispatch", ref=ref, sha=sha, inputs=inputs)
    if forge.product.is_forgejo and asked.get("return_run_info"):
        jobs = [job["name"] for job in run["jobs"]]
        return answers.api_json(201, {"id": run["id"], "run_number": run["number"], "jobs": jobs})
    response = answers.api_empty(204)
    if forge.product.is_forgejo:
        response.headers["Content-Type"] = "application/json;charset=utf-8"
    return response


def _dispatched(forge: Forge, call: Call, repository: Repository, ref: str, inputs: Mapping[str, str]) -> Workflow:
    workflow = _named(forge, call, repository, ref)
    if workflow is None:
        raise _missing_thing(forge, f'workflow "{call.parameters["workflow"]}" doesn\'t exist')
    if not runs.is_enabled(forge, repository, workflow.file):
        raise RefusedError(answers.api_error(403, "workflow is disabled", forge.root_url))
    missing = _missing_input(workflow, inputs) if forge.product.is_forgejo else None
    if missing is not None:
        raise RefusedError(answers.api_error(400, f"input required for '{missing}'", forge.root_url))
    return workflow


def _ref(forge: Forge, git: GitRepository, name: str) -> str:
    """The full ref that a dispatch means: Gitea knows branches by name, all else by full name; Forgejo anything."""
    candidates = [name, f"refs/heads/{name}", *([f"refs/tags/{name}"] if forge.product.is_forgejo else [])]
    for candidate in candidates:
        if candidate.startswith("refs/") and git.ref(candidate) is not None:
            return candidate
    if forge.product.is_forgejo and git.resolve(name, kind="commit") is not None:
        return name
    raise _missing_thing(forge, f'ref "{name}" doesn\'t exist')


def _missing_thing(forge: Forge, message: str) -> RefusedError:
    is_forgejo = forge.product.is_forgejo
    return RefusedError(server_error(forge) if is_forgejo else answers.api_error(404, message, forge.root_url))


def _missing_input(workflow: Workflow, inputs: Mapping[str, str]) -> str | None:
    declared = (workflow.trigger("workflow_dispatch") or {}).get("inputs")
    for name, settings in declared.items() if isinstance(declared, dict) else ():
        is_required = isinstance(settings, dict) and settings.get("required") is True
        if is_required and not inputs.get(name) and not settings.get("default"):
            return str(name)
    return None


def _workflows(forge: Forge, repository: Repository, ref: str) -> list[Workflow]:
    git = runs.git_of(forge, repository)
    commit = git.resolve(ref, kind="commit")
    return workflows_at(git, commit, is_forgejo=forge.product.is_forgejo) if commit else []


def _named(forge: Forge, call: Call, repository: Repository, ref: str) -> Workflow | None:
    wanted = call.parameters["workflow"]
    return next((found for found in _workflows(forge, repository, ref) if found.file == wanted), None)


def _missing(forge: Forge, call: Call) -> Response:
    return not_found(forge, f'workflow "{call.parameters["workflow"]}" doesn\'t exist')


def _workflow_json(forge: Forge, repository: Repository, workflow: Workflow) -> dict[str, Any]:
    page, branch = f"{forge.root_url}/{repository.owner}/{repository.name}", repository.default_branch
    path = f"{workflow.folder}/{workflow.file}"
    made = "2026-01-01T00:00:00Z"
    return {
        "id": workflow.file,
        "name": workflow.name,
        "path": path,
        "state": "active" if runs.is_enabled(forge, repository, workflow.file) else "disabled_manually",
        "created_at": made,
        "updated_at": made,
        "deleted_at": _NEVER,
        "url": f"{api_url(forge, repository)}/actions/workflows/{workflow.file}",
        "html_url": f"{page}/src/branch/{branch}/{path}",
        "badge_url": f"{page}/actions/workflows/{workflow.file}/badge.svg?branch={branch}",
    }


_W = f"{API}/actions/workflows"
ROUTES = (
    Route(method="GET", pattern=_W, handler=of_gitea(_list)),
    Route(method="GET", pattern=f"{_W}/{{workflow}}", handler=of_gitea(_show)),
    Route(method="PUT", pattern=f"{_W}/{{workflow}}/disable", handler=of_gitea(_switch, "write")),
    Route(method="PUT", pattern=f"{_W}/{{workflow}}/enable", handler=of_gitea(_switch, "write")),
    Route(
        method="POST",
        pattern=f"{_W}/{{workflow}}/dispatches",
        handler=on_repository(_dispatch, unit=ACTIONS, need="write"),
    ),
)
