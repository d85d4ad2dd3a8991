"""Records of runs: which pushes and dispatches make one, which older ones they cancel, and how a runner would move them.

Kind "run", key "<repository id>/<run id>". There is no runner: a run stays queued until `start` and `finish`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.git_repository import GitRepository
from samebytes.testing.forge.state import Forge, Repository, User
from samebytes.testing.forge.storage import Record
from samebytes.testing.forge.workflows import Workflow, says_skip, workflows_at

QUEUED, BLOCKED, RUNNING, COMPLETED = "queued", "waiting", "in_progress", "completed"


def git_of(forge: Forge, repository: Repository) -> GitRepository:
    """A repository's git folder."""
    return GitRepository(forge.storage.repository_path(repository.owner, repository.name))


def runs(forge: Forge, repository: Repository) -> list[Record]:
    """All runs of a repository, newest first."""
    return forge.storage.values("run", f"{repository.id}/")[::-1]


def run_of(forge: Forge, repository: Repository, run_id: int) -> Record | None:
    """One run."""
    return forge.storage.get("run", f"{repository.id}/{run_id}")


def remove(forge: Forge, repository: Repository, run: Record) -> None:
    """Delete a run."""
    forge.storage.remove("run", f"{repository.id}/{run['id']}")


def push(forge: Forge, repository: Repository, user: User, *, ref: str, sha: str) -> list[Record]:
    """The runs that a pushed branch or tag begins."""
    git = git_of(forge, repository)
    commit = git.resolve(sha, kind="commit")
    found = git.object(commit) if commit else None
    if commit is None or found is None or says_skip(found.message):
        return []
    return [
        begin(forge, repository, user, workflow, event="push", ref=ref, sha=commit)
        for workflow in workflows_at(git, commit, is_forgejo=forge.product.is_forgejo)
        if workflow.is_set_off_by(ref) and is_enabled(forge, repository, workflow.file)
    ]


def begin(  # noqa: PLR0913  a run is all of this
    forge: Forge,
    repository: Repository,
    user: User,
    workflow: Workflow,
    *,
    event: str,
    ref: str,
    sha: str,
    inputs: Mapping[str, str] | None = None,
) -> Record:
    """Store a new run, after cancelling those that its product cancels for it."""
    commit = git_of(forge, repository).object(sha)
    with forge.storage.transaction():
        group = _make_room(forge, repository, workflow, event=event, ref=ref, sha=sha)
        is_held = group is not None and any(
            run["group"] == group and run["status"] == RUNNING for run in runs(forge, repository)
        )
        run_id = forge.storage.next_id("run")
        run: Record = {
            "id": run_id,
            "number": forge.storage.next_id(f"run number of {repository.id}"),
            "workflow": workflow.file,
            "workflow_name": workflow.name,
            "ref": ref,
            "sha": sha,
            "title": commit.message.partition("\n")[0] if commit else "",
            "event": event,
            "actor": user.name,
            "inputs": dict(inputs or {}),
            "status": BLOCKED if is_held else QUEUED,
            "conclusion": None,
            "created_at": time_text(forge.now()),
            "started_at": None,
            "completed_at": None,
            "group": group,
            "jobs": [
                {"id": forge.storage.next_id("job"), "name": job.name, "labels": list(job.labels), "log": None}
                for job in workflow.jobs
            ],
        }
        _put(forge, repository, run)
    return run


def start(forge: Forge, repository: Repository, run_id: int) -> None:
    """Do as a runner that takes a run's jobs."""
    _change(forge, repository, run_id, {"status": RUNNING, "started_at": time_text(forge.now())})


def finish(forge: Forge, repository: Repository, run_id: int, conclusion: str, logs: Sequence[str] = ()) -> None:
    """Do as a runner that ends a run ("success", "failure", …) with a log for each of its jobs."""
    with forge.storage.transaction():
        run = run_of(forge, repository, run_id)
        if run is not None:
            for job, log in zip(run["jobs"], logs, strict=False):
                job["log"] = log
            _put(forge, repository, run)
            _end(forge, repository, run_id, conclusion)


def is_enabled(forge: Forge, repository: Repository, file: str) -> bool:
    """Whether a workflow may run."""
    return forge.storage.get("disabled workflow", f"{repository.id}/{file}") is None


def enable(forge: Forge, repository: Repository, file: str, *, is_enabled: bool) -> None:
    """Let a workflow run, or not."""
    if is_enabled:
        forge.storage.remove("disabled workflow", f"{repository.id}/{file}")
    else:
        forge.storage.put("disabled workflow", f"{repository.id}/{file}", {})


def _make_room(
    forge: Forge, repository: Repository, workflow: Workflow, *, event: str, ref: str, sha: str
) -> str | None:
    """Cancel older runs by the product's rule; returns the new run's group, if it has one."""
    product = forge.product
    if not product.knows_concurrency:
        cancels = product.cancels_pushed if event == "push" else product.cancels_dispatched
        same = {"workflow": workflow.file, "ref": ref, "event": event}
        for run in runs(forge, repository) if cancels else ():
            if run["status"] != COMPLETED and same.items() <= run.items():
                _end(forge, repository, run["id"], "cancelled")
        return None
    short = ref.split("/", 2)[-1]
    # Neither run_id nor run_number is known when the servers fill in a group: they come out empty.
    context = {"ref": ref, "ref_name": short, "workflow": workflow.name, "event_name": event, "sha": sha}
    found = workflow.concurrency(context)
    if found is None:
        return None
    group, cancels_running = found
    for run in runs(forge, repository):
        ends = {QUEUED, BLOCKED, RUNNING} if cancels_running else {QUEUED, BLOCKED}
        if run["group"] == group and run["status"] in ends:
            _end(forge, repository, run["id"], "cancelled")
    return group


def _end(forge: Forge, repository: Repository, run_id: int, conclusion: str) -> None:
    ended = {"status": COMPLETED, "conclusion": conclusion, "completed_at": time_text(forge.now())}
    _change(forge, repository, run_id, ended)


def _change(forge: Forge, repository: Repository, run_id: int, changes: Mapping[str, str]) -> None:
    with forge.storage.transaction():
        run = run_of(forge, repository, run_id)
        if run is not None:
            _put(forge, repository, {**run, **changes})


def _put(forge: Forge, repository: Repository, run: Record) -> None:
    forge.storage.put("run", f"{repository.id}/{run['id']}", run)
