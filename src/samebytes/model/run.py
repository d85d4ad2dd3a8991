"""Runs of a forge's CI as observed: what became of a commit under a tag."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RunStatus(StrEnum):
    """How far a run or job is; `pending` is queued or running where the server does not say which."""

    QUEUED = "queued"
    BLOCKED = "blocked"
    RUNNING = "running"
    PENDING = "pending"
    COMPLETED = "completed"


class Conclusion(StrEnum):
    """How a completed run or job ended. Through commit statuses a cancelled one is a failure."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class RunSource(StrEnum):
    """Where runs were seen: the list of runs, or the statuses of the commit, which dispatched runs do not set."""

    RUNS = "runs"
    COMMIT_STATUSES = "commit statuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a workflow.

    `id` is global at the server and None where only the number in the repository was seen, `number` 0 where only the id was.
    `workflow` is the file's name, or the workflow's own name through commit statuses; `ref` is the full ref and empty where
    it was not told; `url` is where a person looks, as the server wrote it.
    """

    id: int | None
    number: int
    workflow: str
    event: str
    ref: str
    commit: str
    status: RunStatus
    conclusion: Conclusion | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of a run; `conclusion` is None until it is completed."""

    id: int
    name: str
    status: RunStatus
    conclusion: Conclusion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsSeen:
    """The runs that were found, newest first, and where."""

    runs: tuple[Run, ...]
    source: RunSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """A workflow was started; `run` is None where the server did not tell and nobody could look which run it made."""

    run: Run | None
