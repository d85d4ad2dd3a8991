"""Runs and jobs in the forms that servers write: Gitea's, Forgejo's own, and the statuses of a commit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from samebytes.forges.gitea_json import Fields
from samebytes.model.run import Conclusion, Job, Run, RunStatus

# A run's page is called by its number up to Gitea 1.25 and on Forgejo, by its id from Gitea 1.26 on (#36842).
_RUN_PAGE = re.compile(r".*/actions/runs/(\d{1,19})(?:/.*)?")
_CONTEXT = re.compile(r"(?P<workflow>.*) / (?P<job>.*) \((?P<event>\w+)\)", re.DOTALL)

# Raw words are those of the database, which Forgejo and commit statuses show (services/convert, servers.md n).
_STATUSES: Mapping[str, RunStatus] = MappingProxyType(
    {
        "queued": RunStatus.QUEUED,
        "waiting": RunStatus.QUEUED,
        "blocked": RunStatus.BLOCKED,
        "in_progress": RunStatus.RUNNING,
        "running": RunStatus.RUNNING,
        "pending": RunStatus.PENDING,
        "unknown": RunStatus.PENDING,
    }
)
_CONCLUSIONS: Mapping[str, Conclusion] = MappingProxyType(
    {
        "success": Conclusion.SUCCESS,
        "failure": Conclusion.FAILURE,
        "error": Conclusion.FAILURE,
        "warning": Conclusion.FAILURE,
        "cancelled": Conclusion.CANCELLED,
        "skipped": Conclusion.SKIPPED,
    }
)
# Gitea's own API says "waiting" for what waits for another job.
_GITEA_WAITING = "waiting"


def read_gitea_run(fields: Fields) -> Run:
    """A run of Gitea's API: `path` is `<file>@<ref>`, and a tag's run has no branch (servers.md, n)."""
    workflow, _, ref = fields.text("path").rpartition("@")
    status, conclusion = _gitea_state(fields)
    return Run(
        id=fields.number("id"),
        number=fields.number_or("run_number", 0),
        workflow=workflow or fields.text("path"),
        event=fields.text("event"),
        ref=ref if workflow else "",
        commit=fields.text("head_sha"),
        status=status,
        conclusion=conclusion,
        url=fields.text("html_url"),
    )


def read_forgejo_run(fields: Fields) -> Run:
    """A run of Forgejo's API: one word for status and conclusion, and the ref as people write it."""
    status, conclusion = state_of(fields.text("status"))
    return Run(
        id=fields.number("id"),
        number=fields.number_or("index_in_repo", 0),
        workflow=fields.text("workflow_id"),
        event=fields.text("trigger_event") or fields.text("event"),
        ref=fields.text("prettyref"),
        commit=fields.text("commit_sha"),
        status=status,
        conclusion=conclusion,
        url=fields.text("html_url"),
    )


def read_job(fields: Fields, *, run_details: bool) -> Job:
    """A job in either form."""
    status, conclusion = _gitea_state(fields) if run_details else state_of(fields.text("status"))
    return Job(id=fields.number("id"), name=fields.text("name"), status=status, conclusion=conclusion)


def is_at_tag(run: Run, tag: str) -> bool:
    """Whether a run belongs to this tag; Forgejo's short form cannot tell it from a branch of the same name."""
    return run.ref in {f"refs/tags/{tag}", tag}


def runs_of_statuses(statuses: Sequence[Fields], commit: str) -> tuple[Run, ...]:
    """The runs behind the statuses of a commit, newest first, with their numbers and no ids; a job has one status.

    Only runs of pushes, pull requests and releases set them, never dispatched ones; two pushes of one commit with jobs of
    the same names overwrite each other's. What no run set is left out.
    """
    jobs: dict[int, list[Fields]] = {}
    for status in statuses:
        page, context = _RUN_PAGE.fullmatch(status.text("target_url")), _CONTEXT.fullmatch(status.text("context"))
        if page and context:
            jobs.setdefault(int(page[1]), []).append(status)
    return tuple(_run_of_statuses(number, jobs[number], commit) for number in sorted(jobs, reverse=True))


def _run_of_statuses(number: int, jobs: list[Fields], commit: str) -> Run:
    context = _CONTEXT.fullmatch(jobs[0].text("context"))
    states = [state_of(job.text("status") or job.text("state")) for job in jobs]
    status, conclusion = _overall(states)
    return Run(
        id=None,
        number=number,
        workflow=context["workflow"] if context else "",
        event=context["event"] if context else "",
        ref="",
        commit=commit,
        status=status,
        conclusion=conclusion,
        url=jobs[0].text("target_url").rpartition("/jobs/")[0] or jobs[0].text("target_url"),
    )


def _overall(states: list[tuple[RunStatus, Conclusion | None]]) -> tuple[RunStatus, Conclusion | None]:
    conclusions = {conclusion for _, conclusion in states}
    if None in conclusions:
        return RunStatus.PENDING, None
    for worst in (Conclusion.FAILURE, Conclusion.CANCELLED, Conclusion.SUCCESS):
        if worst in conclusions:
            return RunStatus.COMPLETED, worst
    return RunStatus.COMPLETED, Conclusion.SKIPPED


def state_of(word: str) -> tuple[RunStatus, Conclusion | None]:
    """Status and conclusion of one raw word; a word nobody knows is pending, never an end."""
    conclusion = _CONCLUSIONS.get(word)
    if conclusion is not None:
        return RunStatus.COMPLETED, conclusion
    return _STATUSES.get(word, RunStatus.PENDING), None


def _gitea_state(fields: Fields) -> tuple[RunStatus, Conclusion | None]:
    word = fields.text("status")
    if word == "completed":
        # A conclusion that is not known is no success.
        return RunStatus.COMPLETED, _CONCLUSIONS.get(fields.text("conclusion"), Conclusion.FAILURE)
    return (RunStatus.BLOCKED if word == _GITEA_WAITING else _STATUSES.get(word, RunStatus.PENDING)), None
